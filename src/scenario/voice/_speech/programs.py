"""Programs of this machine that speak: run to their end, or killed when nobody waits any more."""

from __future__ import annotations

import asyncio
import asyncio.subprocess
import shutil
from contextlib import suppress

TIMEOUT = 60.0


async def output_of(*command: str, hint: str) -> bytes:
    """Return what a program writes to its standard output.

    Args:
        command: the program and its arguments.
        hint: what to do if it is not there.

    Raises:
        RuntimeError: it is not installed, failed, or took longer than a minute.
    """
    path = shutil.which(command[0])
    if path is None:
        raise RuntimeError(f"the program {command[0]!r} is not installed: {hint}")
    process = await asyncio.create_subprocess_exec(
        path,
        *command[1:],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(TIMEOUT):
            output, errors = await process.communicate()
    except TimeoutError as error:
        raise RuntimeError(f"the program {command[0]!r} did not end within {TIMEOUT:g} s") from error
    finally:
        await end(process)
    if process.returncode:
        said = errors.decode("utf-8", "replace").strip()[-300:]
        raise RuntimeError(f"the program {command[0]!r} failed with exit code {process.returncode}: {said}")
    return output


async def end(process: asyncio.subprocess.Process) -> None:
    """Kill a process that still runs, and wait until it is gone."""
    if process.returncode is None:
        with suppress(ProcessLookupError):  # it ended by itself just now
            process.kill()
        await process.wait()
