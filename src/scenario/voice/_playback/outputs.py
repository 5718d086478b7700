"""What sound can go to: the library `sounddevice`, or a program that plays what it reads."""

from __future__ import annotations

import shutil
import subprocess
import sys
import weakref
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from scenario.voice._audio.chunk import SAMPLE_RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TERM_GRACE = 0.5  # seconds between asking a program to end and ending it

# ffmpeg has devices to play on for these systems only; others of its devices record.
_FFMPEG_DEVICES = {"linux": ("-f", "alsa", "default"), "darwin": ("-f", "audiotoolbox", "-")}
_RATE = str(SAMPLE_RATE)
_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "pw-cat": ("--playback", "--raw", "--format", "s16", "--rate", _RATE, "--channels", "1", "-"),
    "paplay": ("--raw", "--format=s16le", f"--rate={_RATE}", "--channels=1", "--latency-msec=100"),
    "aplay": ("-q", "-t", "raw", "-f", "S16_LE", "-r", _RATE, "-c", "1", "-"),
    "ffmpeg": ("-hide_banner", "-loglevel", "quiet", "-f", "s16le", "-ar", _RATE, "-ac", "1", "-i", "pipe:0"),
    "sox": ("-q", "-t", "raw", "-r", _RATE, "-e", "signed-integer", "-b", "16", "-L", "-c", "1", "-", "-d"),
}


class Output(Protocol):
    """An open output of canonical audio."""

    def write(self, pcm: bytes) -> None:
        """Play audio; waits while the device is full. Any exception means that it plays no more."""
        ...

    def finish(self) -> None:
        """Wait until everything was played."""
        ...

    def abort(self) -> None:
        """Have `write` or `finish`, which run in another thread, return or raise soon."""
        ...

    def close(self) -> None:
        """End it and free everything, from the thread that writes."""
        ...


def candidates() -> Iterator[tuple[str, Callable[[], Output]]]:
    """Return the outputs to try, best first: a name, and what opens it or raises."""
    yield "sounddevice", SoundDevice
    for name, arguments in _ARGUMENTS.items():
        device = _FFMPEG_DEVICES.get(sys.platform) if name == "ffmpeg" else ()
        if device is not None and (path := shutil.which(name)):
            yield name, partial(Program, (path, *arguments, *device))


class Program:
    """A program that plays what comes on its standard input.

    Args:
        command: its path and arguments.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, command: tuple[str, ...]) -> None:
        # Its messages go nowhere: a pipe that nobody reads would stop it when full.
        self._process = subprocess.Popen(  # noqa: S603  # a player of the list above, found on PATH
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,  # no buffer whose lock a writing thread holds
        )
        weakref.finalize(self, _end, self._process)  # also when this process ends

    def write(self, pcm: bytes) -> None:
        """Write audio to the program; waits while its pipe is full."""
        rest = memoryview(pcm)
        while rest:
            rest = rest[self._stdin.write(rest) :]

    def finish(self) -> None:
        """Close the pipe and wait for the program to end."""
        self._stdin.close()
        self._process.wait()

    def abort(self) -> None:
        """End the program."""
        _end(self._process)

    def close(self) -> None:
        """End the program and close the pipe."""
        _end(self._process)
        self._stdin.close()

    @property
    def _stdin(self) -> Any:
        return self._process.stdin


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_TERM_GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class SoundDevice:
    """The default output device, through PortAudio.

    Raises:
        Exception: the library or its PortAudio is missing, or there is no device.
    """

    def __init__(self) -> None:
        import sounddevice  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]  # never required

        self._stream: Any = sounddevice.RawOutputStream(samplerate=SAMPLE_RATE, channels=1, dtype="int16")
        self._stream.start()

    def write(self, pcm: bytes) -> None:
        """Write audio; waits while the device's buffer is full."""
        self._stream.write(pcm)

    def finish(self) -> None:
        """Wait until the buffer was played."""
        self._stream.stop()

    def abort(self) -> None:
        """Drop the buffer."""
        with suppress(Exception):  # it has ended meanwhile, or the device is gone
            self._stream.abort()

    def close(self) -> None:
        """Close the stream."""
        self._stream.close(ignore_errors=True)
