"""Where the recording of a run is kept."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import os

    from scenario.voice._recording.recording import VoiceRecording

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 100  # characters; file systems stop at 255 bytes for the whole name


def save_artifacts(
    recording: VoiceRecording, directory: str | os.PathLike[str], *, name: str, run_id: str
) -> Path:
    """Save segments, mix and manifest in a folder of their own, and return it.

    Args:
        recording: what is saved.
        directory: where the folders of runs are.
        name: the scenario's name.
        run_id: the run's id.

    Raises:
        OSError: a file cannot be written.
    """
    now = datetime.now().astimezone().strftime("%Y%m%d_%H%M%S")
    safe = _UNSAFE.sub("_", name).strip("_")[:_LONGEST].strip("_") or "run"
    last = _UNSAFE.sub("", run_id[-6:])
    return recording.save_segments(Path(directory) / f"{now}_{safe}_{last}")
