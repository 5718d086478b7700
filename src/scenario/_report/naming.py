"""How a report file is called."""

from __future__ import annotations

import re
import time

_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST = 100  # characters; file systems stop at 255 bytes for the whole name


def safe_name(name: str) -> str:
    """Return a test's name as part of a file name: letters, digits, `_` and `-`."""
    return _UNSAFE.sub("_", name).strip("_")[:_LONGEST].strip("_") or "run"


def strategy_label(class_name: str) -> str:
    """Return the short name of a strategy's class: `crescendo`, `goat`, ..., or `unknown`."""
    return class_name.removesuffix("Strategy").lower() or "unknown"


def report_stem(test_name: str, strategy: str) -> str:
    """Return the name of a report that is saved now, without suffix."""
    return f"{time.time_ns() // 1_000_000}_{safe_name(test_name)}_{safe_name(strategy)}"
