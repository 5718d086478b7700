"""The voice channel: users and agents exchange speech, in the time that speech takes."""

from __future__ import annotations

import asyncio
import inspect
import logging
import random
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, cast

from scenario._model.loading import load_once
from scenario.types import AgentRole
from scenario.voice._audio.chunk import AudioChunk, silent_chunk
from scenario.voice._audio.messages import create_audio_message, extract_audio, message_has_audio
from scenario.voice._clock import using_clock
from scenario.voice._interruptions import Cue, InterruptionConfig
from scenario.voice._line.barge_in import BargeIn
from scenario.voice._line.cues import Cues
from scenario.voice._line.exchange import Exchange
from scenario.voice._line.identity import identified
from scenario.voice._line.line import Line
from scenario.voice._line.settings import clock_for, seed_for
from scenario.voice._line.speech import Speech
from scenario.voice._line.stage import Stage
from scenario.voice._line.together import together
from scenario.voice._line.transcripts import Transcripts
from scenario.voice._line.warming_up import warm_up
from scenario.voice._user_voice import UserVoice
from scenario.voice.errors import UnsupportedCapabilityError
from scenario.voice.events import VoiceEvent
from scenario.voice.options import VoiceOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from scenario._observer import RunInfo
    from scenario.types import AgentInput, AgentReturnTypes, Message
    from scenario.voice._recording.recording import VoiceRecording
    from scenario.voice.adapters.base import VoiceAgentAdapter

_log = logging.getLogger("scenario")
T = TypeVar("T")


class VoiceChannel:
    """The channel of a run with at least one voice adapter. One channel serves one run.

    Args:
        agents: the participants.
        adapters: those of them that are voice adapters.
        options: voice settings of the run.
        cache_key: of the run; the seed is derived from it.
        on_audio_chunk: is shown every piece of audio as it is heard.
        on_voice_event: is told every event.
        audio_playback: plays the conversation on the local audio device.

    Raises:
        ValueError: the virtual clock is asked for, and an adapter or playback needs the real one.
    """

    def __init__(
        self,
        agents: Sequence[Any],
        adapters: Sequence[VoiceAgentAdapter],
        *,
        options: VoiceOptions | None,
        cache_key: str | None,
        on_audio_chunk: Callable[[AudioChunk], None] | None = None,
        on_voice_event: Callable[[VoiceEvent], None] | None = None,
        audio_playback: bool = False,
    ) -> None:
        self._options = options or VoiceOptions()
        self._adapters = list({id(adapter): adapter for adapter in adapters}.values())
        self._simulator = next(
            (a for a in agents if a.role is AgentRole.USER and getattr(a, "voice", None)), None
        )
        self._clock = clock_for(self._options, self._adapters, playback=audio_playback)
        self._seed = seed_for(self._options, cache_key)
        self._rng = random.Random(self._seed)  # noqa: S311 - repeatable on purpose
        self._hooks = (on_audio_chunk, on_voice_event)
        self._playback = audio_playback
        self._player: Any = None
        self._voice = UserVoice(self._seed)
        self._speech = Speech(self._agent_began)
        self._transcripts = Transcripts(self._options.stt)
        self._lines: dict[int, Line] = {}
        self._stack = ExitStack()
        self._main: asyncio.Task[Any] | None = None
        self._messages: Sequence[Message] = ()
        self._current: Line | None = None
        self._run: RunInfo | None = None
        self._recording: VoiceRecording | None = None
        self._stage = Stage(
            self._clock,
            threshold_dbfs=self._options.speech_threshold_dbfs,
            on_chunk=self._heard if on_audio_chunk or audio_playback else None,
            on_event=on_voice_event,
            on_edge=self._speech.edge,
        )
        self._speech.follow(self._stage)
        self._cues = Cues(self._stage, self._line)
        self._exchange = Exchange(
            self._stage,
            self._speech,
            self._voice,
            self._transcripts,
            transcribe=self._options.transcribe_agent,
        )
        self._barge_in = BargeIn(self._stage, self._speech, self._exchange)

    @property
    def timeline(self) -> list[VoiceEvent]:
        """The events so far, by time."""
        return sorted(self._stage.events, key=lambda event: event.time)

    # The life of a run

    async def open(self, run: RunInfo, messages: Sequence[Message]) -> None:
        """Connect all adapters at once, and start the recording.

        Raises:
            VoiceTransportError: an adapter could not be connected.
        """
        _log.info("voice seed %d, clock %s", self._seed, "virtual" if self._clock.virtual else "real")
        self._run, self._messages = run, messages
        self._exchange.conversation = messages
        self._main = asyncio.current_task()
        self._stack.enter_context(using_clock(self._clock))
        self._stack.enter_context(self._clock.hold())
        has_agent = any(adapter.role is AgentRole.AGENT for adapter in self._adapters)
        for adapter in self._adapters:
            speaker = "agent" if adapter.role is AgentRole.AGENT else "user"
            line = Line(
                adapter,
                self._stage,
                speaker=speaker,
                take_turn=self._take_turn,
                user_heard=self._speech.user_was_heard,
                aside=speaker == "user" and has_agent,
            )
            self._lines[id(adapter)] = line
        await load_once("hearing", warm_up)
        await together(line.connect(self._options.connect_timeout) for line in self._lines.values())
        if self._playback:
            from scenario.voice._playback.player import Player

            self._player = Player()
            self._player.start()
        self._stage.begin()
        for line in self._lines.values():
            line.listen()

    async def save(self, *, failed: bool) -> None:
        """Save the recording, if a directory for it is named and the outcome asks for it."""
        from scenario.voice._artifacts import artifacts_directory

        directory = artifacts_directory(self._options, failed=failed)
        if directory is None or self._run is None:
            return
        from scenario.voice._recording.artifacts import save_artifacts

        name, run_id = self._run.name, self._run.run_id
        try:
            recording = self._finished()
            folder = await asyncio.to_thread(
                lambda: save_artifacts(recording, directory, name=name, run_id=run_id)
            )
            _log.info("the recording of %r is in %s", name, folder)
        except OSError as error:
            _log.warning("the recording of %r could not be saved: %s", name, error)

    async def close(self) -> None:
        """Disconnect what was connected, last first; a cancellation waits until that is done."""
        closing = asyncio.create_task(self._disconnect(), name="disconnecting voice adapters")
        cancelled: asyncio.CancelledError | None = None
        try:
            while not closing.done():
                try:
                    await asyncio.wait([closing])
                except asyncio.CancelledError as error:
                    cancelled = error
            if cancelled is not None:
                raise cancelled
        finally:
            self._stage.end()
            if self._player is not None:
                self._player.close()
            self._stack.close()

    async def _disconnect(self) -> None:
        await self._transcripts.close()
        for line in reversed(list(self._lines.values())):
            await line.disconnect(self._options.disconnect_timeout)

    def result_fields(self) -> Mapping[str, Any]:
        """Return `audio`, `timeline` and `latency`."""
        recording = self._finished()
        latency = recording.metrics.latency if recording.metrics is not None else None
        return {"audio": recording, "timeline": list(recording.timeline), "latency": latency}

    def attach_to(self, error: BaseException) -> None:
        """Make the recording reachable as `error.voice_recording`."""
        try:
            error.voice_recording = self._finished()  # pyright: ignore[reportAttributeAccessIssue]  # new attribute
        except AttributeError:  # an exception with __slots__
            _log.debug("%r cannot carry the recording", error)

    def _finished(self) -> VoiceRecording:
        """Return the recording, made once: what comes later is no part of it."""
        if self._recording is None:
            from scenario.voice._recording.latency import build_latency
            from scenario.voice._recording.manifest import AdapterFacts
            from scenario.voice._recording.metrics import build_metrics
            from scenario.voice._recording.recording import VoiceRecording

            stage = self._stage
            stage.advance()
            self._speech.run_ends()
            for line in self._lines.values():
                self._exchange.close(line)
            events, segments = self.timeline, self._exchange.segments
            latency = build_latency(self._speech.timings, events)
            metrics = build_metrics(
                stage.user.voiced(), stage.agent.voiced(), stage.now(), events, segments, latency=latency
            )
            self._recording = VoiceRecording(
                segments,
                events,
                user_track=stage.user.track,
                agent_track=stage.agent.track,
                metrics=metrics,
                seed=self._seed,
                adapters=[AdapterFacts.of(adapter) for adapter in self._adapters],
            )
        return self._recording

    # Turns

    async def prepare(self, agent: Any) -> bool:
        """Put the words of transcribed turns into the conversation before someone reads it."""
        if id(agent) in self._lines:
            return False
        return await self._transcripts.finish(self._messages)

    async def complete(self) -> bool:
        """Put the words of turns that are being transcribed into the conversation."""
        return await self._transcripts.finish(self._messages, begun_only=True)

    async def call(self, agent: Any, input: AgentInput) -> AgentReturnTypes:
        """Have an agent take its turn: a voice adapter in media time, any other while the clock is held."""
        if id(agent) in self._lines:
            with self._on_the_clock():
                return await agent.call(input)
        with self._outside():
            answer = agent.call(input)
            if not inspect.isawaitable(answer):
                from scenario.errors import InvalidReturnTypeError

                name = type(agent).__name__
                raise InvalidReturnTypeError(name, f"[{name}] call() must be declared `async def`")
            return await answer

    async def _take_turn(self, line: Line, input: AgentInput) -> AgentReturnTypes:
        if line.adapter.role is AgentRole.AGENT:
            self._current = line
        return await self._exchange.take_turn(line, input, self._simulator)

    async def speak(
        self,
        message: Message,
        agent: Any,
        *,
        voice_style: str | None = None,
        audio_effects: Sequence[Any] | None = None,
    ) -> Message:
        """Return the message as the simulator says it aloud; without a voice it stays text."""
        text = message.get("content")
        message = identified(message) if message_has_audio(message) else message
        if self._options.transcribe_agent != "never" and message_has_audio(message):
            chunk = extract_audio(message, index=len(self._messages))
            if chunk is not None and not chunk.transcript:
                self._transcripts.want(chunk, message)
        if not isinstance(text, str) or not text.strip():
            return message
        if (line := self._lines.get(id(agent))) is not None and hasattr(agent, "send_text"):
            return await self._spoken_by_model(line, text)
        if agent is None or not getattr(agent, "voice", None):
            return message
        with self._outside():
            chunk = await self._voice.speak(text, agent, style=voice_style, effects=audio_effects)
        return identified({**message, **create_audio_message(chunk, message["role"])})

    async def _spoken_by_model(self, line: Line, text: str) -> Message:
        with self._on_the_clock():
            return await self._exchange.speak_text(line, text, self._messages)

    async def settle(self, turn: asyncio.Task[T]) -> T:
        """Wait for a turn that runs in the background."""
        with self._on_the_clock():
            return await turn

    def rolled_back(self, index: int) -> None:
        """What the agents have been sent of the conversation ends there at the latest."""
        for line in self._lines.values():
            line.sent = min(line.sent, index)
        self._exchange.rolled_back(index)

    def set_effects(self, effects: Sequence[Any]) -> None:
        """Replace the audio effects of the run's simulated users, from the next turn on."""
        self._voice.set_effects(effects)

    # Interrupting

    def check(self, cue: Cue) -> None:
        """Refuse a cue that cannot come.

        Raises:
            UnsupportedCapabilityError: words are to be counted, and the transport streams no text.
        """
        self._cues.check(cue)

    def interrupts(self, content: str | Message | None, agent: Any) -> bool:
        """Whether the user speaks: speech cuts in, text waits."""
        if isinstance(content, dict) and message_has_audio(content):
            return True
        speaks = bool(getattr(agent, "voice", None)) or id(agent) in self._lines
        return speaks and (isinstance(content, str) or content is None)

    def draw_interruption(self, settings: Any, agent: Any) -> Cue | None:
        """Draw from the run's generator whether and when the user cuts into the next turn of the agent."""
        probability = getattr(agent, "interrupt_probability", 0.0)
        if settings is None and probability:
            settings = InterruptionConfig(probability=probability, strategy="contextual")
        if settings is None or not getattr(agent, "voice", None) or self._line() is None:
            return None
        config = cast("InterruptionConfig", settings)
        if not config.should_interrupt(self._rng):
            return None
        return Cue(
            delay=config.sample_delay(self._rng),
            phrase=config.pick_random_phrase(self._rng),
            contextual=config.strategy == "contextual",
        )

    async def begun(self, turn: asyncio.Task[Any]) -> Message | None:
        """Wait until the agent has begun to speak; return its words so far."""
        heard = await self._cues.begun(turn)
        return {"role": "assistant", "content": heard} if heard else None

    async def cue(self, turn: asyncio.Task[Any], cue: Cue | None) -> bool:
        """Wait for the moment to cut in; return whether the agent's turn still runs then."""
        if cue is not None:
            with self._on_the_clock():
                await self._cues.come(turn, cue)
        return not turn.done()

    async def interjection(self, cue: Cue, agent: Any, heard: Message | None) -> Message:
        """Return what a user who cuts in at random says."""
        text = cue.phrase or ""
        if cue.contextual and (interject := getattr(agent, "interject", None)) is not None:
            with self._outside():
                text = await interject(list(self._messages), heard, otherwise=text)
        return await self.speak({"role": "user", "content": text}, agent)

    async def barge_in(self, turn: asyncio.Task[Any], message: Message) -> list[Message]:
        """Have the user speak into the agent's turn; return what was heard, the user's message included."""
        line = self._line()
        if line is None:
            self._barge_in.nobody()
        chunk = extract_audio(message, index=len(self._messages))
        if line is None or chunk is None:
            await self.settle(turn)
            return [message]
        was_running = not turn.done()
        with self._on_the_clock(), self._stage.watching(turn):
            told = await self._barge_in.into(line, turn, chunk, message)
        if was_running and (not turn.done() or turn.cancelled()):
            line.sent = len(self._messages) + len(told)
            self._exchange.has_said(line.sent)
        return told

    # Without a message

    async def pause(self, seconds: float, *, silent: bool) -> None:
        """Let media time pass; `silent`: transports hear that the user says nothing."""
        start = self._stage.now()
        with self._on_the_clock():
            if silent:
                self._stage.record(VoiceEvent(start, "silence", args={"duration": seconds}))
                if (line := self._line()) is not None:
                    await line.send_silence(silent_chunk(seconds))
            await self._stage.sleep_until(start + seconds)

    async def send_tones(self, tones: str) -> None:
        """Send key tones to the agent.

        Raises:
            UnsupportedCapabilityError: the adapter cannot.
        """
        line = self._line()
        if line is None:
            raise UnsupportedCapabilityError("<no voice adapter>", "dtmf")
        send = getattr(line.adapter, "send_dtmf", None)
        if send is None or not line.adapter.capabilities.dtmf:
            raise UnsupportedCapabilityError(
                type(line.adapter).__name__, "dtmf", "key tones need a telephone transport"
            )
        start = self._stage.now()
        with self._on_the_clock():
            await line.send(send, tones)
        self._stage.record(VoiceEvent(start, "dtmf_sent", args={"tones": tones}))

    # Helpers

    def _line(self) -> Line | None:
        """Return the line of the agent that spoke last, or the first one."""
        if self._current is not None:
            return self._current
        return next((line for line in self._lines.values() if line.speaker == "agent"), None)

    @contextmanager
    def _on_the_clock(self) -> Generator[None]:
        """Wait in media time: the run's own task gives back its hold of the clock meanwhile."""
        if asyncio.current_task() is self._main:
            with self._clock.released():
                yield
        else:
            yield

    @contextmanager
    def _outside(self) -> Generator[None]:
        """Wait for something outside: the run's own task holds the clock anyway."""
        if asyncio.current_task() is self._main:
            yield
        else:
            with self._clock.hold():
                yield

    def _heard(self, chunk: AudioChunk) -> None:
        if self._player is not None:
            self._player.feed(chunk)
        if self._hooks[0] is not None:
            self._hooks[0](chunk)

    def _agent_began(self) -> None:
        for line in self._lines.values():
            if line.turn is not None:
                line.adapter._agent_speaking_event.set()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
