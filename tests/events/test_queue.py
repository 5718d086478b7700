from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scenario._events import (
    RunResults,
    ScenarioMessageSnapshotEvent,
    ScenarioRunFinishedEvent,
    ScenarioRunStartedEvent,
)
from scenario._events.queue import Delivery, EventQueue, Job
from scenario._events.target import Target

if TYPE_CHECKING:
    import pytest

DELIVERY = Delivery(Target("http://x", "key"), "final", lambda _: None)


def identity(run: str) -> dict[str, Any]:
    return {"batch_run_id": "b", "scenario_id": "s", "scenario_run_id": run}


def started(run: str = "r1") -> Job:
    return Job(ScenarioRunStartedEvent(**identity(run)), DELIVERY)


def snapshot(run: str = "r1", **options: Any) -> Job:
    return Job(ScenarioMessageSnapshotEvent(**identity(run)), DELIVERY, **options)


def finished(run: str = "r1") -> Job:
    results = RunResults(verdict="success")
    return Job(ScenarioRunFinishedEvent(**identity(run), status="SUCCESS", results=results), DELIVERY)


def filled(*jobs: Job, limit: int = 100) -> EventQueue:
    queue = EventQueue(limit)
    for job in jobs:
        queue.put(job)
    return queue


def emptied(queue: EventQueue) -> list[object]:
    return [queue.take().event for _ in range(len(queue))]


def test_jobs_come_out_in_order():
    jobs = [started("a"), started("b"), snapshot("a"), finished("a"), snapshot("b")]
    assert emptied(filled(*jobs)) == [job.event for job in jobs]


def test_a_newer_snapshot_takes_the_place_of_a_waiting_one_of_its_run():
    first, other, newer = snapshot("a"), snapshot("b"), snapshot("a", closing=True)
    queue = filled(first, other, newer)
    job = queue.take()
    assert (job.event, job.closing) == (newer.event, True)
    assert emptied(queue) == [other.event]


def test_a_snapshot_that_is_being_posted_is_not_replaced():
    queue = filled(snapshot())
    posting = queue.take()
    event = posting.event
    queue.put(snapshot())
    assert posting.event is event
    assert len(queue) == 1


def test_over_the_limit_the_oldest_snapshot_goes_first(caplog: pytest.LogCaptureFixture):
    begin, old, newer, end = started("a"), snapshot("a"), snapshot("b"), finished("a")
    with caplog.at_level(logging.WARNING, logger="scenario"):
        queue = filled(begin, old, newer, end, started("c"), limit=4)
    assert len(queue) == 4
    assert old.event not in emptied(queue)
    assert "More than 4 events" in caplog.text


def test_without_snapshots_the_oldest_event_goes(caplog: pytest.LogCaptureFixture):
    jobs = [started(str(number)) for number in range(6)]
    queue = filled(*jobs, limit=4)
    assert emptied(queue) == [job.event for job in jobs[2:]]
    assert len(caplog.records) == 1


def test_a_run_is_idle_when_its_events_are_done():
    queue = filled(started("a"), finished("a"), started("b"))
    idle = queue.idle("a")
    queue.done(queue.take())
    assert not idle.done()
    queue.done(queue.take())
    assert idle.done()
    assert queue.idle("unknown").done()
    assert not queue.idle("b").done()


def test_an_event_being_posted_counts():
    queue = filled(started())
    job = queue.take()
    assert not queue.idle("r1").done()
    assert not queue.wait_until_empty(0)
    queue.done(job)
    assert queue.wait_until_empty(0)


def test_dropped_events_are_done():
    queue = filled(started("a"), started("b"), limit=1)
    assert queue.idle("a").done()
    idle = queue.idle("b")
    assert queue.discard(lambda _: True) == 1
    assert idle.done()


def test_nobody_waits_any_more():
    queue = filled(started())
    queue.idle("r1").cancel()
    queue.done(queue.take())
    assert queue.wait_until_empty(0)
