"""Voice agents in this process: speech to text, a chat model, text to speech."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any, ClassVar

from scenario.errors import ModelCallError
from scenario.voice._audio.chunk import BYTES_PER_SECOND, SAMPLE_RATE, AudioChunk
from scenario.voice._line.ends import NoLine
from scenario.voice._secret import Secret, required_key
from scenario.voice._speech.defaults import VOICE_LLM_MODEL
from scenario.voice._vad.detector import SpeechDetector
from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._local.answer import Answer, sentences, words
from scenario.voice.adapters._local.brain import Brain
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence

    from scenario.voice._speech.stt import STTProvider

__all__ = ["ComposableVoiceAgent", "ElevenLabsVoiceAgent"]

_CANONICAL = "pcm16/24000"
_STOPS_AFTER = 0.2
_UNWIND = 5.0  # seconds that a tool, a provider or a model has to heed its cancellation
_ELEVENLABS_VOICE = "EXAVITQu4vr4xnSDxMaL"


class ComposableVoiceAgent(VoiceAgentAdapter):
    """Transcribes the user, asks a chat model, and speaks its answer.

    Each connection is a fresh conversation. The user's turn is transcribed once, however many chunks it has,
    and answered once. Speaking over the agent stops it 200 ms after the user's first word.

    Attributes:
        stt: what transcribes.
        llm: the chat model.
        tts: the voice.
        last_user_transcript: what was understood of the user's latest turn.
        last_llm_response: the model's latest answer.

    Args:
        stt: what transcribes the user.
        llm: the chat model, `provider/name`.
        tts: the voice, `provider/name`.
        system_prompt: replaces `DEFAULT_SYSTEM_PROMPT`.
        tools: in chat-completions form.
        tool_handlers: what runs a tool, by its name: called with its arguments as keywords; sync or async.
        llm_params: further parameters of every model call.
        stream: speaks sentence by sentence as each is synthesised; `False` waits for the whole answer.
    """

    DEFAULT_SYSTEM_PROMPT: ClassVar[str] = (
        "You are on the phone. Answer in one to three short spoken sentences, friendly and to the point, "
        "without lists, headings or symbols."
    )
    capabilities = AdapterCapabilities(
        streaming_transcripts=True, input_formats=[_CANONICAL], output_formats=[_CANONICAL]
    )
    turn_end = "explicit"
    waits_for_turn_end = True
    supports_virtual_clock = True

    def __init__(
        self,
        stt: STTProvider,
        llm: str,
        tts: str,
        *,
        system_prompt: str | None = None,
        tools: Sequence[Mapping[str, Any]] | None = None,
        tool_handlers: Mapping[str, Callable[..., Any]] | None = None,
        llm_params: Mapping[str, Any] | None = None,
        stream: bool = True,
    ) -> None:
        self.stt = stt
        self.llm = llm
        self.tts = tts
        self.capabilities = AdapterCapabilities(
            streaming_transcripts=True,
            interruption=True,
            input_formats=[_CANONICAL],
            output_formats=[_CANONICAL],
        )
        self.last_llm_response: str | None = None
        self._stream = stream
        self._brain = Brain(
            type(self).__name__,
            llm,
            system_prompt=system_prompt or self.DEFAULT_SYSTEM_PROMPT,
            tools=tools or (),
            handlers=tool_handlers,
            params=llm_params,
        )
        self._inbox: Inbox | None = None
        self._heard = bytearray()
        self._ear = SpeechDetector()
        self._answer: Answer | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._answering: asyncio.Task[None] | None = None
        self._stopping: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(llm={self.llm!r}, tts={self.tts!r})"

    async def connect(self) -> None:
        """Begin a fresh conversation."""
        if self._inbox is None:
            self._inbox = Inbox(self)
            self._forget_user_turn()
            self._brain.forget()
            self.streaming_transcript = ""
            self.last_user_transcript = self.last_agent_transcript = self.last_llm_response = None

    async def disconnect(self) -> None:
        """End the conversation."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_UNWIND)
        self._inbox = self._answering = self._stopping = self._answer = None

    async def begin_user_turn(self) -> None:
        """Forget the silence before it."""
        self._connected()
        self._forget_user_turn()

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Hear the user."""
        self._connected()
        before = len(self._heard)
        self._heard += chunk.data
        onsets = [edge.sample for edge in self._ear.push(chunk.data) if edge.kind == "start"]
        if onsets and self._is_speaking() and self._answer is not None and not self._is_stopping():
            onset = onsets[0] / SAMPLE_RATE - before / BYTES_PER_SECOND
            stopping = self._stop_later(onset + _STOPS_AFTER, self._answer, self.line.heard_seconds)
            self._stopping = self._start(stopping)

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return the next words of the answer; an empty chunk is its end."""
        chunk = await self._connected().take(timeout)
        if (answer := self._answer) is not None:
            answer.taken += chunk.duration_seconds
            self.streaming_transcript += chunk.transcript or ""
            if not chunk.data and answer.is_over and answer.spoken:
                self.last_agent_transcript = answer.text
        return chunk

    async def end_user_turn(self) -> None:
        """The user has spoken: answer."""
        self._connected()
        heard = AudioChunk(bytes(self._heard)) if self._ear.intervals() else None
        self._forget_user_turn()
        if self._stopping is not None:  # the user has said less than it takes to stop
            await asyncio.wait([self._stopping])
        await self._begin(heard)

    async def notify_agent_turn(self) -> None:
        """Answer the conversation as it is."""
        self._connected()
        await self._begin(None)

    async def interrupt(self) -> bool:
        """Stop speaking at once."""
        self._connected()
        await self._stop()
        return True

    # How it answers

    def _connected(self) -> Inbox:
        if self._inbox is None:
            raise self.not_connected()
        return self._inbox

    def _forget_user_turn(self) -> None:
        self._heard.clear()
        self._ear.reset()

    def _is_speaking(self) -> bool:
        answer = self._answer
        if answer is None:
            return False
        return not answer.is_over or not answer.is_taken or not self.line.is_played

    def _is_stopping(self) -> bool:
        return self._stopping is not None and not self._stopping.done()

    def _start(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(coroutine, name="local voice agent")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _begin(self, heard: AudioChunk | None) -> None:
        if self._answering is not None and not self._answering.done():
            await self._stop()
        if self._answer is not None:  # all of it was heard
            self._brain.said(self._answer.text)
        self._answer = Answer()
        self._answering = self._start(self._reply(heard, self._answer))

    async def _reply(self, heard: AudioChunk | None, answer: Answer) -> None:
        inbox = self._connected()
        self.streaming_transcript = ""
        try:
            with self.clock.hold():
                if heard is not None:
                    self.last_user_transcript = await self.stt.transcribe(heard)
                    self._brain.hear(self.last_user_transcript)
                text = await self._think()
                self.last_llm_response = text
                for sentence in sentences(text) if self._stream else [text] if text else []:
                    speech = await self._speak(sentence)
                    answer.spoken.append((sentence, speech.duration_seconds))
                    for audio, word in words(speech, sentence):
                        inbox.put_audio(audio, transcript=word)
        except Exception as error:  # noqa: BLE001  # it surfaces in the turn that waits for the answer
            inbox.put_error(error)
        finally:
            answer.is_over = True
            inbox.end_turn()

    async def _think(self) -> str:
        return await self._brain.think(self.line)

    async def _speak(self, text: str) -> AudioChunk:
        from scenario.voice._speech.tts import synthesize

        return await synthesize(text, self.tts)

    async def _stop_later(self, seconds: float, answer: Answer, heard: float) -> None:
        await self.clock.sleep(seconds)
        if self._answer is answer:  # the line may count for the next turn by now, so that we count on
            await self._stop(heard + max(0.0, seconds))

    async def _stop(self, at_least: float = 0.0) -> None:
        """Stop speaking; the history keeps what was heard. An answer that was heard to its end stays."""
        if self._answer is None or not self._is_speaking():
            return
        answer, self._answer = self._answer, None
        if self._answering is not None and not self._answering.done():
            self._answering.cancel()
            await asyncio.wait([self._answering])
        seconds = answer.taken if isinstance(self.line, NoLine) else max(at_least, self.line.heard_seconds)
        self._brain.said(heard := answer.heard(seconds))
        self.last_agent_transcript = heard or self.last_agent_transcript
        self._connected().drop_audio()
        self.line.drop_unplayed()


class ElevenLabsVoiceAgent(ComposableVoiceAgent):
    """A local agent that hears and speaks with ElevenLabs.

    Args:
        api_key: for speech; it is used for hearing and speaking.
        llm: the chat model.
        voice: `elevenlabs/<id>` or any other voice; default `elevenlabs/<ELEVENLABS_VOICE_ID>`.
        stt: what transcribes; default `ElevenLabsSTTProvider(api_key=api_key)`.
        system_prompt: replaces `DEFAULT_SYSTEM_PROMPT`.
    """

    def __init__(
        self,
        api_key: str,
        *,
        llm: str = VOICE_LLM_MODEL,
        voice: str | None = None,
        stt: STTProvider | None = None,
        system_prompt: str | None = None,
    ) -> None:
        from scenario.voice._speech.elevenlabs_stt import ElevenLabsSTTProvider

        self.api_key = Secret(api_key)
        super().__init__(
            stt or ElevenLabsSTTProvider(api_key=api_key),
            VOICE_LLM_MODEL.resolve(llm),
            voice or f"elevenlabs/{os.environ.get('ELEVENLABS_VOICE_ID') or _ELEVENLABS_VOICE}",
            system_prompt=system_prompt,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(api_key='***', llm={self.llm!r}, voice={self.tts!r})"

    async def connect(self) -> None:
        """Begin a fresh conversation.

        Raises:
            ValueError: there is no key although ElevenLabs is to hear or to speak.
        """
        from scenario.voice._speech.elevenlabs_stt import ElevenLabsSTTProvider

        if self.tts.lower().startswith("elevenlabs/") or isinstance(self.stt, ElevenLabsSTTProvider):
            self.api_key = required_key(self.api_key, "api_key", "ELEVENLABS_API_KEY")
        await super().connect()

    async def _think(self) -> str:
        try:
            return await super()._think()
        except ModelCallError as error:
            if error.retryable or error.status_code not in (None, 401, 403):
                raise
            raise ModelCallError(
                f"{error} (api_key is for speech alone: name a chat model with llm= or "
                f"{VOICE_LLM_MODEL.variable}, and set its provider's key in the environment)",
                model=error.model,
                status_code=error.status_code,
            ) from error

    async def _speak(self, text: str) -> AudioChunk:
        from scenario.voice._speech.http import using_key

        with using_key("ELEVENLABS_API_KEY", self.api_key):
            return await super()._speak(text)
