"""The traces and the times of a whole run, as an exporter and a caller see them: core 2.9."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

import scenario
from tests.engine.agents import agent, judge, user, verdict

from .programs import output_of

PLAY = """
    import json
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    scenario.configure(verbose=False, observability={"trace_exporter": exporter})
    parts = [{"type": "text", "text": "it is"}, {"type": "text", "text": "here"}]
    bot = agent("I look", {"role": "assistant", "content": parts})
    cast = [user("where is it?", "and now?"), bot, judge([], verdict())]
    result = asyncio.run(scenario.run("refund", "d", cast, set_id="mine"))
    spans = [
        {
            "name": span.name,
            "trace": format(span.context.trace_id, "032x"),
            "parent": span.parent and format(span.parent.span_id, "016x"),
            "id": format(span.context.span_id, "016x"),
            "attributes": dict(span.attributes),
            "error": span.status.status_code.name == "ERROR",
        }
        for span in exporter.get_finished_spans()
    ]
    print(json.dumps({"spans": spans, "messages": result.messages}))
    """


def played():
    shown = json.loads(output_of(PLAY))
    return shown["spans"], shown["messages"]


def test_each_turn_is_a_trace_and_each_call_a_span_below_it():
    spans, messages = played()
    roots = [span for span in spans if span["name"] == "Scenario Turn"]
    assert len(roots) == 2
    for number, root in enumerate(roots):
        metadata = json.loads(root["attributes"]["metadata"])
        assert metadata["labels"] == ["scenario"]
        assert metadata["scenario.turn"] == number
        assert (metadata["scenario.name"], metadata["scenario.set_id"]) == ("refund", "mine")
        assert metadata["thread_id"].startswith("scenariothread_")
        assert metadata["scenario.batch_id"].startswith("scenariobatch_")
        assert root["attributes"]["langwatch.origin"] == "simulation"
        assert root["attributes"]["scenario.run_id"].startswith("scenariorun_")
        calls = [span for span in spans if span["parent"] == root["id"]]
        assert [call["name"] for call in calls] == ["Says.call"] * 3
        assert [call["attributes"]["scenario.role"] for call in calls] == ["User", "Agent", "Judge"]
        of_turn = messages[2 * number : 2 * number + 2]
        assert {message["trace_id"] for message in of_turn} == {root["trace"]}
    first, second = roots
    assert json.loads(first["attributes"]["langwatch.input"])["value"] == "where is it?"
    assert json.loads(first["attributes"]["langwatch.output"])["value"] == "I look"
    assert json.loads(second["attributes"]["langwatch.output"])["value"] == "it is here"


def test_a_rollback_is_noted_on_the_trace_of_its_turn():
    printed = output_of(
        """
    import json
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    scenario.configure(verbose=False, observability={"trace_exporter": exporter})
    rolls_back = lambda state: state.rollback_messages_to(1)
    script = [scenario.user("a"), scenario.agent("b"), rolls_back, scenario.succeed()]
    asyncio.run(scenario.arun("n", "d", script=script))
    (root,) = exporter.get_finished_spans()
    print(root.attributes["metadata"])
    """
    )
    metadata = json.loads(printed)
    assert (metadata["scenario.rollback_index"], metadata["scenario.rollback_removed_count"]) == (1, 1)


async def test_the_ids_of_a_run_have_their_form():
    bot = agent()
    await scenario.arun("n", "d", [bot], script=[scenario.agent(), scenario.succeed()])
    assert re.fullmatch(r"scenariothread_[0-9A-Za-z]{27}", bot.inputs[0].thread_id)


async def test_times_are_those_of_the_run_and_of_the_agents_calls_only():
    async def takes(input):
        await asyncio.sleep(0.1)
        return "ok"

    script = [
        scenario.user(),
        scenario.agent(),
        scenario.agent("fixed content takes no time"),
        scenario.agent(wait=False),
        scenario.user(),
        scenario.judge(),
    ]
    cast = [user(takes), agent(takes), judge(lambda input: takes_and_judges(takes, input))]
    result = await scenario.arun("n", "d", cast, script=script)
    assert result.success
    assert 0.19 <= result.agent_time < 1.2
    assert result.agent_time + 0.25 <= result.total_time


async def takes_and_judges(takes, input):
    await takes(input)
    return verdict()


async def test_the_time_of_a_failed_call_is_in_the_ending_that_is_told(endings):
    async def fails(input):
        await asyncio.sleep(0.1)
        raise ValueError("late")

    with pytest.raises(scenario.errors.AgentCallError):
        await scenario.arun("n", "d", [agent(fails)], script=[scenario.agent()])
    (outcome,) = endings.outcomes
    assert 0.09 <= outcome.agent_time <= outcome.total_time
