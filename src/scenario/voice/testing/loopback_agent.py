"""A voice agent in this process, for tests: it says what its script says."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.chunk import BYTES_PER_SECOND, AudioChunk, silent_chunk
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

_FRAME = 0.02
_PIECE = 0.1
_CANONICAL = "pcm16/24000"


class LoopbackVoiceAgent(VoiceAgentAdapter):
    """Answers each user turn with the next text of its script, and stops when it is spoken over.

    Args:
        script: what it says, turn by turn; `AudioChunk`s are said as they are, `""` says nothing. After the
            last entry it says nothing more.
        latency: seconds between the end of the user's turn and its first word.
        barge_in_after: seconds after the user's first voiced sample at which it stops; an answer that it
            has not begun by then is not given. `None` never stops.
        silence_frames: sends silence all the time when it does not speak, as a telephone line does.
        burst: hands each answer over at once instead of in real time.
        voice: of `OfflineTTS`.
    """

    capabilities = AdapterCapabilities(
        streaming_transcripts=True, input_formats=[_CANONICAL], output_formats=[_CANONICAL]
    )
    waits_for_turn_end = True
    supports_virtual_clock = True

    def __init__(
        self,
        script: Sequence[str | AudioChunk],
        *,
        latency: float = 0.3,
        barge_in_after: float | None = 0.2,
        silence_frames: bool = False,
        burst: bool = False,
        voice: str = "offline/agent",
    ) -> None:
        self.heard: list[AudioChunk] = []
        """What the user has said, chunk by chunk."""
        self.turn_end = "vad" if silence_frames else "explicit"
        self._script = list(script)
        self._latency = latency
        self._barge_in_after = barge_in_after
        self._silence_frames = silence_frames
        self._burst = burst
        self._voice = voice
        self._queue: asyncio.Queue[AudioChunk] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._answer: asyncio.Task[None] | None = None
        self._speaking = False
        self._next = 0

    async def connect(self) -> None:
        """Begin to listen; the script starts anew."""
        if self._queue is None:
            self._queue = asyncio.Queue()
            self._next = 0
            if self._silence_frames:
                self._start(self._keep_silent())

    async def disconnect(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks))
        self._queue = self._answer = None

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Hear the user."""
        self._output()
        self.heard.append(chunk)
        is_over = self._answer is None or (self._answer.done() and self.line.is_played)
        if self._answer is None or is_over or self._barge_in_after is None:
            return
        if (onset := _first_voiced(chunk)) is not None:
            self._start(self._stop(self._answer, onset, self._barge_in_after))

    async def end_user_turn(self) -> None:
        """The user has spoken: answer."""
        self._begin_answer()

    async def notify_agent_turn(self) -> None:
        """Speak without being spoken to."""
        self._begin_answer()

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return what the agent says next."""
        queue = self._output()
        async with self.clock.timeout(timeout):
            return await queue.get()

    # How it speaks

    def _output(self) -> asyncio.Queue[AudioChunk]:
        if self._queue is None:
            raise self.not_connected()
        return self._queue

    def _start(self, coroutine: Any) -> asyncio.Task[None]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _begin_answer(self) -> None:
        if self._next < len(self._script):
            text, self._next = self._script[self._next], self._next + 1
            if text:
                self._answer = self._start(self._say(text, self._answer))

    async def _say(self, text: str | AudioChunk, previous: asyncio.Task[None] | None) -> None:
        if previous is not None:
            await asyncio.wait([previous])
        self.streaming_transcript = ""
        begins = self.clock.now() + self._latency
        speech = text if isinstance(text, AudioChunk) else await self._spoken(text)
        await self.clock.sleep_until(begins)
        self._speaking = True
        try:
            if self._burst:  # its words come with it, and are heard one by one
                self._output().put_nowait(speech)
            else:
                await self._stream(speech)
        finally:
            self._speaking = False
            if self._queue is not None:
                self._queue.put_nowait(AudioChunk(b""))

    async def _spoken(self, text: str) -> AudioChunk:
        from scenario.voice._speech.tts import synthesize

        return await synthesize(text, self._voice)

    async def _stream(self, speech: AudioChunk) -> None:
        """Send speech in real time; its words come as they are spoken."""
        started, said = self.clock.now(), 0.0
        words = (speech.transcript or "").split(" ")
        step = _FRAME if self._silence_frames else _PIECE
        size = int(step * BYTES_PER_SECOND)
        for offset in range(0, len(speech.data), size):
            piece = speech.data[offset : offset + size]
            said += len(piece) / BYTES_PER_SECOND
            count = max(1, round(len(words) * said / speech.duration_seconds))
            self.streaming_transcript = " ".join(words[:count])
            self._output().put_nowait(AudioChunk(piece))
            await self.clock.sleep_until(started + said)

    async def _keep_silent(self) -> None:
        due = self.clock.now()
        while True:
            if not self._speaking:
                self._output().put_nowait(silent_chunk(_FRAME))
            due += _FRAME
            await self.clock.sleep_until(due)

    async def _stop(self, answer: asyncio.Task[None], onset: float, after: float) -> None:
        """Stop an answer that the user speaks into; one that has not begun is not begun."""
        await self.clock.sleep(onset)
        if self._speaking or not self.line.is_played:
            await self.clock.sleep(after)
        answer.cancel()
        self.line.drop_unplayed()


def _first_voiced(chunk: AudioChunk) -> float | None:
    """Return the seconds before the first speech in a chunk."""
    from scenario.voice._vad.detector import SpeechDetector

    detector = SpeechDetector()
    detector.push(chunk.data)
    speech = detector.intervals()
    return speech[0][0] / chunk.sample_rate if speech else None
