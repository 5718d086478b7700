"""What STT providers that take files have in common."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING

from scenario.voice._clock import current_clock
from scenario.voice._speech.stt import STTProvider
from scenario.voice._speech.uploads import MAX_SECONDS, Upload, uploads_of

if TYPE_CHECKING:
    from scenario.voice._audio.chunk import AudioChunk

_AT_ONCE = 4


class UploadSTTProvider(STTProvider):
    """Transcribes by sending files, long audio in parts. Audio in which nobody speaks is not sent."""

    max_seconds: float = MAX_SECONDS

    async def transcribe(self, audio: AudioChunk) -> str:
        """Return what is said in `audio`; `""` if nothing is.

        Raises:
            RuntimeError: the provider failed; the text has the status only.
        """
        with current_clock().hold():
            uploads = await uploads_of(audio.data, self.max_seconds)
            free = asyncio.Semaphore(_AT_ONCE)

            async def ask(upload: Upload) -> str:
                async with free:
                    return (await self._ask(upload)).strip()

            if len(uploads) == 1:
                return await ask(uploads[0])
            try:
                async with asyncio.TaskGroup() as group:
                    tasks = [group.create_task(ask(upload)) for upload in uploads]
            except ExceptionGroup as failed:
                # One failure is all the caller needs; the group has cancelled the other requests.
                raise failed.exceptions[0] from None
            return " ".join(text for task in tasks if (text := task.result()))

    @abstractmethod
    async def _ask(self, upload: Upload) -> str:
        """Return the text of one file."""
