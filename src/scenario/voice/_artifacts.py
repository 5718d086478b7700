"""Whether and where the recording of a run is saved."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario.voice.options import VoiceOptions


def artifacts_directory(options: VoiceOptions, *, failed: bool) -> str | None:
    """Return the directory for a run's artifacts, or `None` if this one's are not kept.

    Args:
        options: voice settings; without a directory there, `SCENARIO_VOICE_ARTIFACTS_DIR` is it.
        failed: whether the run failed.
    """
    given = options.artifacts_dir or os.environ.get("SCENARIO_VOICE_ARTIFACTS_DIR")
    wanted = options.save_artifacts == "always" or (failed and options.save_artifacts == "failure")
    return os.fspath(given) if given and wanted else None
