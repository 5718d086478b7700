"""Speech-to-text on this machine: PocketSphinx, or faster-whisper with a model of the user's."""

from __future__ import annotations

import asyncio
import threading
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenario._model.clients import held_client
from scenario._off_loop import off_loop
from scenario.voice._audio.chunk import SAMPLE_RATE, AudioChunk
from scenario.voice._clock import current_clock
from scenario.voice._speech.pocketsphinx_pool import PocketSphinxPool
from scenario.voice._speech.stt import STTProvider
from scenario.voice._speech.uploads import has_speech
from scenario.voice.errors import MissingVoiceDependencyError

if TYPE_CHECKING:
    import os

    from scenario.voice._audio.arrays import Samples

_RATE = 16_000  # both recognisers' own


class LocalSTTProvider(STTProvider):
    """Transcribes English on this machine, without a key or a network; the event loop goes on meanwhile.

    PocketSphinx (extra `local`) brings its model and is good enough for tests; faster-whisper
    (`pip install faster-whisper`) hears much better with a model that you have.

    Args:
        model_dir: folder of a faster-whisper model; `None` is PocketSphinx.

    Raises:
        FileNotFoundError: there is no such folder.
        MissingVoiceDependencyError: the recogniser is not installed.
    """

    def __init__(self, model_dir: str | os.PathLike[str] | None = None) -> None:
        self.model_dir = None if model_dir is None else Path(model_dir)
        if self.model_dir is None:
            if not find_spec("pocketsphinx"):
                raise MissingVoiceDependencyError(
                    feature="LocalSTTProvider", package="pocketsphinx", extra="local"
                )
        elif not self.model_dir.is_dir():
            raise FileNotFoundError(f"model_dir must be the folder of a model, got {str(self.model_dir)!r}")
        elif not find_spec("faster_whisper"):
            raise _missing_whisper()
        self._whisper: Any = None
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"LocalSTTProvider(model_dir={None if self.model_dir is None else str(self.model_dir)!r})"

    async def transcribe(self, audio: AudioChunk) -> str:
        """Return what is said in `audio`; `""` if nothing is.

        Raises:
            RuntimeError: the recogniser broke down.
        """
        with current_clock().hold():
            samples = await off_loop(_prepared, audio.data)
            if samples is None:
                return ""
            if self.model_dir is not None:
                return await asyncio.to_thread(self._ask_whisper, samples)
            pool = await held_client("voice.pocketsphinx", PocketSphinxPool)
            return await pool.transcribe(samples.tobytes())

    def _ask_whisper(self, samples: Samples) -> str:
        from scenario.voice._audio.arrays import FULL_SCALE, np

        with self._lock:
            if self._whisper is None:
                module: Any = import_module("faster_whisper")
                self._whisper = module.WhisperModel(str(self.model_dir), local_files_only=True)
            segments, _ = self._whisper.transcribe(samples.astype(np.float32) / FULL_SCALE)
            return " ".join(text for segment in segments if (text := segment.text.strip()))


def _prepared(audio: bytes) -> Samples | None:
    """Return canonical audio at the recognisers' rate, or `None` where nobody speaks."""
    from scenario.voice._audio.arrays import from_pcm
    from scenario.voice._audio.resampler import resample_whole

    return resample_whole(from_pcm(audio), SAMPLE_RATE, _RATE) if has_speech(audio) else None


def _missing_whisper() -> MissingVoiceDependencyError:
    package = "faster-whisper"
    error = MissingVoiceDependencyError(
        feature="LocalSTTProvider(model_dir=...)", package=package, extra="local"
    )
    # No extra brings it: its models are the user's choice, and it is large.
    error.msg = f"{error.feature} needs the package {package!r}. Install it with: pip install {package}"
    return error
