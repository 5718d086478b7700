"""The processes in which PocketSphinx listens: a few per event loop, which ends them when it closes."""

from __future__ import annotations

import asyncio
import asyncio.subprocess
import os
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from scenario.voice._speech import pocketsphinx_worker
from scenario.voice._speech.programs import end

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncGenerator

_AT_MOST = 4


class PocketSphinxPool:
    """Transcribes with as many processes as are asked at once, up to one per processor or four."""

    def __init__(self) -> None:
        self._free = asyncio.Semaphore(max(1, min(_AT_MOST, os.cpu_count() or 1)))
        self._idle: list[Process] = []
        self._all: set[Process] = set()

    async def transcribe(self, audio: bytes) -> str:
        """Return what is said in `audio`, PCM16 at 16,000 Hz.

        Raises:
            RuntimeError: PocketSphinx broke down.
        """
        async with self._process() as process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(len(audio).to_bytes(8, "big") + audio)
                await process.stdin.drain()
                size = int.from_bytes(await process.stdout.readexactly(8), "big")
                return (await process.stdout.readexactly(size)).decode()
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                raise RuntimeError("PocketSphinx broke down; its own message is on standard error") from error

    async def aclose(self) -> None:
        """End the processes."""
        for process in list(self._all):
            await self._end(process)

    @asynccontextmanager
    async def _process(self) -> AsyncGenerator[Process]:
        """Lend a process; one whose work was broken off is not used again."""
        async with self._free:
            process = self._idle.pop() if self._idle else await self._start()
            try:
                yield process
            except BaseException:
                await self._end(process)
                raise
            self._idle.append(process)

    async def _start(self) -> Process:
        # -P: the folder of the script has modules with the names of standard ones.
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            str(Path(pocketsphinx_worker.__file__)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._all.add(process)
        return process

    async def _end(self, process: Process) -> None:
        self._all.discard(process)
        if process.stdin is not None:
            process.stdin.close()
        await end(process)
