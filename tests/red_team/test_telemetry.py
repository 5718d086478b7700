"""Spans of a red-team run."""

from __future__ import annotations

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.util._once import Once

import scenario
from scenario._tracing import provider, scenario_only, setup

from .campaigns import (
    CODE,
    CRITERION,
    OBJECTIVE,
    REFUSAL,
    Cast,
    Target,
    crescendo,
    goat,
    grade,
    play,
    playing,
)


@pytest.fixture
def spans(monkeypatch):
    # OpenTelemetry lets the global provider be set once per process and has no public way back.
    monkeypatch.setattr(trace, "_TRACER_PROVIDER_SET_ONCE", Once())
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    monkeypatch.setattr(provider, "_private_provider", None)
    monkeypatch.setattr(setup, "_explicit", None)
    exporter, own = InMemorySpanExporter(), TracerProvider()
    own.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(own)

    def named(name):
        return [span for span in exporter.get_finished_spans() if span.name == name]

    yield named
    own.shutdown()


async def test_the_plan_has_a_span(spans):
    with playing(Cast()):
        await play(crescendo(total_turns=1), Target("Hm."))

    (span,) = spans("red_team.generate_attack_plan")
    assert span.instrumentation_scope.name == "scenario.red_team"
    assert dict(span.attributes) == {
        "red_team.metaprompt_model": "fake/m", "red_team.strategy": "CrescendoStrategy",
    }  # fmt: skip


async def test_each_attack_has_a_span(spans):
    attacker = crescendo(total_turns=2, target=OBJECTIVE + "!" * 1000)
    with playing(Cast()):
        await play(attacker, Target(REFUSAL))

    first, second = (dict(span.attributes) for span in spans("red_team.call"))
    assert first["red_team.target"] == (OBJECTIVE + "!" * 1000)[:500]
    assert (first["red_team.turn"], first["red_team.total_turns"], first["red_team.progress"]) == (1, 2, 0.5)
    assert "red_team.last_response_score" not in first
    assert "red_team.injection.technique" not in first
    assert first["red_team.phase"] == "escalation"
    assert "red_team.progress_bucket" not in first
    assert second | {"red_team.target": ""} == {
        "red_team.turn": 2, "red_team.total_turns": 2, "red_team.progress": 1.0,
        "red_team.strategy": "CrescendoStrategy", "red_team.target": "", "red_team.did_backtrack": True,
        "red_team.backtracks_remaining": 0, "red_team.last_response_score": 0, "red_team.phase": "direct",
        "red_team.reasoning.observation": "", "red_team.reasoning.strategy": "",
        "red_team.reasoning.parse_failed": False, "red_team.parse_failure_count": 0,
        "red_team.chosen_technique_ids": (), "red_team.seed": 7, "red_team.attacker_retries": 0,
        "red_team.attacker_refused": False,
    }  # fmt: skip


async def test_a_progress_strategy_has_a_bucket_and_its_reasoning(spans):
    with playing(Cast()):
        await play(goat(total_turns=1, injection_probability=1.0), Target("Hm."))

    (span,) = spans("red_team.call")
    assert span.attributes["red_team.progress_bucket"] == "late"
    assert "red_team.phase" not in span.attributes
    assert span.attributes["red_team.reasoning.observation"] == "PRIVATE-OBSERVATION"
    assert span.attributes["red_team.chosen_technique_ids"] == ("DUAL_RESPONSE",)
    assert span.attributes["red_team.injection.technique"]


async def test_each_exchange_has_an_evaluation_under_its_own_number(spans):
    scores = iter((1, 2, 3))
    with playing(Cast(grade=lambda _: grade(next(scores)))):
        await play(goat(total_turns=3), Target("We open at nine."))

    evaluations = [dict(span.attributes) for span in spans("red_team.evaluate")]
    assert [(e["red_team.turn"], e["red_team.score"]) for e in evaluations] == [(1, 1), (2, 2), (3, 3)]
    assert evaluations[0] == {
        "red_team.turn": 1, "red_team.score": 1, "red_team.refusal.kind": "none",
        "red_team.refusal.confidence": 0.9, "red_team.refusal.source": "rules",
        "red_team.scorer_failed": False, "red_team.chosen_technique_ids": ("DUAL_RESPONSE",),
    }  # fmt: skip


async def test_an_evaluation_belongs_to_the_call_of_its_attack(spans):
    with playing(Cast()):
        await play(crescendo(total_turns=1), Target("Hm."))

    (call,), (evaluation,) = spans("RedTeamAgent.call"), spans("red_team.evaluate")
    assert evaluation.parent.span_id == call.context.span_id
    assert scenario_only(evaluation)


async def test_none_of_it_is_in_the_judges_digest(spans):
    def looks_up(n):
        with trace.get_tracer("shop").start_as_current_span("look up the hours"):
            return "We open at nine."

    attacker, cast = crescendo(total_turns=3), Cast(grade=lambda _: grade(4))
    with playing(cast):
        await scenario.arun(
            name="x",
            description="A shop assistant.",
            agents=[
                attacker,
                Target(looks_up),
                scenario.JudgeAgent(model="fake/m", criteria=[CRITERION], include_traces=True),
            ],
            script=attacker.marathon_script(),
        )

    (prompt,) = cast.prompts("judge")
    digest = prompt.split("<opentelemetry_traces")[1].split("</opentelemetry_traces")[0]
    assert "look up the hours" in digest
    for private in ("red_team", "chat fake/m", OBJECTIVE, CODE, "adaptation"):
        assert private not in digest


async def test_exchanges_are_logged_at_debug(caplog):
    caplog.set_level("DEBUG", logger="scenario")
    with playing(Cast()):
        await play(crescendo(total_turns=2), Target("We open at nine."))

    lines = [record.getMessage() for record in caplog.records if "red team, exchange" in record.getMessage()]
    assert sum("exchange 1" in line for line in lines) == 2
    assert sum("exchange 2" in line for line in lines) == 2
