"""The root span of a turn (judge part, 10.2; core 2.6 and 2.9)."""

from __future__ import annotations

import json

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from scenario._tracing import RunTracing, ensure_tracing
from scenario.types import AgentRole

from .span_helpers import run_info, value_of


@pytest.fixture
def exported():
    exporter = InMemorySpanExporter()
    ensure_tracing({"trace_exporter": exporter})
    return exporter


@pytest.fixture
def run(exported):
    return RunTracing(run_info("scenariothread_turns", run_id="scenariorun_7"))


def turns(exported):
    return [span for span in exported.get_finished_spans() if span.name == "Scenario Turn"]


async def test_each_turn_is_a_root_of_scope_scenario(run, exported):
    with trace.get_tracer("app").start_as_current_span("the caller's span"):
        run.open_turn(0)
        run.open_turn(1)
        await run.end()

    first, second = turns(exported)
    assert first.parent is None
    assert second.parent is None
    assert first.context.trace_id != second.context.trace_id
    assert first.instrumentation_scope.name == "scenario"


async def test_opening_a_turn_returns_its_trace_id_and_ends_the_turn_before(run, exported):
    ids = [run.open_turn(0)]
    assert turns(exported) == []
    ids.append(run.open_turn(1))
    assert len(turns(exported)) == 1
    await run.end()

    assert ids == [f"{span.context.trace_id:032x}" for span in turns(exported)]


async def test_a_turn_carries_the_attributes_of_its_run(run, exported):
    run.open_turn(0)
    await run.end()

    (turn,) = turns(exported)
    assert turn.attributes["langwatch.span.type"] == "span"
    assert turn.attributes["langwatch.origin"] == "simulation"
    assert turn.attributes["scenario.run_id"] == "scenariorun_7"
    assert "langwatch.thread.id" not in turn.attributes
    assert value_of(turn, "metadata") == {
        "labels": ["scenario"],
        "thread_id": "scenariothread_turns",
        "scenario.name": "booking a table",
        "scenario.batch_id": "scenariobatch_1",
        "scenario.set_id": "default",
        "scenario.turn": 0,
    }


async def test_the_turns_number_is_its_index(run, exported):
    for index in range(3):
        run.open_turn(index)
    await run.end()

    assert [value_of(turn, "metadata")["scenario.turn"] for turn in turns(exported)] == [0, 1, 2]


async def test_the_latest_texts_are_input_and_output(run, exported):
    run.open_turn(0)
    run.turn_text(user="hello", assistant=None)
    run.turn_text(user="a table, please", assistant=None)
    run.turn_text(user=None, assistant="für wie viele?")
    await run.end()

    (turn,) = turns(exported)
    assert value_of(turn, "langwatch.input") == {"type": "text", "value": "a table, please"}
    assert value_of(turn, "langwatch.output") == {"type": "text", "value": "für wie viele?"}


async def test_texts_of_one_turn_are_not_those_of_the_next(run, exported):
    run.open_turn(0)
    run.turn_text(user="first", assistant="answer")
    run.open_turn(1)
    run.turn_text(user="second")
    await run.end()

    assert value_of(turns(exported)[1], "langwatch.input") == {"type": "text", "value": "second"}
    assert "langwatch.output" not in turns(exported)[1].attributes


async def test_a_rollback_is_noted_on_the_open_turn(run, exported):
    run.open_turn(0)
    run.open_turn(1)
    run.rolled_back(2, removed=3)
    await run.end()

    before, after = turns(exported)
    assert "scenario.rollback_index" not in value_of(before, "metadata")
    assert value_of(after, "metadata")["scenario.rollback_index"] == 2
    assert value_of(after, "metadata")["scenario.rollback_removed_count"] == 3
    assert value_of(after, "metadata")["scenario.turn"] == 1
    assert after.attributes["scenario.rollback_index"] == 2
    assert after.attributes["scenario.rollback_removed_count"] == 3


async def test_a_rollback_without_a_turn_only_logs(run, exported, scenario_log):
    run.rolled_back(0, removed=1)
    run.open_turn(0)
    await run.end()
    run.rolled_back(0, removed=1)

    assert len(scenario_log()) == 2
    assert "scenario.rollback_index" not in json.loads(turns(exported)[0].attributes["metadata"])


async def test_a_call_is_a_child_of_the_turn_in_which_it_began(run, exported):
    run.open_turn(0)
    with run.call("Bot", AgentRole.AGENT):
        run.open_turn(1)
    with run.call("Bot", AgentRole.AGENT):
        pass
    await run.end()

    calls = [span for span in exported.get_finished_spans() if span.name == "Bot.call"]
    assert [call.parent.span_id for call in calls] == [turn.context.span_id for turn in turns(exported)]


async def test_texts_that_are_not_valid_unicode_can_be_exported(run, exported):
    run.open_turn(0)
    run.turn_text(user="half \ud83d of a pair")
    await run.end()

    turns(exported)[0].attributes["langwatch.input"].encode("utf-8")
