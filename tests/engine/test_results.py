"""The result of a run, its times, its usage and its ids: core 1.5, 2.9."""

from __future__ import annotations

import asyncio
import re

import scenario
from scenario._ids import new_id
from scenario._observer import Observer, add_process_observer, remove_process_observer
from scenario.types import ScenarioResult, Usage
from tests.engine.agents import agent, judge, user, verdict


async def run(*script, agents=(), **more):
    return await scenario.arun(name="test", description="a test", agents=agents, script=list(script), **more)


def test_the_repr_is_one_line_with_the_outcome():
    shown = [
        repr(ScenarioResult(success=s, messages=[], reasoning=r)) for s, r in ((True, "ok"), (False, None))
    ]
    assert shown == [
        "ScenarioResult(success=True, status=PASSED, reasoning='ok')",
        "ScenarioResult(success=False, status=FAILED, reasoning='None')",
    ]
    assert repr(ScenarioResult(success=True, messages=[], reasoning="")).endswith("reasoning='None')")
    assert str(ScenarioResult(success=True, messages=[], reasoning="ok")) == shown[0]


def test_default_lists_are_not_shared():
    a, b = (ScenarioResult(success=True, messages=[]) for _ in range(2))
    a.passed_criteria.append("x")
    assert b.passed_criteria == []


async def test_messages_are_the_conversation_at_the_end_whatever_an_agent_put_there():
    stale = verdict()
    stale.messages = [{"role": "user", "content": "another run"}]
    result = await run(scenario.user("hi"), scenario.judge(), agents=[judge(stale)])
    assert [message["content"] for message in result.messages] == ["hi"]
    assert stale.messages[0]["content"] == "another run"


async def test_values_that_a_step_put_into_its_result_are_kept():
    own = ScenarioResult(
        success=True, messages=[{"role": "user", "content": "mine"}], total_time=7.0, agent_time=3.0
    )
    result = await run(scenario.user("hi"), lambda state: own)
    assert ([m["content"] for m in result.messages], result.total_time, result.agent_time) == (
        ["mine"],
        7.0,
        3.0,
    )


async def test_the_engine_changes_the_result_list_no_more():
    states = []
    result = await run(states.append, scenario.user("hi"), scenario.succeed())
    states[0].messages.append({"role": "user", "content": "late"})
    assert len(result.messages) == 1


async def test_times_are_measured_on_every_path():
    async def thinks(input):
        await asyncio.sleep(0.02)
        return "done"

    result = await run(
        scenario.user("hi"),
        scenario.agent(),
        scenario.agent("fixed"),
        scenario.succeed(),
        agents=[agent(thinks)],
    )
    assert 0.015 <= result.agent_time <= result.total_time
    assert (await run(scenario.succeed())).agent_time == 0.0


async def test_a_run_without_model_calls_used_nothing():
    result = await run(scenario.proceed(turns=1), scenario.succeed(), agents=[user(), agent()])
    assert result.usage.total == Usage()


async def test_usage_adds_up_by_role():
    from scenario._model import complete, fake_model
    from scenario.types import ModelRequest, ModelResponse

    def asking(answer):
        async def asks(input):
            await complete(ModelRequest(model="fake/x", messages=[{"role": "user", "content": "hi"}]))
            return answer

        return asks

    used = ModelResponse(text="x", usage=Usage(calls=1, input_tokens=10, output_tokens=2, cost_usd=0.5))
    with fake_model("fake", lambda request: used):
        result = await run(
            scenario.proceed(), agents=[user(asking("hi")), agent("ok"), judge([], asking(verdict()))]
        )
    assert {role: usage.calls for role, usage in result.usage.by_role.items()} == {"User": 2, "Judge": 1}
    assert result.usage.total == Usage(calls=3, input_tokens=30, output_tokens=6, cost_usd=1.5)


def test_an_unknown_price_makes_the_total_unknown_and_never_zero():
    assert (Usage(calls=1, cost_usd=None) + Usage(calls=1, cost_usd=1.0)).cost_usd is None


async def test_ids_are_shared_by_a_run_unique_to_it_and_the_batch_is_the_processs():
    infos = []

    class Notes(Observer):
        def run_started(self, run):
            infos.append(run)

    notes = Notes()
    add_process_observer(notes)
    try:
        await run(scenario.succeed(), set_id="mine")
        await run(scenario.succeed(), set_id="")
    finally:
        remove_process_observer(notes)
    first, second = infos
    assert re.fullmatch(r"scenariorun_[0-9A-Za-z]{27}", first.run_id)
    assert re.fullmatch(r"scenariothread_[0-9A-Za-z]{27}", first.thread_id)
    assert re.fullmatch(r"scenariobatch_[0-9A-Za-z]{27}", first.batch_id)
    assert (first.set_id, second.set_id) == ("mine", "default")
    assert first.batch_id == second.batch_id
    assert first.run_id != second.run_id


def test_ids_sort_by_their_time(monkeypatch):
    ids = []
    for second in (1_000_000_000, 1_700_000_000, 2_000_000_000):
        monkeypatch.setattr("time.time", lambda second=second: second)
        ids.append(new_id("x"))
    assert ids == sorted(ids)
    assert len({new_id("x") for _ in range(1000)}) == 1000


async def test_what_the_agent_used_is_known_from_its_spans_and_counted_once():
    from opentelemetry import trace

    from scenario._model import complete, fake_model
    from scenario.types import ModelRequest, ModelResponse

    async def instrumented(input):
        with trace.get_tracer("app").start_as_current_span("chat") as span:
            span.set_attribute("gen_ai.usage.input_tokens", 100)
            span.set_attribute("gen_ai.usage.output_tokens", 10)
            await complete(ModelRequest(model="fake/x", messages=[]))
        return "hi"

    used = ModelResponse(text="x", usage=Usage(calls=1, input_tokens=100, output_tokens=10, cost_usd=0.0))
    with fake_model("fake", lambda request: used):
        result = await run(scenario.agent(), scenario.succeed(), agents=[agent(instrumented)])
    assert result.usage.by_role["Agent"].input_tokens == result.usage.total.input_tokens == 100
    assert result.usage.total.calls == 1
    assert result.usage.total.cost_usd is None  # the span names no model, so its price is unknown
