from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from scenario._events import Events, ScenarioMessageSnapshotEvent, wire
from scenario.types import CriterionVerdict, ScenarioResult

from .stage import Stage


def test_a_run_is_started_snapshots_finished():
    stage = Stage().watched().start().say("hi", "bye").end()
    assert stage.kinds == ["RUN_STARTED", "MESSAGE_SNAPSHOT", "MESSAGE_SNAPSHOT", "RUN_FINISHED"]
    assert [m["content"] for m in stage.seen[2].messages] == ["hi", "bye"]


def test_events_name_the_run():
    stage = Stage(name="refund", set_id="shop").watched().start().say("hi").end()
    for event in stage.seen:
        assert event.batch_run_id == "scenariobatch_1"
        assert event.scenario_id == "refund"
        assert event.scenario_run_id == stage.run.run_id
        assert event.scenario_set_id == "shop"


def test_metadata_ends_with_name_and_description_which_the_user_cannot_set():
    metadata = {"description": "mine", "team": "a", "name": "mine", "langwatch": {"targetId": 7}}
    (started,) = Stage(metadata=metadata).watched().start().seen
    assert list(started.metadata.items()) == [
        ("team", "a"),
        ("langwatch", {"targetId": 7}),
        ("name", "refund"),
        ("description", "A user wants money back."),
    ]


def test_metadata_that_json_cannot_hold_is_sent_as_text():
    class Team:
        def __str__(self) -> str:
            return "team A"

    (started,) = Stage(metadata={"team": Team(), "at": (1, 2), 3: None}).watched().start().seen
    assert started.metadata["team"] == "team A"
    assert started.metadata["at"] == [1, 2]
    assert started.metadata["3"] is None


def test_metadata_without_a_text_form_does_not_lose_the_event():
    class Mute:
        def __str__(self) -> str:
            raise RuntimeError("no")

    (started,) = Stage(metadata={"team": Mute()}).watched().start().seen
    assert started.metadata["team"] == "<Mute>"


@pytest.mark.parametrize(("status", "verdict"), [("SUCCESS", "success"), ("FAILED", "failure")])
def test_a_verdict_is_reported_with_its_criteria(status: Any, verdict: str):
    criteria = [CriterionVerdict(criterion="greets", status="true", reasoning="hello", evidence=["#1"])]
    result = ScenarioResult(success=status == "SUCCESS", messages=[], criteria=criteria)
    stage = Stage().watched().start()
    stage.end(status, result=result, met_criteria=("greets",), unmet_criteria=("pays",), reasoning="why")
    finished = stage.seen[-1]
    assert finished.status == status
    assert finished.to_dict()["results"] == {
        "verdict": verdict,
        "metCriteria": ["greets"],
        "unmetCriteria": ["pays"],
        "reasoning": "why",
        "criteria": [{"criterion": "greets", "status": "true", "reasoning": "hello", "evidence": ["#1"]}],
    }
    assert (finished.total_time, finished.agent_time) == (1.5, 0.5)


@pytest.mark.parametrize(
    ("status", "error", "verdict", "text"),
    [
        ("ERROR", ValueError("no such order"), "failure", "ValueError: no such order"),
        ("ERROR", AssertionError(), "failure", "AssertionError"),
        ("CANCELLED", asyncio.CancelledError(), "inconclusive", "CancelledError"),
        ("CANCELLED", KeyboardInterrupt(), "inconclusive", "KeyboardInterrupt"),
    ],
)
def test_an_exception_is_reported_with_type_and_text(
    status: Any, error: BaseException, verdict: str, text: str
):
    stage = Stage().watched().start().end(status, error, reasoning=text, unmet_criteria=("x",))
    results = stage.seen[-1].to_dict()["results"]
    assert stage.kinds == ["RUN_STARTED", "RUN_FINISHED"]
    assert (stage.seen[-1].status, results["verdict"]) == (status, verdict)
    assert (results["error"], results["reasoning"], results["unmetCriteria"]) == (text, text, ["x"])


def test_the_last_state_is_sent_before_finished_even_if_nobody_announced_it():
    stage = Stage().watched().start().say("hi")
    stage.messages.append({"role": "assistant", "content": "unannounced"})
    stage.end()
    assert stage.kinds[-2:] == ["MESSAGE_SNAPSHOT", "RUN_FINISHED"]
    assert stage.seen[-2].messages[-1]["content"] == "unannounced"


def test_no_snapshot_without_a_change():
    stage = Stage().watched().start().say("hi").changed().end()
    assert stage.kinds == ["RUN_STARTED", "MESSAGE_SNAPSHOT", "RUN_FINISHED"]


def test_a_message_keeps_its_id_in_all_snapshots():
    stage = Stage().watched().start().say("a", "b", "c").end()
    last = [m["id"] for m in stage.seen[3].messages]
    assert [m["id"] for m in stage.seen[2].messages] == last[:2]
    assert len(set(last)) == 3


def test_what_follows_a_rollback_has_new_ids():
    stage = Stage().watched().start().say("a", "b").withdraw(1).say("c").end()
    first, second = stage.seen[2], stage.seen[3]
    assert [m["content"] for m in second.messages] == ["a", "c"]
    assert second.messages[0]["id"] == first.messages[0]["id"]
    assert second.messages[1]["id"] != first.messages[1]["id"]


def test_a_rollback_alone_is_a_change():
    stage = Stage().watched().start().say("a", "b").withdraw(0).changed().end()
    assert stage.seen[-2].messages == []


def test_a_message_replaced_in_place_keeps_its_id():
    stage = Stage().watched().start().say("a", "b")
    stage.messages[0] = {"role": "user", "content": "a, as heard"}
    stage.changed().end()
    before, after = stage.seen[2].messages, stage.seen[3].messages
    assert after[0]["content"] == "a, as heard"
    assert [m["id"] for m in after] == [m["id"] for m in before]


def test_messages_that_move_keep_their_own_ids():
    stage = Stage().watched().start().say("a", "b", "c")
    ids = {m["content"]: m["id"] for m in stage.seen[-1].messages}
    del stage.messages[0]
    stage.messages.insert(0, {"role": "system", "content": "new"})
    stage.messages.reverse()
    stage.changed()
    after = {m["content"]: m["id"] for m in stage.seen[-1].messages}
    assert list(after) == ["c", "b", "new"]
    assert (after["b"], after["c"]) == (ids["b"], ids["c"])


def test_one_bad_message_suppresses_nothing(caplog: pytest.LogCaptureFixture):
    stage = Stage().watched().start()
    stage.add({"role": "tool", "content": "lost"}).add("not a message", {}).say("hi").end()
    snapshots = [event for event in stage.seen if isinstance(event, ScenarioMessageSnapshotEvent)]
    assert [len(snapshot.messages) for snapshot in snapshots] == [0, 2, 3]
    assert len(caplog.records) == 1


def test_each_message_is_put_into_wire_form_once(monkeypatch: pytest.MonkeyPatch):
    built: list[object] = []
    build = wire.WireMessage._build
    monkeypatch.setattr(wire.WireMessage, "_build", lambda self: built.append(self) or build(self))
    stage = Stage()
    sizes: list[int] = []
    stage.events.subscribe(lambda event: sizes.append(len(getattr(event, "messages", ()))))
    stage.start().say(*map(str, range(300))).end()
    assert sum(sizes) > 300 * 300 / 2
    assert len(built) == 300


def test_without_a_use_for_snapshots_no_message_is_touched(monkeypatch: pytest.MonkeyPatch):
    made: list[object] = []
    monkeypatch.setattr("scenario._events.conversation.WireMessage", made.append)
    stage = Stage()
    stage.events.subscribe(stage.seen.append, snapshots=False)
    stage.start().say("a", "b").end()
    assert stage.kinds == ["RUN_STARTED", "RUN_FINISHED"]
    assert made == []


def test_a_late_subscriber_gets_the_whole_conversation():
    stage = Stage().start().say("a")
    stage.watched().say("b").end()
    assert [m["content"] for m in stage.seen[0].messages] == ["a", "b"]


def test_a_failing_subscriber_is_logged_and_harms_nobody(caplog: pytest.LogCaptureFixture):
    stage = Stage()
    stage.events.subscribe(lambda _: 1 / 0)
    with caplog.at_level(logging.WARNING, logger="scenario"):
        stage.watched().start().end()
    assert stage.kinds == ["RUN_STARTED", "RUN_FINISHED"]
    assert len(caplog.records) == 2
    assert "ZeroDivisionError" in caplog.text


def test_subscribing_twice_counts_once():
    stage = Stage().watched().watched().start()
    assert stage.kinds == ["RUN_STARTED"]


def test_one_recorder_serves_two_runs_at_once():
    events = Events()
    first, second = Stage(events), Stage(events)
    second.recorder = first.recorder
    first.watched().start()
    second.start()
    first.say("a")
    second.say("b")
    first.say("c").end()
    second.end()
    texts = {stage.run.run_id: [m["content"] for m in stage.messages] for stage in (first, second)}
    last = {e.scenario_run_id: e for e in first.seen if isinstance(e, ScenarioMessageSnapshotEvent)}
    assert {run: [m["content"] for m in event.messages] for run, event in last.items()} == texts
    assert first.recorder._conversations == {}


def test_nothing_follows_the_finished_event():
    stage = Stage().watched().start().say("a").end().say("too late").withdraw(0).changed()
    assert stage.kinds == ["RUN_STARTED", "MESSAGE_SNAPSHOT", "RUN_FINISHED"]
