"""Ten thousand replies that look things up: none makes the judge raise or ends a test green by accident."""

from __future__ import annotations

import json
import logging
from collections import Counter
from random import Random

import pytest

from scenario._tokens import cautious_tokens
from scenario.types import ScenarioResult

from ..judge.judge_case import judge_input, judge_with, on_request
from ..judge.reply_generator import CRITERIA_SETS
from ..judge.reply_oracle import meaning
from .attack_samples import ATTACKS
from .lookup_generator import random_step
from .test_discovery import is_well_paired
from .trace_case import Traces

REPLIES = 4_000
MESSAGES = [{"role": "assistant", "content": text * 20} for text in ATTACKS.values()]


@pytest.fixture
def attacked():
    traces = Traces()
    for number, text in enumerate(ATTACKS.values()):
        traces.add(f"step {number}", {"note": text})
    return traces


async def test_no_lookup_makes_the_judge_raise_or_pass(attacked, monkeypatch, caplog):
    caplog.set_level(logging.CRITICAL, logger="scenario")
    monkeypatch.setattr("scenario._judge.window.context_window", lambda _: 12_000)
    random = Random(20260401)
    given, outcomes = 0, Counter()
    while given < REPLIES:
        criteria = random.choice(CRITERIA_SETS)
        forced = random.random() < 0.5
        replies = []

        def reply(_, replies=replies, criteria=criteria):
            replies.append(random_step(random, criteria))
            return replies[-1]

        steps = random.choice((0, 1, 3, 10, 10))
        settings = {"criteria": criteria, "span_collector": attacked.collector, "max_discovery_steps": steps}
        with judge_with(reply, token_threshold=random.choice((0, 300)), **settings) as (judge, model):
            answer = await judge.call((on_request if forced else judge_input)(messages=MESSAGES))
        given += len(replies)

        assert len(replies) <= steps + 3
        for request in model.requests:
            assert is_well_paired(request.messages)
            assert json.dumps(list(request.messages), ensure_ascii=False).encode()
            results = [message["content"] for message in request.messages if message["role"] == "tool"]
            assert sum(map(cautious_tokens, results)) < 4 * 512 + 100 * len(results)
        must_decide = forced or [tool["function"]["name"] for tool in model.requests[-1].tools] == [
            "finish_test"
        ]
        expected = meaning(replies[-1], criteria, must_decide)
        if answer == []:
            assert not forced
            outcomes["continues"] += 1
            continue
        assert isinstance(answer, ScenarioResult)
        assert answer.success == expected.success, replies[-1]
        assert len(answer.passed_criteria) + len(answer.failed_criteria) == len(criteria)
        outcomes[answer.success] += 1

    # Every outcome must occur often, or this test would show nothing.
    assert min(outcomes[True], outcomes[False], outcomes["continues"]) > 40, outcomes
