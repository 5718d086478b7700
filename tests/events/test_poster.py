from __future__ import annotations

import logging
import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._events.client import Answer, pause_of
from scenario._events.poster import Poster
from scenario._events.queue import EventQueue

from .test_queue import snapshot, started

if TYPE_CHECKING:
    from scenario._events.target import Target


class ScriptedClient:
    """Answers with what the test lays out."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.posts = 0

    def post(self, target: Target, body: bytes) -> Answer:
        self.posts += 1
        return self.answers.pop(0) if self.answers else Answer(201, "{}")


class Rig:
    """A poster whose time is the test's."""

    def __init__(self, *answers: Answer) -> None:
        self.now = 0.0
        self.waits: list[float] = []
        self.queue = EventQueue()
        self.client = ScriptedClient(*answers)
        self.poster = Poster(self.queue, self.client, sleep=self.waits.append, clock=lambda: self.now)

    def post(self, **options: Any) -> int:
        """Post one event; return how many requests that took."""
        before = self.client.posts
        self.poster.post(started(**options))
        return self.client.posts - before


DEAD = Answer(None, "refused")


def test_waits_grow_between_attempts():
    rig = Rig(DEAD, Answer(500, ""))
    assert rig.post() == 3
    assert rig.waits == [0.1, 0.2]


def test_the_server_says_how_long_to_wait():
    rig = Rig(Answer(429, "", retry_after=3.0), Answer(503, "", retry_after=0.0))
    assert rig.post() == 3
    assert rig.waits == [3.0, 0.0]


def test_a_probe_is_allowed_after_thirty_seconds():
    rig = Rig(DEAD, DEAD, DEAD, DEAD)
    assert rig.post() == 3
    rig.now = 29.9
    assert rig.post() == 0
    rig.now = 30.0
    assert rig.post() == 1  # fails: down for another 30 s
    rig.now = 59.9
    assert rig.post() == 0
    rig.now = 60.0
    assert rig.post() == 1  # succeeds
    assert rig.post() == 1


def test_going_down_drops_what_waits_for_the_same_endpoint_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
):
    rig = Rig(DEAD, DEAD, DEAD, DEAD)
    for run in "abc":
        rig.queue.put(started(run))
    with caplog.at_level(logging.INFO, logger="scenario"):
        rig.post()
        rig.now = 30.0
        rig.post()
        rig.now = 60.0
        rig.post()
    assert len(rig.queue) == 0
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "4 events dropped" in caplog.records[0].getMessage()
    assert "5 events were lost" in caplog.records[1].getMessage()


def test_a_success_between_failures_keeps_the_endpoint_up():
    rig = Rig(DEAD, DEAD, Answer(201, "{}"), DEAD, DEAD)
    assert [rig.post(), rig.post()] == [3, 3]


def test_a_closing_snapshot_that_was_posted_whole_is_not_posted_again():
    rig = Rig()
    job = snapshot()
    rig.poster.post(job)
    job.closing = True
    rig.poster.post(job)
    assert rig.client.posts == 1


def test_a_closing_snapshot_that_did_not_arrive_is_posted():
    rig = Rig(Answer(400, ""))
    job = snapshot()
    rig.poster.post(job)
    job.closing = True
    rig.poster.post(job)
    assert rig.client.posts == 2


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2.0),
        ("0.5", 0.5),
        ("60", 5.0),
        ("-1", None),
        (None, None),
        ("", None),
        ("soon", None),
        ("nan", None),
    ],
)
def test_retry_after_in_seconds(value: str | None, seconds: float | None):
    assert pause_of(value) == seconds


def test_retry_after_as_a_date():
    assert pause_of(formatdate(time.time() + 3600, usegmt=True)) == 5.0
    assert pause_of(formatdate(0, usegmt=True)) == 0.0


@given(st.text() | st.dates().map(str) | st.floats().map(str))
def test_any_retry_after_is_a_bounded_wait_or_none(value: str):
    seconds = pause_of(value)
    assert seconds is None or 0 <= seconds <= 5
