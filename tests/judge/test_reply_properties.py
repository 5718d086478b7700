"""Ten thousand bad replies: the verdict is what the specification says, and never better."""

from __future__ import annotations

import logging
from collections import Counter
from random import Random

import pytest

from scenario._judge.reply import Continue, Finish, Malformed, read_reply
from scenario._judge.verdict import read_verdict
from scenario.types import ScenarioResult

from .judge_case import judge_input, judge_with, on_request
from .reply_generator import CRITERIA_SETS, random_reply
from .reply_oracle import meaning

PARSED = 12_000
JUDGED = 400


@pytest.fixture(autouse=True)
def quiet_log(caplog):
    caplog.set_level(logging.CRITICAL, logger="scenario")


def seen_by_us(reply, criteria, forced):
    read = read_reply(reply, forced=forced)
    if not isinstance(read, Finish):
        assert isinstance(read, Malformed | Continue)
        return ("malformed" if isinstance(read, Malformed) else "continue"), (), None, False
    verdict = read_verdict(read, criteria)
    statuses = tuple(entry.status for entry in verdict.criteria)
    return "finish", statuses, verdict.outcome, verdict.result([]).success


def test_every_reply_is_read_as_the_specification_says():
    random = Random(20260301)
    kinds = Counter()
    for _ in range(PARSED):
        criteria = random.choice(CRITERIA_SETS)
        reply, forced = random_reply(random, criteria), random.random() < 0.5
        kind, statuses, outcome, success = seen_by_us(reply, criteria, forced)
        expected = meaning(reply, criteria, forced)

        assert kind == expected.kind, reply
        if kind == "finish":
            assert (statuses, outcome) == (expected.statuses, expected.verdict), reply
        assert success == expected.success, reply
        kinds[kind, success] += 1

    # Every kind must occur often, or this test would show nothing.
    assert kinds["finish", True] > 1000
    assert kinds["finish", False] > 1000
    assert kinds["malformed", False] > 1000
    assert kinds["continue", False] > 100


async def test_the_whole_judge_decides_as_the_specification_says():
    random = Random(20260302)
    outcomes = Counter()
    for _ in range(JUDGED):
        criteria = random.choice(CRITERIA_SETS)
        forced = random.random() < 0.5
        replies = [random_reply(random, criteria) for _ in range(3)]
        meanings = [meaning(reply, criteria, forced) for reply in replies]
        expected = next((found for found in meanings if found.kind != "malformed"), meanings[-1])

        with judge_with(replies, criteria=criteria) as (judge, _):
            answer = await judge.call(on_request() if forced else judge_input())

        if expected.continues(forced):
            assert answer == [], replies
            outcomes["continues"] += 1
            continue
        assert isinstance(answer, ScenarioResult)
        assert answer.success == expected.success, replies
        assert len(answer.passed_criteria) + len(answer.failed_criteria) == len(criteria)
        assert answer.passed_criteria == [
            text
            for text, status in zip(criteria, expected.statuses, strict=False)
            if status == "true" and expected.kind == "finish"
        ]
        outcomes[answer.success] += 1

    assert min(outcomes[True], outcomes[False], outcomes["continues"]) > 20
