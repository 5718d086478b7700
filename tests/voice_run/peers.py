"""Agents of manners that the loopback agent has not: they answer on the run's clock."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scenario.voice import AdapterCapabilities, AudioChunk, VoiceAgentAdapter, silent_chunk
from scenario.voice.testing.offline_speech import OfflineTTS

if TYPE_CHECKING:
    from collections.abc import Sequence

BYTES_PER_SECOND = 48_000


def seconds_of_speech(seconds: float, voice: str = "agent") -> bytes:
    """Return speech of that length; its level never drops for long."""
    speech = OfflineTTS().speak("abcdefghijklmno " * 40, voice).data
    while len(speech) < seconds * BYTES_PER_SECOND:
        speech += speech
    return speech[: round(seconds * 24_000) * 2]


class Peer(VoiceAgentAdapter):
    """Answers each turn of the user with the next of its utterances, after `latency`.

    It ends its turns by no sign at all (`"gap"`), with silence (`"vad"`: it sends silence whenever it does
    not speak), or with an empty chunk (`"explicit"`).
    """

    supports_virtual_clock = True

    def __init__(
        self,
        utterances: Sequence[bytes],
        *,
        latency: float = 0.3,
        turn_end: Any = "gap",
        burst: bool = False,
        waits: bool = True,
        **attributes: Any,
    ) -> None:
        self.utterances = list(utterances)
        self.latency = latency
        self.turn_end = turn_end
        self.waits_for_turn_end = waits
        self.burst = burst
        self.calls: list[str] = []
        self.sent: list[bytes] = []
        self.answering: asyncio.Task[None] | None = None
        self.queue: asyncio.Queue[AudioChunk | Exception] | None = None
        self._silence: asyncio.Task[None] | None = None
        for name, value in attributes.items():
            setattr(self, name, value)

    async def connect(self) -> None:
        self.calls.append("connect")
        self.queue = asyncio.Queue()
        if self.turn_end == "vad":
            self._silence = asyncio.create_task(self._be_silent())

    async def disconnect(self) -> None:
        self.calls.append("disconnect")
        for task in (self.answering, self._silence):
            if task is not None:
                task.cancel()
                await asyncio.wait([task])
        self.queue = self.answering = self._silence = None

    async def send_audio(self, chunk: AudioChunk) -> None:
        self.sent.append(chunk.data)
        if self.paced:
            await self.clock.sleep(chunk.duration_seconds)

    async def recv_audio(self, timeout: float) -> AudioChunk:
        queue = self.output()
        async with self.clock.timeout(timeout):
            item = await queue.get()
        if isinstance(item, Exception):
            raise item
        return item

    async def end_user_turn(self) -> None:
        self.answer()

    async def notify_agent_turn(self) -> None:
        self.answer()

    def output(self) -> asyncio.Queue[AudioChunk | Exception]:
        if self.queue is None:
            raise self.not_connected()
        return self.queue

    def answer(self) -> None:
        """Begin to say the next utterance."""
        if self.utterances:
            self.answering = asyncio.create_task(self._say_after(self.answering, self.utterances.pop(0)))

    async def _say_after(self, previous: asyncio.Task[None] | None, pcm: bytes) -> None:
        if previous is not None and not previous.done():
            await asyncio.wait([previous])
        await self.say(pcm)

    async def say(self, pcm: bytes) -> None:
        await self.clock.sleep(self.latency)
        if self.burst:
            self.output().put_nowait(AudioChunk(pcm))
        else:
            await self.stream(pcm)
        if self.turn_end == "explicit":
            self.output().put_nowait(AudioChunk(b""))

    async def stream(self, pcm: bytes, frame: float = 0.02) -> None:
        """Send audio at the speed of speech."""
        begun, size = self.clock.now(), round(frame * 24_000) * 2
        for offset in range(0, len(pcm), size):
            piece = pcm[offset : offset + size]
            self.output().put_nowait(AudioChunk(piece))
            await self.clock.sleep_until(begun + (offset + len(piece)) / BYTES_PER_SECOND)

    async def _be_silent(self) -> None:
        due = self.clock.now()
        while True:
            if self.answering is None or self.answering.done():
                self.output().put_nowait(silent_chunk(0.02))
            due += 0.02
            await self.clock.sleep_until(due)


class Stoppable(Peer):
    """Can be told to stop; `native` is what `interrupt()` returns."""

    capabilities = AdapterCapabilities(interruption=True)

    def __init__(self, *args: Any, native: bool | None = True, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.native = native

    async def interrupt(self) -> bool | None:
        self.calls.append("interrupt")
        if self.answering is not None:
            self.answering.cancel()
        if self.turn_end == "explicit":
            self.output().put_nowait(AudioChunk(b""))
        return self.native
