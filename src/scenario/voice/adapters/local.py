"""Voice agents in this process: speech to text, a chat model, text to speech."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any, ClassVar

from scenario.voice._audio.chunk import AudioChunk
from scenario.voice._secret import Secret
from scenario.voice._speech.defaults import VOICE_LLM_MODEL
from scenario.voice._vad.detector import SpeechDetector
from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._local.answer import Answer, sentences
from scenario.voice.adapters._local.brain import Brain
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from scenario.voice._speech.stt import STTProvider

__all__ = ["ComposableVoiceAgent", "ElevenLabsVoiceAgent"]

_CANONICAL = "pcm16/24000"
_STOPS_AFTER = 0.2
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
        self._heard: list[AudioChunk] = []
        self._answer: Answer | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._answering: asyncio.Task[None] | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}(llm={self.llm!r}, tts={self.tts!r})"

    async def connect(self) -> None:
        """Begin a fresh conversation."""
        if self._inbox is None:
            self._inbox = Inbox(self)
            self._heard.clear()
            self._brain.forget()
            self.streaming_transcript = ""
            self.last_user_transcript = self.last_agent_transcript = self.last_llm_response = None

    async def disconnect(self) -> None:
        """End the conversation."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self._inbox = self._answering = self._answer = None

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Hear the user."""
        self._connected()
        self._heard.append(chunk)
        if self._is_speaking() and (onset := _first_voiced(chunk)) is not None:
            self._start(self._stop_later(onset + _STOPS_AFTER))

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return the next sentence of the answer; an empty chunk is its end."""
        return await self._connected().take(timeout)

    async def end_user_turn(self) -> None:
        """The user has spoken: answer."""
        heard, self._heard = AudioChunk(b"".join(chunk.data for chunk in self._heard)), []
        await self._begin(heard)

    async def notify_agent_turn(self) -> None:
        """Answer the conversation as it is."""
        await self._begin(None)

    async def interrupt(self) -> bool:
        """Stop speaking at once."""
        await self._stop()
        return True

    # How it answers

    def _connected(self) -> Inbox:
        if self._inbox is None:
            raise self.not_connected()
        return self._inbox

    def _is_speaking(self) -> bool:
        return self._answer is not None and not (self._answer.is_over and self.line.is_played)

    def _start(self, coroutine: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _begin(self, heard: AudioChunk | None) -> None:
        self._connected()
        if self._answering is not None and not self._answering.done():
            await self._stop()
        self._finish_previous()
        self._answer = Answer()
        self._answering = self._start(self._reply(heard, self._answer))

    async def _reply(self, heard: AudioChunk | None, answer: Answer) -> None:
        inbox = self._connected()
        self.streaming_transcript = ""
        try:
            with self.clock.hold():
                if heard is not None and _first_voiced(heard) is not None:
                    self.last_user_transcript = await self.stt.transcribe(heard)
                    self._brain.hear(self.last_user_transcript)
                text = await self._brain.think(self.line)
                self.last_llm_response = text
                for sentence in sentences(text) if self._stream else [text] if text else []:
                    speech = await self._speak(sentence)
                    answer.spoken.append((sentence, speech.duration_seconds))
                    inbox.put_audio(speech.data, transcript=f"{sentence} ")
        except Exception as error:  # noqa: BLE001  # it surfaces in the turn that waits for the answer
            inbox.put_error(error)
        finally:
            answer.is_over = True
            inbox.end_turn()

    async def _speak(self, text: str) -> AudioChunk:
        from scenario.voice._speech.tts import synthesize

        return await synthesize(text, self.tts)

    async def _stop_later(self, seconds: float) -> None:
        await self.clock.sleep(seconds)
        if self._is_speaking():
            await self._stop()

    async def _stop(self) -> None:
        """Stop speaking; the history keeps what was heard."""
        if self._answer is None:
            return
        answer, self._answer = self._answer, None
        self._brain.said(answer.heard(self.line.heard_seconds))
        if self._answering is not None and not self._answering.done():
            self._answering.cancel()
            await asyncio.wait([self._answering])
        self._connected().drop_audio()
        self.line.drop_unplayed()

    def _finish_previous(self) -> None:
        """Put the last answer, all of which was heard, into the history."""
        if self._answer is not None:
            self._brain.said(" ".join(sentence for sentence, _ in self._answer.spoken))


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

    async def _speak(self, text: str) -> AudioChunk:
        from scenario.voice._speech.http import using_key

        with using_key("ELEVENLABS_API_KEY", self.api_key):
            return await super()._speak(text)


def _first_voiced(chunk: AudioChunk) -> float | None:
    """Return the seconds before the first speech in a chunk; `None` when there is none."""
    detector = SpeechDetector()
    detector.push(chunk.data)
    speech = detector.intervals()
    return speech[0][0] / chunk.sample_rate if speech else None
