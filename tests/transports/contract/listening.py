"""Receiving all the time, as a run does, for tests that drive an adapter themselves."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS

if TYPE_CHECKING:
    from types import TracebackType

    from scenario.voice import VoiceAgentAdapter


class Listener:
    """Collects what an adapter receives until the block ends or the connection does.

    Attributes:
        audio: what came.
        turn_ends: how many ends of turns came.
        texts: transcripts that came with the audio.
        error: what ended the connection.
        failed_at: when, in monotonic seconds.
    """

    def __init__(self, adapter: VoiceAgentAdapter) -> None:
        self._adapter = adapter
        self.audio = bytearray()
        self.turn_ends = 0
        self.texts = ""
        self.error: Exception | None = None
        self.failed_at = 0.0
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Listener:
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        await asyncio.wait({self._task})

    async def until_text(self, text: str, seconds: float = 10.0) -> None:
        """Wait until the audio says `text`."""
        heard = ""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            heard = OfflineSTT().hear(bytes(self.audio))
            if heard == text:
                return
            if self.error is not None:
                raise AssertionError(f"heard {heard!r}, then: {self.error!r}") from self.error
            await asyncio.sleep(0.1)
        raise AssertionError(f"expected to hear {text!r}, heard {heard!r}")

    async def until_error(self, seconds: float = 10.0) -> Exception:
        """Wait until the connection ends, and return why."""
        async with asyncio.timeout(seconds):
            await asyncio.wait({self._task})
        assert self.error is not None
        return self.error

    async def _listen(self) -> None:
        while True:
            try:
                chunk = await self._adapter.recv_audio(0.5)
            except TimeoutError:
                continue
            except Exception as error:  # judged by the test
                self.error, self.failed_at = error, time.monotonic()
                return
            self.audio += chunk.data
            self.texts += chunk.transcript or ""
            self.turn_ends += not chunk.data and not chunk.transcript


async def speak(adapter: VoiceAgentAdapter, text: str) -> None:
    """Say `text` to the agent, as one turn, the way a run does: at the speed of speech."""
    chunk = OfflineTTS().speak(text, "user")
    await adapter.begin_user_turn()
    if adapter.paced:
        await adapter.send_audio(chunk)
    elif adapter.waits_for_turn_end:
        await adapter.send_audio(chunk)
        await asyncio.sleep(chunk.duration_seconds)
    else:
        await asyncio.sleep(chunk.duration_seconds)
        await adapter.send_audio(chunk)
    await adapter.end_user_turn()
