"""One turn of the agent, and how much of it was heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from scenario.voice._audio.chunk import BYTES_PER_SECOND

if TYPE_CHECKING:
    from scenario.voice.adapters._openai.tool_calls import ToolCall

_BYTES_PER_MS = BYTES_PER_SECOND // 1000


class Cut(NamedTuple):
    """Where an utterance was cut off.

    Attributes:
        item_id: of the utterance.
        content_index: of its audio.
        audio_end_ms: how much of it was heard.
    """

    item_id: str
    content_index: int
    audio_end_ms: int


@dataclass
class Part:
    """What was said in one item of the conversation.

    Attributes:
        content_index: of its audio.
        size: bytes of audio that came.
        text: its words; deltas, until the final text replaces them.
    """

    content_index: int = 0
    size: int = 0
    text: str = ""


@dataclass
class Answer:
    """A turn of the agent: from the request to the end of the last response that belongs to it.

    Attributes:
        starts_at: bytes of audio that the connection had brought before.
        script: what the model was asked to say, word for word.
        is_opening: it was asked for when the connection stood, before anyone had spoken.
        is_over: nothing more of it is wanted or will come.
        is_stopped: it was cut off.
        parts: what was said, by item.
        calls: the tools that were called, by call id.
    """

    starts_at: int
    script: str | None = None
    is_opening: bool = False
    is_over: bool = False
    is_stopped: bool = False
    parts: dict[str, Part] = field(default_factory=dict[str, Part])
    calls: dict[str, ToolCall] = field(default_factory=dict[str, "ToolCall"])

    @property
    def text(self) -> str:
        """All its words."""
        return " ".join(text for part in self.parts.values() if (text := part.text.strip()))

    def cuts(self, heard_seconds: float) -> list[Cut]:
        """Return what has to be cut off so that the model knows how much was heard, never more than came.

        An item of which no audio has come cannot be cut: the server refuses that.
        """
        heard = int(heard_seconds * BYTES_PER_SECOND)
        cuts: list[Cut] = []
        spoken = [(item_id, part) for item_id, part in self.parts.items() if part.size]
        for number, (item_id, part) in enumerate(spoken, 1):
            is_last = number == len(spoken)
            if heard < part.size or (is_last and not self.is_over):
                end = min(heard, part.size) // _BYTES_PER_MS
                cuts.append(Cut(item_id, part.content_index, end))
            heard = max(0, heard - part.size)
        return cuts
