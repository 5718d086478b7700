"""The user cuts into the agent's turn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NamedTuple

from scenario.voice._line.meanwhile import said_meanwhile, utterances_after
from scenario.voice._line.turn import HeardTurn
from scenario.voice.events import VoiceEvent

if TYPE_CHECKING:
    from scenario.types import Message
    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice._line.exchange import Exchange
    from scenario.voice._line.line import Line
    from scenario.voice._line.speech import Speech
    from scenario.voice._line.stage import Stage
    from scenario.voice._line.turn import Turn

_SILENT = 0.3  # an agent that is silent for so long has stopped
_GOES_ON = 3.0  # one that speaks so long after the user has finished does not stop
_UNWIND = 2.0
_LOOK = 0.05


class _Speaking(NamedTuple):
    """What an agent that is cut into still says: its last voiced moment, and whether it goes on."""

    last: float | None
    goes_on: bool


class BargeIn:
    """Has the users of one run cut in.

    Args:
        stage: where the run is heard.
        speech: makes the speaking events.
        exchange: the turns.
    """

    def __init__(self, stage: Stage, speech: Speech, exchange: Exchange) -> None:
        self._stage = stage
        self._speech = speech
        self._exchange = exchange

    async def into(
        self, line: Line, task: asyncio.Task[Any], chunk: AudioChunk, message: Message
    ) -> list[Message]:
        """Have the user speak into the agent's turn.

        Args:
            line: to the agent.
            task: the agent's turn.
            chunk: what the user says.
            message: has it.

        Returns:
            What a listener has heard, in order: of the agent's turn, the user's message, and what the agent
            said and finished while the user was speaking.

        Raises:
            VoiceTransportError: the user's audio could not be sent.
        """
        stage, adapter = self._stage, line.adapter
        stage.advance()
        while line.turn is None and not task.done():  # the user is still speaking, or the agent just was
            await stage.changed(stage.now() + _LOOK)
        turn = line.turn
        if task.done() or turn is None:
            self._record(line, stage.now(), outcome="pending_done")
            return [message]
        await _cancelled(task)
        speaking, played, words = bool(line.voiced_since(turn.start)), stage.now(), turn.text.copy()
        native = False
        if adapter.capabilities.interruption:
            native = await line.send(adapter.interrupt) is not False
            if native:
                line.drop_unplayed()
        await line.send(adapter.begin_user_turn)
        first, last, end, _ = await self._exchange.say(line, chunk, message, over=True)
        still = self._still_speaking(line, turn, first)
        stopped = still.last if still.last is not None else first
        others = None
        if adapter.turn_end != "explicit" and not turn.text.goes_on(words.heard(played), stopped):
            turn.text, others = words, turn.text  # what was streamed since is of another utterance
        following: Turn | None = None
        meanwhile: list[HeardTurn] = []
        if adapter.waits_for_turn_end:
            following = self._begin_next(line, end, last)
        elif not still.goes_on:
            meanwhile = said_meanwhile(line, turn, stopped, last, words=others or turn.text)
            begins = meanwhile[-1].end or last if meanwhile else stopped
            has_begun = others is not None and not meanwhile
            following = self._begin_next(line, begins, last, turn, has_begun=has_begun)
        await line.send(adapter.end_user_turn)
        deadline = last + _GOES_ON
        while still.goes_on and stage.now() < deadline:
            await stage.changed(min(deadline, max(still.last or 0.0, stage.now()) + _SILENT))
            still = self._still_speaking(line, turn, first, following)
        cut = still.last if still.last is not None else first
        heard = HeardTurn(turn, None, None, "", interrupted=True)
        if still.last is not None:
            heard = line.heard(turn, until=cut + 1e-6, interrupted=True, played=played)
        if following is None:
            self._begin_next(line, cut, last, turn)
        elif line.turn is not None:
            line.turn.start = max(line.turn.start, cut)
        both = _intersection(stage.user.voiced(first, end), line.voiced_since(first))
        self._record(
            line,
            first,
            outcome="fired_after_speech" if speaking else "fired_before_speech",
            native=native,
            stopped_after=None if still.goes_on else max(0.0, (still.last or first) - first),
            overlap=sum(stop - start for start, stop in both),
        )
        return self._told(line, heard, message, meanwhile, last)

    def nobody(self) -> None:
        """Note that there was nobody to cut into."""
        self._record(None, self._stage.now(), outcome="no_adapter")

    def _begin_next(
        self,
        line: Line,
        start: float,
        user_stop: float,
        old: Turn | None = None,
        *,
        has_begun: bool = False,
    ) -> Turn:
        """What the agent says from now on answers the user who cut in.

        A quick agent has begun before the user's audio was over; it may even have sent all of its answer.

        Args:
            line: to the agent.
            start: where what is no part of it ends.
            user_stop: the user's last voiced sample.
            old: the turn that was cut into, where the agent may have begun the next one since.
            has_begun: whether its words have begun to come.
        """
        self._speech.user_stop = user_stop
        begun = [] if old is None else utterances_after(line, old, start)
        return self._exchange.begin(
            line,
            start,
            answers=True,
            user_stop=user_stop,
            has_begun=has_begun,
            begun=next((turn for turn in begun if not turn.is_over_by(user_stop)), None),
        )

    def _told(
        self, line: Line, heard: HeardTurn, message: Message, meanwhile: list[HeardTurn], user_stop: float
    ) -> list[Message]:
        """Return what is told of it, with its events."""
        self._speech.turn_ended(heard)
        is_told_apart = line.turn is heard.turn or any(said.turn is heard.turn for said in meanwhile)
        told = [] if is_told_apart else self._exchange.messages_of(line, heard)
        told.append(message)
        for said in meanwhile:
            if said.turn is not heard.turn:
                said.turn.number = self._exchange.number(line)
            self._speech.agent_spoke_meanwhile(said, user_stop)
            told += self._exchange.messages_of(line, said)
        self._speech.turn_begins(None)  # the next one, which has begun already
        if line.turn is not None and line.turn.audio_start is not None:
            self._speech.agent_answers(line.voiced_since(line.turn.audio_start))
        return told

    def _still_speaking(
        self, line: Line, turn: Turn, since: float, following: Turn | None = None
    ) -> _Speaking:
        """Return what of the old turn was heard: everything before its first silence after `since`.

        Args:
            line: to the agent.
            turn: the old turn.
            since: when the user cut in.
            following: the next turn, if it has begun.
        """
        last: float | None = None
        # A quick answer may follow without a silence, where it is known otherwise where it begins.
        known = turn.ended_at
        if following is not None and following.audio_start is not None and not following.ends_to_skip:
            known = min(following.audio_start, known or following.audio_start)
        for start, end in line.voiced_since(turn.start, known):
            if last is not None and start - last >= _SILENT and last >= since - _SILENT:
                break
            if last is None and start > since + _SILENT:
                break
            last = end
        now = self._stage.now()
        if last is None:
            return _Speaking(None, False)
        return _Speaking(last, last + _SILENT > now and (known is None or now < known))

    def _record(self, line: Line | None, moment: float, *, outcome: str, **facts: Any) -> None:
        metadata: dict[str, Any] = {
            "adapter": None if line is None else type(line.adapter).__name__,
            "native": False,
            "outcome": outcome,
            "stopped_after": 0.0,
            "overlap": 0.0,
            **facts,
        }
        self._stage.record(VoiceEvent(moment, "user_interrupt", metadata=metadata))


async def _cancelled(task: asyncio.Task[Any]) -> None:
    """Cancel a task and wait until it has ended; what it raised meanwhile stays in it."""
    task.cancel()
    await asyncio.wait([task], timeout=_UNWIND)


def _intersection(
    these: list[tuple[float, float]], those: list[tuple[float, float]]
) -> list[tuple[float, float]]:
    from scenario.voice._recording.intervals import intersection

    return intersection(these, those)
