"""The events that wait for delivery."""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scenario._events.log import warn
from scenario._events.model import ScenarioEvent, ScenarioMessageSnapshotEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario._events.settings import MediaPolicy
    from scenario._events.target import Target

LIMIT = 10_000


@dataclass(slots=True, eq=False)
class Delivery:
    """How the events of one run are delivered.

    Attributes:
        target: where they go.
        media: which snapshots carry media.
        on_url: called with the page that the platform names in its answers.
        posted: digest of the last snapshot that was posted; the poster's own.
    """

    target: Target
    media: MediaPolicy
    on_url: Callable[[str], None]
    posted: bytes = field(default=b"", repr=False)


@dataclass(slots=True, eq=False)
class Job:
    """One event to post.

    Attributes:
        event: the event.
        delivery: how the events of its run are delivered.
        closing: whether it is the last snapshot of its run.
    """

    event: ScenarioEvent
    delivery: Delivery
    closing: bool = False


class EventQueue:
    """A bounded queue for one worker: first in, first out, with at most one waiting snapshot per run.

    A snapshot takes the place of an older one of its run that is still waiting. Over the limit the oldest
    snapshots go first, the oldest other events last.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        """Make an empty queue that holds at most `limit` events."""
        self._limit = limit
        self._changed = threading.Condition()
        self._jobs: OrderedDict[Job, None] = OrderedDict()
        self._snapshots: OrderedDict[str, Job] = OrderedDict()
        self._open: dict[str, int] = {}  # per run: events waiting or being posted
        self._waiters: dict[str, list[Future[None]]] = {}
        self._overflowed = False

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: Job) -> None:
        """Add `job`; never waits for a delivery."""
        dropped: list[Job] = []
        run_id = job.event.scenario_run_id
        with self._changed:
            waiting = self._snapshots.get(run_id)
            if waiting is not None and isinstance(job.event, ScenarioMessageSnapshotEvent):
                waiting.event, waiting.closing = job.event, job.closing
                return
            self._jobs[job] = None
            self._open[run_id] = self._open.get(run_id, 0) + 1
            if isinstance(job.event, ScenarioMessageSnapshotEvent):
                self._snapshots[run_id] = job
            if len(self._jobs) > self._limit:
                oldest = next(iter(self._snapshots.values()), None) or next(iter(self._jobs))
                self._remove(oldest)
                dropped.append(oldest)
            self._changed.notify_all()
        self._settle(dropped)
        if dropped and not self._overflowed:
            self._overflowed = True
            warn("More than %d events wait for delivery; the oldest snapshots are dropped.", self._limit)

    def take(self) -> Job:
        """Wait for the oldest job and take it out; `done` must follow."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs)
            job = next(iter(self._jobs))
            self._remove(job)
            return job

    def done(self, job: Job) -> None:
        """Report that `job` was delivered or given up."""
        self._settle([job])

    def discard(self, unwanted: Callable[[Job], bool]) -> int:
        """Drop the waiting jobs that are `unwanted`; return how many those were."""
        with self._changed:
            dropped = [job for job in self._jobs if unwanted(job)]
            for job in dropped:
                self._remove(job)
        self._settle(dropped)
        return len(dropped)

    def idle(self, run_id: str) -> Future[None]:
        """Return a future that is done when no event of the run waits or is being posted."""
        future: Future[None] = Future()
        with self._changed:
            if run_id in self._open:
                self._waiters.setdefault(run_id, []).append(future)
                return future
        future.set_result(None)
        return future

    def wait_until_empty(self, timeout: float) -> bool:
        """Block at most `timeout` seconds until everything is delivered or given up; return whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._open, timeout)

    def _remove(self, job: Job) -> None:
        del self._jobs[job]
        if self._snapshots.get(job.event.scenario_run_id) is job:
            del self._snapshots[job.event.scenario_run_id]

    def _settle(self, jobs: list[Job]) -> None:
        idle: list[Future[None]] = []
        with self._changed:
            for job in jobs:
                run_id = job.event.scenario_run_id
                self._open[run_id] -= 1
                if not self._open[run_id]:
                    del self._open[run_id]
                    idle += self._waiters.pop(run_id, [])
            if not self._open:
                self._changed.notify_all()
        for future in idle:  # outside the lock: this wakes event loops
            if future.set_running_or_notify_cancel():
                future.set_result(None)
