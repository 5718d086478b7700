"""What there is of a run for a judge to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scenario._judge.shapes import is_array, is_mapping

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.trace import ReadableSpan

    from scenario._judge.timeline import VoiceEvent
    from scenario._judge.withdrawn import Rollback
    from scenario.types import Message

_LARGE = 100_000  # characters of messages from which their work is left to a thread
MANY_SPANS = 300
"""Spans from which their work is left to a thread."""


@dataclass(frozen=True, slots=True)
class Record:
    """The raw material of one judge call; reading it changes nothing.

    Attributes:
        messages: the conversation so far.
        rollbacks: what was taken out of it, oldest first.
        spans: spans of the agent under test; `None` when traces are not shown.
        dropped_spans: how many older spans are no longer known.
        events: voice events to show; empty for none.
        with_audio: whether recordings are handed to the model.
    """

    messages: Sequence[Message]
    rollbacks: Sequence[Rollback] = ()
    spans: Sequence[ReadableSpan] | None = None
    dropped_spans: int = 0
    events: Sequence[VoiceEvent] = ()
    with_audio: bool = False

    @property
    def is_large(self) -> bool:
        """Whether reading it takes so long that an event loop should not wait."""
        texts = [self.messages, *(rollback.messages for rollback in self.rollbacks)]
        return len(self.spans or ()) > MANY_SPANS or _outweighs(texts, _LARGE)


def _outweighs(value: Any, limit: int) -> bool:
    """Whether a value holds more than `limit` characters; looks no further than needed."""
    pending = [value]
    while pending and limit >= 0:
        item = pending.pop()
        limit -= len(item) if isinstance(item, (str, bytes)) else 10
        if is_mapping(item):
            pending.extend(item.values())
        elif is_array(item):
            pending.extend(item)
    return limit < 0
