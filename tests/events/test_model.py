from __future__ import annotations

import dataclasses
import json
import time

import pytest

from scenario import _events
from scenario._events import (
    RunResults,
    ScenarioMessageSnapshotEvent,
    ScenarioRunFinishedEvent,
    ScenarioRunStartedEvent,
)
from scenario._events.wire import WireMessage
from scenario.types import CriterionVerdict

IDENTITY = {"batch_run_id": "b", "scenario_id": "refund", "scenario_run_id": "r", "scenario_set_id": "s"}


def test_every_event_has_the_common_fields_on_the_wire():
    event = ScenarioRunStartedEvent(**IDENTITY, timestamp=1700000000123, metadata={"team": "a"})
    assert event.to_dict() == {
        "type": "SCENARIO_RUN_STARTED",
        "timestamp": 1700000000123,
        "batchRunId": "b",
        "scenarioId": "refund",
        "scenarioRunId": "r",
        "scenarioSetId": "s",
        "metadata": {"team": "a"},
    }


def test_the_timestamp_is_unix_milliseconds():
    before = time.time() * 1000
    event = ScenarioRunStartedEvent(**IDENTITY)
    assert isinstance(event.timestamp, int)
    assert before - 1 <= event.timestamp <= time.time() * 1000


def test_events_cannot_be_changed():
    event = ScenarioRunStartedEvent(**IDENTITY)
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.scenario_id = "other"  # type: ignore[misc] - what must fail


def test_a_snapshot_carries_the_messages():
    event = ScenarioMessageSnapshotEvent(
        **IDENTITY, wires=(WireMessage({"role": "user", "content": "hi", "id": "m1"}),)
    )
    assert event.type_ == "SCENARIO_MESSAGE_SNAPSHOT"
    assert event.messages == [{"id": "m1", "role": "user", "content": "hi"}]
    assert event.to_dict()["messages"] == event.messages


def test_results_leave_out_what_they_do_not_have():
    event = ScenarioRunFinishedEvent(**IDENTITY, status="SUCCESS", results=RunResults(verdict="success"))
    assert event.to_dict()["status"] == "SUCCESS"
    assert event.to_dict()["results"] == {
        "verdict": "success",
        "metCriteria": [],
        "unmetCriteria": [],
        "reasoning": "",
    }


def test_results_carry_the_error_and_the_verdict_on_each_criterion():
    results = RunResults(
        verdict="failure",
        met_criteria=("greets",),
        unmet_criteria=("pays",),
        reasoning="no money",
        error="ValueError: no",
        criteria=(CriterionVerdict(criterion="pays", status="false", reasoning="none", evidence=["#3"]),),
    )
    assert results.to_dict() == {
        "verdict": "failure",
        "metCriteria": ["greets"],
        "unmetCriteria": ["pays"],
        "reasoning": "no money",
        "error": "ValueError: no",
        "criteria": [{"criterion": "pays", "status": "false", "reasoning": "none", "evidence": ["#3"]}],
    }
    json.dumps(results.to_dict())


def test_public_names_are_sorted_and_importable():
    assert _events.__all__ == sorted(_events.__all__)
    assert set(_events.__all__) == set(_events._HOMES)
    for name in _events.__all__:
        assert getattr(_events, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _events.nothing  # noqa: B018 - the access is what is tested
