"""The line to one voice agent: what is sent on it, and what is heard from it, in turns and between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario.voice._audio.chunk import BYTES_PER_SECOND, SAMPLE_RATE, AudioChunk
from scenario.voice._line.ending import ending
from scenario.voice._line.link import Link
from scenario.voice._line.news import News, news
from scenario.voice._line.overrun import Overrun
from scenario.voice._line.playout import is_sound
from scenario.voice._line.pump import Pump
from scenario.voice._line.telling import Telling
from scenario.voice._line.turn import HeardTurn, Turn
from scenario.voice.errors import FirstChunkTimeoutError
from scenario.voice.events import VoiceEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.types import AgentInput
    from scenario.voice._audio.chunk import Speaker
    from scenario.voice._line.stage import Stage
    from scenario.voice.adapters.base import VoiceAgentAdapter

_PAUSE = 0.3
_BARGE_IN_PIECE = BYTES_PER_SECOND // 10


class Line:
    """One adapter's line during one run. What the adapter sees of it is `Telling`.

    Args:
        adapter: reaches the agent.
        stage: where the run is heard.
        speaker: whose track the adapter's audio belongs to.
        take_turn: what `adapter.call` does.
        user_heard: is told when, in media time, the adapter's side has heard all that the user said.
        aside: what comes is not heard on the line; it is what the user is going to say on another one.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        stage: Stage,
        *,
        speaker: Speaker,
        take_turn: Callable[[Line, AgentInput], Any],
        user_heard: Callable[[float], None],
        aside: bool = False,
    ) -> None:
        self.adapter = adapter
        self.stage = stage
        self.speaker: Speaker = speaker
        self.is_aside = aside
        self.playout = stage.aside() if aside else stage.speakers[speaker]
        self._opposite = stage.speakers["user" if speaker == "agent" else "agent"]
        self.sent = 0  # messages of the conversation that the agent has been sent
        self.answered: set[str] = set()  # tool calls to which the adapter itself gave the results
        self.turn: Turn | None = None
        self.broken_off: Turn | None = None  # a turn that failed
        self.unfinished: tuple[float, float] | None = None  # where on the track the other side is speaking
        self.later: list[
            Turn
        ] = []  # what came after the end of the turn, or between turns, each with its end
        self.error: BaseException | None = None
        self.overrun: Overrun | None = None
        self._telling = Telling(self, take_turn, user_heard)
        self.link = Link(adapter)
        self._pump = Pump(adapter, self.link, stage, self.playout, take=self._take, lose=self._lose)
        self._utterance_is_open = False
        self._last_sound_came = 0.0
        self._streamed_before = news(adapter, "streaming_transcript")
        self._not_of_this_turn = ""  # what the adapter has streamed of an utterance that began before

    # Its life

    async def connect(self, timeout: float) -> None:
        """Connect the adapter, unless its user has done so.

        Raises:
            VoiceTransportError: it could not connect, or did not in time.
            RuntimeError: it serves another run.
        """
        await self.link.connect(self._telling, timeout)

    def listen(self) -> None:
        """Receive from now on, until `disconnect`."""
        self._pump.start()

    async def disconnect(self, timeout: float) -> None:
        """Stop receiving, and disconnect the adapter, unless it is its user's. Never raises."""
        await self._pump.stop(timeout / 2)
        await self.link.disconnect(timeout)

    # Sending

    async def say(self, chunk: AudioChunk, *, over: bool = False) -> tuple[float, float]:
        """Have the other side speak to the adapter's; returns when it has spoken.

        Args:
            chunk: what is said.
            over: it is said while the agent speaks, who must hear that as it happens.

        Returns:
            Where it is on the track.

        Raises:
            VoiceTransportError: it could not be sent.
        """
        adapter, stage = self.adapter, self.stage
        self._check()
        begins = await stage.next_frame()
        if not over:
            self.later.clear()  # said before, it answers nothing of this
        start, end = self.unfinished = stage.place(self._opposite, chunk.data, begins)
        if adapter.paced or adapter.waits_for_turn_end:
            await self.hand_over(chunk)
            await stage.sleep_until(end)
        elif over:
            for offset in range(0, len(chunk.data), _BARGE_IN_PIECE):
                piece = AudioChunk(chunk.data[offset : offset + _BARGE_IN_PIECE])
                await self.hand_over(piece)
                await stage.sleep_until(start + (offset + len(piece.data)) / BYTES_PER_SECOND)
        else:
            await stage.sleep_until(end)
            await self.hand_over(chunk)
        stage.advance()
        self.unfinished = None
        return start, end

    async def hand_over(self, chunk: AudioChunk) -> None:
        """Give audio to the adapter.

        Raises:
            VoiceTransportError: it could not be sent.
        """
        self._check()
        await self.send(self.adapter.send_audio, chunk)

    async def send_silence(self, chunk: AudioChunk) -> None:
        """Keep an unpaced transport hearing that the user says nothing."""
        if not self.adapter.continuous:
            await self.hand_over(chunk)

    async def send(self, method: Callable[..., Any], *args: Any) -> Any:
        """Call a method of the adapter that sends something.

        Raises:
            VoiceTransportError: it could not be sent.
        """
        return await self.link.send(method, *args)

    # Hearing

    def begin_turn(
        self,
        start: float,
        *,
        number: int,
        answers: bool,
        user_stop: float | None,
        has_begun: bool = False,
        begun: Turn | None = None,
    ) -> Turn:
        """What the agent says from `start` on belongs to a new turn.

        Args:
            start: in media time.
            number: of the turn.
            answers: whether the user has spoken since the agent's previous turn.
            user_stop: the user's last voiced sample.
            has_begun: what the agent is saying at this moment belongs to it.
            begun: the one of `later` that is the turn; those before it are no part of it.
        """
        if begun is not None:
            return self._go_on_with(begun, number=number, answers=answers, user_stop=user_stop)
        waits = self.adapter.waits_for_turn_end and not has_begun
        skip = 1 if waits and self._utterance_is_open and not self._has_paused(self.stage.now()) else 0
        if self.is_aside:
            start = max(start, self.playout.end)
        self._read_text(self.playout.end)  # words may have been corrected, without audio
        self.later.clear()
        self.turn = Turn(
            number=number,
            begun_at=self.stage.now(),
            start=start,
            answers=answers,
            user_stop=user_stop,
            last_byte_sent=self.stage.now() if answers else None,
            final_before=news(self.adapter, "last_agent_transcript"),
            ends_to_skip=skip,
        )
        streamed = news(self.adapter, "streaming_transcript")
        self._not_of_this_turn = streamed.text if self._is_speaking and not has_begun else ""
        if has_begun:
            self._streamed_before = News(-1, "")
            self._read_text(start)
        else:
            self._streamed_before = streamed
        self.adapter._agent_speaking_event.clear()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return self.turn

    def answer_after(self, user_stop: float, early: float | None) -> Turn | None:
        """Return which of `later` is the answer to the user whose audio is over; `None` if none is.

        Args:
            user_stop: the user's last voiced sample.
            early: where the agent is known to have begun to answer before the audio was over.
        """
        if self.adapter.waits_for_turn_end:
            return None
        for turn in self.later:
            if turn.start >= user_stop or (early is not None and not turn.is_over_by(early)):
                return turn
        return None

    def _go_on_with(self, turn: Turn, *, number: int, answers: bool, user_stop: float | None) -> Turn:
        """Make an utterance that has begun, and is over maybe, the turn."""
        turn.start = turn.start if turn.audio_start is None else turn.audio_start
        turn.number, turn.begun_at, turn.answers, turn.user_stop = (
            number,
            self.stage.now(),
            answers,
            user_stop,
        )
        turn.last_byte_sent = self.stage.now() if answers else None
        position = next((index for index, one in enumerate(self.later) if one is turn), -1)
        del self.later[: position + 1]
        self.turn = turn
        self.adapter._agent_speaking_event.clear()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return turn

    async def collect(self) -> HeardTurn:
        """Hear the turn to its end.

        Raises:
            FirstChunkTimeoutError: the agent said nothing in time.
            VoiceTransportError: the connection was lost before it had spoken.
        """
        turn = self._current()
        try:
            while True:
                self.stage.advance()
                now = self.stage.now()
                if self.overrun is not None and (again := self._pass_overrun(turn)) is not None:
                    await self.stage.changed(again)
                    continue
                try:
                    state = ending(turn, self.playout, self.adapter, now, aside=self.is_aside)
                except FirstChunkTimeoutError as error:
                    raise error from self.error
                if state.over:
                    self._read_text(self.playout.end)
                    break
                if self.playout.end <= now:
                    self._check()
                await self.stage.changed(state.look_again)
            if state.truncated:
                self.event("agent_turn_truncated", metadata={"seconds": self.adapter.response_max_duration})
                self.overrun = Overrun(now, ended_at=turn.ended_at)
        except Exception:
            # One that was cancelled may have been cut into, and is still looked at.
            self.turn, self.broken_off = None, turn
            raise
        self.turn = None
        return self.heard(turn, truncated=state.truncated)

    def _pass_overrun(self, turn: Turn) -> float | None:
        """Wait for the end of an utterance that was cut off: it is no part of the turn.

        Returns:
            When to look again; `None` when it is over.
        """
        at_latest, overrun = turn.begun_at + self.adapter.response_timeout, self.overrun
        again = self.close_overrun(at_latest=at_latest, user_stop=turn.user_stop)
        if overrun is not None:
            turn.start = max(turn.start, overrun.end)
        if again is None:
            turn.begun_at = self.stage.now()
        return again

    def close_overrun(self, *, at_latest: float, user_stop: float | None = None) -> float | None:
        """Give an utterance that was cut off what was heard of it; return when to look again."""
        if self.overrun is None:
            return None
        now = self.stage.now()
        again = self.overrun.follow(self.playout, self.adapter, now, user_stop)
        if again is None or now >= at_latest:
            self.overrun = None
            return None
        return min(again, at_latest)

    def heard(
        self,
        turn: Turn,
        *,
        until: float | None = None,
        interrupted: bool = False,
        truncated: bool = False,
        played: float = 0.0,
    ) -> HeardTurn:
        """Return a turn as it was heard up to now, or up to a media time.

        Args:
            turn: the turn.
            until: the media time.
            interrupted: whether the user cut into it.
            truncated: whether it was cut off.
            played: up to where it is known to have been played, when it was cut into.
        """
        until = turn.ended_at if until is None and not self.is_aside else until
        voiced = self.playout.voiced(turn.start, until)
        start = end = None
        if voiced:
            start, end = voiced[0][0], voiced[-1][1]
        elif turn.audio_start is not None and turn.ended_at is not None and turn.ended_at > turn.audio_start:
            start, end = turn.audio_start, turn.ended_at
        if interrupted:
            text = turn.text.heard(max(played, end if end is not None else turn.start)).rstrip()
        else:
            final = news(self.adapter, "last_agent_transcript")
            if turn.final_at_end is not None and self._latest not in (None, turn):
                final = turn.final_at_end
            is_new = turn.final_before is None or not final.is_same(turn.final_before)
            text = final.text if final.text and is_new else turn.text.text
        return HeardTurn(turn, start, end, text.strip(), interrupted, truncated)

    def voiced_since(self, moment: float, until: float | None = None) -> list[tuple[float, float]]:
        """Return where the agent's speech was heard since a media time, and up to another one."""
        return self.playout.voiced(moment, until)

    def drop_unplayed(self) -> None:
        """What the agent has sent and what has not been played is never heard."""
        self.stage.advance()
        self.playout.drop()
        for turn in (self.turn, *self.later):
            if turn is not None and turn.ended_at is not None:
                turn.ended_at = min(turn.ended_at, self.playout.end)
        self.stage.ring()

    def read(self, start: float, end: float) -> bytes:
        """Return what was heard between two media times."""
        return self.playout.track.read(round(start * SAMPLE_RATE), round(end * SAMPLE_RATE))

    @property
    def _is_speaking(self) -> bool:
        """Whether the agent has begun an utterance that is not over."""
        if self.adapter.turn_end == "explicit":
            return self._utterance_is_open
        return self.playout.is_speaking or self.playout.end > self.stage.now()

    def _hear_aside(self) -> None:
        if self.is_aside:  # nobody listens, so it takes no time
            self.playout.advance(self.playout.end)

    def _current(self) -> Turn:
        if self.turn is None:
            raise RuntimeError("no turn has begun on this line")
        return self.turn

    def _check(self) -> None:
        if self.error is not None:
            raise self.error

    def _lose(self, error: BaseException) -> None:
        self.error = self.link.failure(error, "the connection was lost")
        name = type(self.error).__name__
        self.event("transport_error", metadata={"error": f"{name}: {self.error}"})
        self.stage.ring()

    def _take(self, chunk: AudioChunk) -> None:
        """Hear what came from the agent."""
        now = self.stage.now()
        self._end_overrun_between_data(now)
        turn = self._turn_of(chunk, now)
        if turn is not None and turn.first_byte is None:
            turn.first_byte = now
        self._read_text(max(now, self.playout.end))
        if not chunk.data:
            self._explicit_end(chunk)
            return
        if self.adapter.turn_end != "vad" or is_sound(chunk.data):
            if turn is not None and turn.ends_to_skip and self._has_paused(now):
                self._skip_end(turn)
                turn.audio_start = None
            self._utterance_is_open, self._last_sound_came = True, now
        placed_before = self.playout.placed
        start, end = self.stage.place(self.playout, chunk.data)
        self._hear_aside()
        if turn is not None and self._is_of(turn):
            turn.last_data = now
            if turn.audio_start is None:
                turn.audio_start, turn.placed_before = start, placed_before
                if self.adapter.waits_for_turn_end:
                    # What is still heard before that is the rest of what the agent said earlier.
                    turn.start = max(turn.start, start)
            if chunk.transcript and not self.adapter.streaming_transcript:
                turn.text.say(chunk.transcript, start, end)
        self.stage.ring()

    @property
    def _latest(self) -> Turn | None:
        return self.later[-1] if self.later else self.turn

    def _turn_of(self, chunk: AudioChunk, now: float) -> Turn | None:
        """Return what a chunk belongs to: the turn, or where ends are told another utterance after an end."""
        latest = self._latest
        is_over = latest is None or latest.ended_at is not None
        if not is_over or self.adapter.turn_end != "explicit" or self._overruns or not is_sound(chunk.data):
            return latest
        final = news(self.adapter, "last_agent_transcript")
        start = max(now, self.playout.end)
        self.later.append(Turn(number=-1, begun_at=now, start=start, final_before=final))
        self._not_of_this_turn = ""
        return self.later[-1]

    @property
    def _overruns(self) -> bool:
        """Whether what comes is the rest of an utterance that was cut off."""
        return self.overrun is not None and self.overrun.ended_at is None

    def _end_overrun_between_data(self, now: float) -> None:
        """Where data comes an utterance at a time, what comes later and in the next turn is another one."""
        if self.adapter.turn_end != "gap" or self.overrun is None or self.overrun.ended_at is not None:
            return
        if self.turn is not None and now - self._last_sound_came >= self.adapter.response_tail_silence:
            self.overrun.ended_at = self.playout.end

    def _has_paused(self, now: float) -> bool:
        """Whether the agent's last utterance ended, where only a pause in what comes tells so."""
        return self.adapter.turn_end != "explicit" and now - self._last_sound_came >= _PAUSE

    def _is_of(self, turn: Turn) -> bool:
        """Whether what comes now belongs to a turn, and not to an utterance before or after it."""
        if self._overruns or turn.ended_at is not None:
            return False
        return not turn.ends_to_skip or self.adapter.turn_end != "explicit"

    def _explicit_end(self, chunk: AudioChunk) -> None:
        turn = self._latest
        self._utterance_is_open = False
        if self.overrun is not None and self.overrun.ended_at is None:
            self.overrun.ended_at = max(self.playout.end, self.stage.now())
            if turn is not None and turn.ends_to_skip:
                self._skip_end(turn)
            return
        if turn is None:
            return
        if turn.ends_to_skip:
            self._skip_end(turn)
            self.stage.ring()
            return
        if turn.ended_at is not None:
            return
        if chunk.transcript and not turn.text:
            turn.text.say(chunk.transcript, self.stage.now(), self.stage.now())
        if self.adapter.waits_for_turn_end or turn.audio_start is not None or turn.text or turn.tool_calls:
            # Where the agent decides when to answer, an end of nothing is that of what it said before.
            self._hear_aside()
            turn.ended_at = self.stage.now() if self.is_aside else max(self.playout.end, self.stage.now())
            turn.final_at_end = news(self.adapter, "last_agent_transcript")
        self.stage.ring()

    def _skip_end(self, turn: Turn) -> None:
        """What the agent said before the turn is over, and so are its words."""
        turn.ends_to_skip -= 1
        turn.final_before = news(self.adapter, "last_agent_transcript")
        self._streamed_before = news(self.adapter, "streaming_transcript")
        self._not_of_this_turn = ""

    def _read_text(self, position: float) -> None:
        """Notice what the adapter has streamed as text since the last look."""
        told = news(self.adapter, "streaming_transcript")
        turn = self._latest
        if turn is None or told.is_same(self._streamed_before):
            return
        self._streamed_before, streamed = told, told.text
        if self._overruns or turn.ends_to_skip:
            self._not_of_this_turn = streamed
        if not streamed.startswith(self._not_of_this_turn):
            self._not_of_this_turn = ""
        if text := streamed[len(self._not_of_this_turn) :]:
            turn.text.becomes(text, position)

    def event(self, type: str, **facts: Any) -> None:
        """Put something that happened now on the timeline."""
        self.stage.record(VoiceEvent(self.stage.now(), type, **facts))
