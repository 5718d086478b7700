"""The line to one voice agent: what is sent on it, and what is heard from it, in turns and between them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.chunk import BYTES_PER_SECOND, SAMPLE_RATE, AudioChunk
from scenario.voice._line.ending import ending
from scenario.voice._line.ends import NO_LINE
from scenario.voice._line.reach import Reach
from scenario.voice._line.turn import HeardTurn, Turn
from scenario.voice.errors import FirstChunkTimeoutError, VoiceTransportError
from scenario.voice.events import VoiceEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scenario.types import AgentInput, AgentReturnTypes
    from scenario.voice._audio.chunk import Speaker
    from scenario.voice._clock import Clock
    from scenario.voice._line.stage import Stage
    from scenario.voice.adapters.base import VoiceAgentAdapter

_log = logging.getLogger("scenario")
_IDLE = 30.0  # seconds that a read may wait; nothing depends on it
_BARGE_IN_PIECE = BYTES_PER_SECOND // 10


class Line:
    """One adapter's line during one run, and what the adapter sees of the run (`LineEnd`).

    Args:
        adapter: reaches the agent.
        stage: where the run is heard.
        speaker: whose track the adapter's audio belongs to.
        take_turn: what `adapter.call` does.
        aside: what comes is not heard on the line; it is what the user is going to say on another one.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        stage: Stage,
        *,
        speaker: Speaker,
        take_turn: Callable[[Line, AgentInput], Any],
        aside: bool = False,
    ) -> None:
        self.adapter = adapter
        self.stage = stage
        self.speaker: Speaker = speaker
        self.is_aside = aside
        self._playout = stage.aside() if aside else stage.speakers[speaker]
        self.sent = 0  # messages of the conversation that the agent has been sent
        self.turn: Turn | None = None
        self.is_collecting = False
        self.error: Exception | None = None
        self._take_turn = take_turn
        self._own_connection = not adapter.is_held
        self._reach = Reach(adapter.home_loop if adapter.is_held else None)
        self._pump: asyncio.Task[None] | None = None
        self._utterance_is_open = False
        self._turns = 0
        self._notices: list[VoiceEvent] = []

    # Its life

    async def connect(self, timeout: float) -> None:
        """Connect the adapter, unless its user has done so.

        Raises:
            VoiceTransportError: it did not connect in time.
        """
        if not self._own_connection:
            return
        scope = asyncio.timeout(timeout)
        try:
            async with scope:
                await self._reach.call(self.adapter.connect)
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise VoiceTransportError(
                f"connecting took longer than {timeout:g} s (VoiceOptions.connect_timeout)",
                adapter=type(self.adapter).__name__,
            ) from error

    def listen(self) -> None:
        """Receive from now on, until `disconnect`."""
        self.adapter._scenario_line = self  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # its other end
        self._pump = asyncio.create_task(self._receive(), name=f"receive pump of {self.adapter!r}")

    async def disconnect(self, timeout: float) -> None:
        """Stop receiving, and disconnect the adapter, unless it is its user's. Never raises."""
        name = type(self.adapter).__name__
        try:
            async with asyncio.timeout(timeout):
                await self._stop_pump()
                if self._own_connection:
                    await self._reach.call(self.adapter.disconnect)
        except TimeoutError:
            _log.warning("%s did not disconnect within %g s", name, timeout)
        except Exception as error:  # noqa: BLE001  # the run has its result
            _log.warning("%s failed to disconnect: %r", name, error)
        finally:
            self.adapter._scenario_line = NO_LINE  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    async def _stop_pump(self) -> None:
        if self._pump is not None:
            self._pump.cancel()
            await asyncio.wait([self._pump])
            self._pump = None

    # What the adapter tells

    @property
    def clock(self) -> Clock:
        """The clock on which the adapter waits."""
        return self.stage.clock

    @property
    def heard_seconds(self) -> float:
        """How much of the agent's audio of this turn has been played, in seconds."""
        if self.turn is None or self.turn.audio_start is None:
            return 0.0
        return max(0.0, min(self.stage.now(), self._playout.end) - self.turn.audio_start)

    @property
    def is_played(self) -> bool:
        """Whether all audio that the agent sent has been played."""
        return self._playout.end <= self.stage.now()

    def tool_call(self, name: str, arguments: str, call_id: str) -> None:
        """The agent called a tool."""

        def tell() -> None:
            function = {"name": name, "arguments": arguments}
            call = {"id": call_id, "type": "function", "function": function}
            if self.turn is not None:
                self.turn.tool_calls.append({"role": "assistant", "content": None, "tool_calls": [call]})
            self._event("tool_call", name=name, args=_parsed(arguments), metadata={"call_id": call_id})

        self._reach.here(tell)

    def tool_result(self, name: str, result: Any, call_id: str) -> None:
        """A tool's result was given to the agent."""

        def tell() -> None:
            if self.turn is not None:
                text = result if isinstance(result, str) else _json(result)
                self.turn.tool_calls.append({"role": "tool", "tool_call_id": call_id, "content": text})
            self._event("tool_result", name=name, result=result, metadata={"call_id": call_id})

        self._reach.here(tell)

    def notice(
        self,
        type: str,
        *,
        name: str | None = None,
        args: Any = None,
        result: Any = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> None:
        """Something for the timeline."""
        self._reach.here(lambda: self._event(type, name=name, args=args, result=result, metadata=metadata))

    def drop_unplayed(self) -> None:
        """The agent has stopped itself."""

        def drop() -> None:
            self.stage.advance()
            self._playout.drop()
            if self.turn is not None and self.turn.ended_at is not None:
                self.turn.ended_at = min(self.turn.ended_at, self._playout.end)
            self.stage.ring()

        self._reach.here(drop)

    async def take_turn(self, input: AgentInput) -> AgentReturnTypes:
        """Send what is new in `input` and collect the agent's turn."""
        return await self._take_turn(self, input)

    # Sending

    async def say(self, chunk: AudioChunk, *, over: bool = False) -> tuple[float, float]:
        """Have the user speak to the agent; returns when the user has spoken.

        Args:
            chunk: what the user says.
            over: the user speaks over the agent, who must hear that as it happens.

        Returns:
            Where it is on the user's track.

        Raises:
            VoiceTransportError: it could not be sent.
        """
        adapter, stage = self.adapter, self.stage
        self._check()
        start, end = stage.place(stage.user, chunk.data)
        if adapter.paced or adapter.waits_for_turn_end:
            await self._reach.call(adapter.send_audio, chunk)
            await stage.sleep_until(end)
        elif over:
            for offset in range(0, len(chunk.data), _BARGE_IN_PIECE):
                piece = AudioChunk(chunk.data[offset : offset + _BARGE_IN_PIECE])
                await self._reach.call(adapter.send_audio, piece)
                await stage.sleep_until(start + (offset + len(piece.data)) / BYTES_PER_SECOND)
        else:
            await stage.sleep_until(end)
            await self._reach.call(adapter.send_audio, chunk)
        stage.advance()
        return start, end

    async def send_silence(self, chunk: AudioChunk) -> None:
        """Keep an unpaced transport hearing that the user says nothing."""
        if not self.adapter.continuous:
            await self._reach.call(self.adapter.send_audio, chunk)

    async def send(self, method: Callable[..., Any], *args: Any) -> Any:
        """Call an optional method of the adapter."""
        return await self._reach.call(method, *args)

    # Hearing

    def begin_turn(self, start: float, *, number: int, answers: bool, user_stop: float | None) -> Turn:
        """What the agent says from `start` on belongs to a new turn."""
        skip = 1 if self._utterance_is_open and self.adapter.waits_for_turn_end else 0
        self.turn = Turn(
            number=number,
            begun_at=self.stage.now(),
            start=start,
            answers=answers,
            user_stop=user_stop,
            last_byte_sent=self.stage.now() if answers else None,
            final_before=self.adapter.last_agent_transcript,
            ends_to_skip=skip,
        )
        self._streamed_before = self.adapter.streaming_transcript
        self.adapter._agent_speaking_event.clear()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        return self.turn

    async def collect(self) -> HeardTurn:
        """Hear the turn to its end.

        Raises:
            FirstChunkTimeoutError: the agent said nothing in time.
            VoiceTransportError: the connection was lost before it had spoken.
        """
        turn = self._current()
        self.is_collecting = True
        try:
            while True:
                self.stage.advance()
                if self.error is not None and not self._playout.end > self.stage.now():
                    self._check()
                try:
                    state = ending(turn, self._playout, self.adapter, self.stage.now())
                except FirstChunkTimeoutError as error:
                    raise error from self.error
                if state.over:
                    self._read_text(self._playout.end)
                    break
                await self.stage.changed(state.look_again)
            if state.truncated:
                self._event("agent_turn_truncated", metadata={"seconds": self.adapter.response_max_duration})
        finally:
            self.is_collecting = False
        self.turn = None
        return self.heard(turn)

    def heard(self, turn: Turn, *, until: float | None = None, interrupted: bool = False) -> HeardTurn:
        """Return a turn as it was heard up to now, or up to a media time."""
        playout = self._playout
        voiced = playout.voiced(turn.start, until)
        start = end = None
        if voiced:
            start, end = voiced[0][0], voiced[-1][1]
        elif turn.audio_start is not None and turn.ended_at is not None and turn.ended_at > turn.audio_start:
            start, end = turn.audio_start, turn.ended_at
        if interrupted:
            text = turn.text.heard(end if end is not None else turn.start).rstrip()
        else:
            final = self.adapter.last_agent_transcript
            text = final if final and final is not turn.final_before else turn.text.text
        return HeardTurn(turn, start, end, text.strip(), interrupted)

    def voiced_since(self, moment: float) -> list[tuple[float, float]]:
        """Return where the agent's speech was heard since a media time."""
        return self._playout.voiced(moment)

    def read(self, start: float, end: float) -> bytes:
        """Return what was heard between two media times."""
        return self._playout.track.read(round(start * SAMPLE_RATE), round(end * SAMPLE_RATE))

    def _hear_aside(self) -> None:
        if self.is_aside:  # nobody listens, so it takes no time
            self._playout.advance(self._playout.end)

    def _current(self) -> Turn:
        if self.turn is None:
            raise RuntimeError("no turn has begun on this line")
        return self.turn

    def _check(self) -> None:
        if self.error is not None:
            raise self.error

    async def _receive(self) -> None:
        try:
            live = getattr(self.adapter, "live", None)
            if isinstance(live, asyncio.Event):
                await self._reach.call(live.wait)
            while True:
                started = self.stage.clock.now()
                try:
                    chunk = await self._reach.call(self.adapter.recv_audio, _IDLE)
                except TimeoutError:
                    if self.stage.clock.now() - started < _IDLE / 2:
                        await asyncio.sleep(0.01)  # it did not wait: asking again at once would hog the loop
                    continue
                self._take(chunk)
        except Exception as error:  # noqa: BLE001  # it surfaces in the turn or the step that needs the line
            self.error = error
            self._event("transport_error", metadata={"error": f"{type(error).__name__}: {error}"})
            self.stage.ring()

    def _take(self, chunk: AudioChunk) -> None:
        """Hear what came from the agent."""
        now = self.stage.now()
        turn = self.turn
        if turn is not None and turn.first_byte is None:
            turn.first_byte = now
        self._read_text(max(now, self._playout.end))
        if not chunk.data:
            self._explicit_end(chunk)
            return
        self._utterance_is_open = True
        start, end = self.stage.place(self._playout, chunk.data)
        self._hear_aside()
        if turn is not None:
            if turn.audio_start is None:
                turn.audio_start = start
                if self.adapter.waits_for_turn_end and not turn.ends_to_skip:
                    # What is still heard before that is the rest of what the agent said earlier.
                    turn.start = max(turn.start, start)
            if chunk.transcript and not self.adapter.streaming_transcript:
                turn.text.say(chunk.transcript, start, end)
        self.stage.ring()

    def _explicit_end(self, chunk: AudioChunk) -> None:
        turn = self.turn
        self._utterance_is_open = False
        if turn is None:
            return
        if chunk.transcript and not turn.text:
            turn.text.say(chunk.transcript, self.stage.now(), self.stage.now())
        if turn.ends_to_skip:
            turn.ends_to_skip -= 1
        elif self.adapter.waits_for_turn_end or turn.audio_start is not None or turn.text or turn.tool_calls:
            # Where the agent decides when to answer, an end of nothing is that of what it said before.
            self._hear_aside()
            turn.ended_at = self.stage.now() if self.is_aside else max(self._playout.end, self.stage.now())
        self.stage.ring()

    def _read_text(self, position: float) -> None:
        """Notice what the adapter has streamed as text since the last look."""
        streamed = self.adapter.streaming_transcript
        if self.turn is None or streamed is self._streamed_before:
            return
        self._streamed_before = streamed
        if streamed:
            self.turn.text.becomes(streamed, position)

    _streamed_before = ""

    def _event(self, type: str, **facts: Any) -> None:
        self.stage.record(VoiceEvent(self.stage.now(), type, **facts))


def _parsed(arguments: str) -> Any:
    import json

    try:
        return json.loads(arguments)
    except ValueError:
        return arguments


def _json(value: Any) -> str:
    import json

    return json.dumps(value, default=repr)
