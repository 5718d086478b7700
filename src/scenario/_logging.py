"""Logging as `SCENARIO_LOG_LEVEL` and `SCENARIO_LOG_FILE` ask for it; without them nothing is configured."""

from __future__ import annotations

import logging
import os
from pathlib import Path

_LEVELS = {
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARNING": logging.WARNING,
    "ERROR": logging.ERROR,
    "CRITICAL": logging.CRITICAL,
}
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def configure_from_environment() -> None:
    """Set the level and handlers; an unknown level configures nothing."""
    level = _LEVELS.get(os.environ.get("SCENARIO_LOG_LEVEL", "").strip().upper())
    if level is None:
        return
    logger = logging.getLogger("scenario")
    logger.setLevel(level)
    stream = logging.StreamHandler()
    stream.setFormatter(logging.Formatter(_FORMAT))
    logger.addHandler(stream)
    if path := os.environ.get("SCENARIO_LOG_FILE"):
        file = _LateFileHandler(path)
        file.setLevel(level)
        file.setFormatter(logging.Formatter(_FORMAT))
        root = logging.getLogger()
        root.addHandler(file)
        root.setLevel(min(root.level, level))


class _LateFileHandler(logging.FileHandler):
    """Appends to a file whose folders are made at the first record, not at import."""

    def __init__(self, path: str) -> None:
        super().__init__(path, encoding="utf-8", delay=True)
        self._unusable = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record; a file that cannot be opened is said once."""
        if self._unusable:
            return
        if self.stream is None:
            try:
                Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
                self.stream = self._open()
            except OSError as error:  # whoever logs is not to blame
                self._unusable = True
                logging.getLogger("scenario").warning("SCENARIO_LOG_FILE is not written: %s", error)
                return
        super().emit(record)
