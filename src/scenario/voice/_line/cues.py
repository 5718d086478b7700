"""The moment at which the user cuts into the agent's turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from scenario.voice.errors import UnsupportedCapabilityError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from typing import Any

    from scenario.voice._interruptions import Cue
    from scenario.voice._line.line import Line
    from scenario.voice._line.stage import Stage
    from scenario.voice.adapters.base import VoiceAgentAdapter

_NO_TEXT = 3.0  # seconds of speech without text, after which there will be none
_NOTICED = 0.07
"""Seconds in which a user notices that the agent speaks; speech is not known to be speech before 60 ms."""
_LOOK = 0.05
T = TypeVar("T")


class Cues:
    """Watches an agent's turn for the moment of a cue.

    Args:
        stage: where the run is heard.
        line: returns the line of the agent whose turn it is; `None` when that is none of voice.
    """

    def __init__(self, stage: Stage, line: Callable[[], Line | None]) -> None:
        self._stage = stage
        self._line = line

    def check(self, cue: Cue) -> None:
        """Refuse a cue that cannot come.

        Raises:
            UnsupportedCapabilityError: words are to be counted, and the transport streams no text.
        """
        if (line := self._line()) is None or cue.after_words is None:
            return
        ours, its_kind = line.adapter.capabilities, type(line.adapter).capabilities
        if not (ours.streaming_transcripts or its_kind.streaming_transcripts):
            raise _no_words(line.adapter)

    async def come(self, turn: asyncio.Task[Any], cue: Cue) -> None:
        """Wait for a cue, or for the end of the agent's turn.

        Raises:
            UnsupportedCapabilityError: words are to be counted, and none came with the agent's speech.
        """
        await self._while_running(
            turn,
            lambda line: self._has_come(cue, line) or None,
            lambda line: self._moment_of(cue, line),
        )

    async def begun(self, turn: asyncio.Task[Any]) -> str:
        """Wait until the agent has begun to speak; return its words so far."""

        def words(line: Line) -> str | None:
            if line.turn is None or not (line.turn.text or line.voiced_since(line.turn.start)):
                return None
            return line.turn.text.heard(self._stage.now()).strip() or line.turn.text.text.strip()

        return await self._while_running(turn, words) or ""

    def _has_come(self, cue: Cue, line: Line) -> bool:
        moment = self._moment_of(cue, line)
        return moment is not None and self._stage.now() >= moment

    def _moment_of(self, cue: Cue, line: Line) -> float | None:
        """Return the media time of a cue; `None` when it is not known yet."""
        if line.turn is None:
            return None
        text, moments = line.turn.text, list[float]()
        if cue.timeout is not None:
            moments.append(line.turn.begun_at + cue.timeout)
        if voiced := line.voiced_since(line.turn.start):
            if cue.after_words is None:
                moments.append(voiced[0][0] + max(cue.delay, _NOTICED))
            elif (heard_at := text.heard_at(cue.after_words)) is not None:
                moments.append(max(heard_at, voiced[0][0] + _NOTICED))
            elif not text and self._stage.now() >= voiced[0][0] + _NO_TEXT:
                raise _no_words(line.adapter)
        return min(moments, default=None)

    async def _while_running(
        self,
        turn: asyncio.Task[Any],
        look: Callable[[Line], T | None],
        again: Callable[[Line], float | None] = lambda line: None,
    ) -> T | None:
        """Look at the line whenever something on it may have changed, until there is something to see.

        Args:
            turn: the agent's turn.
            look: returns what there is to see.
            again: returns the media time at which there will be something, if that is known.

        Returns:
            What there was to see; `None` when the turn was over before.
        """
        with self._stage.watching(turn):
            while not turn.done():
                self._stage.advance()
                if (line := self._line()) is not None and (seen := look(line)) is not None:
                    return seen
                moment = None if line is None else again(line)
                soon = self._stage.now() + _LOOK
                await self._stage.changed(soon if moment is None else min(moment, soon))
        return None


def _no_words(adapter: VoiceAgentAdapter) -> UnsupportedCapabilityError:
    return UnsupportedCapabilityError(
        type(adapter).__name__,
        "streaming_transcripts",
        "after_words counts the agent's words as they come; interrupt without it, or after a delay",
    )
