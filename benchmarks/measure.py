"""What a measurement is made with: CPU and wall time, memory, threads, and the growth of a cost."""

from __future__ import annotations

import gc
import math
import resource
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

Figures: TypeAlias = dict[str, float]
"""Figure to value; the unit is the end of the figure's name."""

_STATUS = Path("/proc/self/status")
_TASKS = Path("/proc/self/task")


@dataclass(frozen=True)
class Measurement:
    """A function that measures, in a process of its own; `best_of` says in how many."""

    function: Callable[[], Figures | Coroutine[Any, Any, Figures]]
    best_of: int = 3


class SkippedError(Exception):
    """The measurement cannot be made here; the text says why."""


@dataclass
class Took:
    """What a block took: CPU time of the whole process, threads included, and wall time, in seconds."""

    cpu: float = math.nan
    wall: float = math.nan


@contextmanager
def timed() -> Generator[Took]:
    """Measure the time of a block."""
    took = Took()
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    yield took
    took.cpu, took.wall = time.process_time() - cpu, time.perf_counter() - wall


@dataclass
class Growth:
    """How much more memory a block had in use at its peak than at its start, in MB."""

    mb: float = math.nan


@contextmanager
def memory_growth() -> Generator[Growth]:
    """Measure the memory of a block."""
    growth = Growth()
    gc.collect()
    before = _reset_peak()
    yield growth
    growth.mb = (peak_memory() - before) / 1e6


def peak_memory() -> float:
    """Return the most memory that this process has had in use, in bytes."""
    if _STATUS.exists():
        return _status("VmHWM")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _reset_peak() -> float:
    """Let the peak begin anew, where the system can, and return the memory in use now."""
    if not _STATUS.exists():
        return peak_memory()
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(field: str) -> float:
    lines = _STATUS.read_text().splitlines()
    return next(float(line.split()[1]) * 1024 for line in lines if line.startswith(f"{field}:"))


@dataclass
class Threads:
    """The most threads that the process had at once during a block."""

    most: int = 0


@contextmanager
def most_threads(*, every: float = 0.02) -> Generator[Threads]:
    """Count the threads of a block, the main thread included."""
    threads = Threads()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(every):
            now = sum(1 for _ in _TASKS.iterdir()) if _TASKS.exists() else threading.active_count()
            threads.most = max(threads.most, now - 1)  # without this one

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield threads
    finally:
        over.set()
        watcher.join()


def growth_exponent(small: float, large: float, *, factor: float) -> float:
    """Return `e` such that a cost grows with the size to the power of `e`.

    Args:
        small: the cost at one size.
        large: the cost at `factor` times that size.
        factor: how much larger the second size is.
    """
    return math.log(large / small) / math.log(factor)
