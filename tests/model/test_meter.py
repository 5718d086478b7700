from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from scenario._model import UsageMeter, complete, current_meter, fake_model
from scenario.types import ModelRequest, ModelResponse, Usage

CALL = Usage(calls=1, input_tokens=10, cached_input_tokens=4, output_tokens=2, cost_usd=0.5)


def test_a_new_meter_reports_nothing_at_no_cost() -> None:
    report = UsageMeter().report()
    assert (report.total, report.by_role) == (Usage(), {})


def test_usage_is_added_to_the_total_and_to_the_current_role() -> None:
    meter = UsageMeter()
    with meter.role("User"):
        meter.record(CALL)
    with meter.role("Judge"):
        meter.record(CALL)
        meter.record_hit()
    meter.record(CALL)
    report = meter.report()
    assert report.total.calls == 3
    assert report.by_role["User"] == CALL
    assert (report.by_role["Judge"].calls, report.by_role["Judge"].cache_hits) == (1, 1)
    assert set(report.by_role) == {"User", "Judge"}


def test_one_unknown_price_makes_the_sum_unknown() -> None:
    meter = UsageMeter()
    meter.record(CALL)
    meter.record(Usage(calls=1, cost_usd=None))
    assert meter.report().total.cost_usd is None


def test_a_report_does_not_change_afterwards() -> None:
    meter = UsageMeter()
    report = meter.report()
    meter.record(CALL)
    assert report.total.calls == 0


def test_roles_nest_and_end_with_their_block() -> None:
    outer, inner = UsageMeter(), UsageMeter()
    with outer.role("User"):
        with inner.role("Judge"):
            assert current_meter() is inner
        assert current_meter() is outer
    assert current_meter() is None


async def test_complete_records_on_the_meter_of_its_own_task() -> None:
    async def call(meter: UsageMeter, role: str) -> None:
        with meter.role(role):
            await complete(ModelRequest("fake/m", []))

    first, second = UsageMeter(), UsageMeter()
    with fake_model("fake", lambda _request: ModelResponse(text="x", usage=CALL)):
        await asyncio.gather(call(first, "User"), call(second, "Judge"), call(first, "Judge"))
    assert first.report().total.calls == 2
    assert set(first.report().by_role) == {"User", "Judge"}
    assert second.report().by_role == {"Judge": CALL}


def test_recording_from_many_threads_loses_nothing() -> None:
    meter = UsageMeter()

    def work(_number: int) -> None:
        with meter.role("User"):
            for _ in range(200):
                meter.record(CALL)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert meter.report().total.calls == 1600
    assert meter.report().by_role["User"].calls == 1600
