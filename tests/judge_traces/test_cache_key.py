"""Which differences of traces make a judge's verdict another one for the cache."""

from __future__ import annotations

import pytest

from scenario._cache import CacheScope, active_scope

from ..judge.judge_case import MET, judge_with, on_request
from .trace_case import Traces


@pytest.fixture(autouse=True)
def cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SCENARIO_CACHE_DIR", str(tmp_path))


async def calls_of(*runs, **settings):
    """Judge one run after the other within one cache; return how many calls reached the model."""
    asked = 0
    with active_scope(CacheScope("key", "fake/judge", 10)):
        for traces, more in runs:
            options = {"span_collector": traces.collector, **settings, **more}
            with judge_with(lambda _: MET, **options) as (judge, model):
                await judge.call(on_request())
            asked += len(model.requests)
    return asked


def run_with(name="find", attributes=None, **others):
    traces = Traces()
    traces.add(name, attributes, **others)
    return traces, {}


@pytest.mark.parametrize(
    ("values", "others"),
    [
        ({"run.id": "1", "thread_id": "abc"}, {"run.id": "2", "thread_id": "def"}),
        ({"requestId": "r-1"}, {"requestId": "r-2"}),
        ({"duration_ms": 12}, {"duration_ms": 13}),
        ({"http.response.latency": 1.5}, {"http.response.latency": 2.5}),
        ({"client.port": 5000}, {"client.port": 5001}),
        ({"created": 1767225600}, {"created": 1767225604.5}),
        (
            {"answer": '{"tool": "call_a1b2c3d4e5f6g7h8", "at": 1767225600}'},
            {"answer": '{"tool": "call_z1b2c3d4e5f6g7h9", "at": 1767225604}'},
        ),
        (
            {"text": "trace 0af7651916cd43dd8448eb211c80319c at 2026-01-01 10:00:00"},
            {"text": "trace 1bf7651916cd43dd8448eb211c80319d at 2026-02-01 11:00:00"},
        ),
        (
            {"text": "6f9619ff-8b86-d011-b42d-00cf4fc964ff"},
            {"text": "7f9619ff-8b86-d011-b42d-00cf4fc964fe"},
        ),
    ],
    ids=lambda values: ", ".join(values),
)
async def test_ids_and_times_do_not_matter(values, others):
    assert await calls_of(run_with(attributes=values), run_with(attributes=others)) == 1


@pytest.mark.parametrize("key", ["order.id", "customer_id", "delivery.address", "delivery.date", "amount"])
async def test_what_the_agent_looked_up_is_no_id_to_leave_out(key):
    assert await calls_of(run_with(attributes={key: "A-1"}), run_with(attributes={key: "A-2"})) == 2


@pytest.mark.parametrize(
    "other",
    [
        run_with("refund"),
        run_with(attributes={"order": "A-2", "ok": True}),
        run_with(attributes={"order": "A-1", "ok": False}),
        run_with(attributes={"order": "A-1"}),
        run_with(attributes={"order": "A-1", "ok": True}, events=[("retried", {})]),
        run_with(attributes={"order": "A-1", "ok": True}, role="User"),
    ],
    ids=["name", "text", "value", "missing", "event", "not the agent's"],
)
async def test_what_the_agent_did_matters(other):
    assert await calls_of(run_with(attributes={"order": "A-1", "ok": True}), other) == 2


async def test_the_parent_matters():
    def nested(inner):
        traces = Traces()
        with traces.call(), traces.tracer.start_as_current_span("a"):
            if inner:
                traces.tracer.start_span("b").end()
        if not inner:
            with traces.call():
                traces.tracer.start_span("b").end()
        return traces, {}

    assert await calls_of(nested(inner=True), nested(inner=False)) == 2


async def test_an_error_matters():
    failed = Traces()
    with pytest.raises(OSError, match="gone"), failed.call(), failed.tracer.start_as_current_span("find"):
        raise OSError("gone")

    assert await calls_of(run_with(), (failed, {})) == 2


@pytest.mark.parametrize("setting", [{"token_threshold": 4000}, {"max_discovery_steps": 3}])
async def test_the_judges_limits_matter(setting):
    traces, _ = run_with()

    assert await calls_of((traces, {}), (traces, setting)) == 2


async def test_whether_traces_are_shown_matters():
    traces, _ = run_with()

    assert await calls_of((traces, {}), (traces, {"include_traces": False})) == 2
