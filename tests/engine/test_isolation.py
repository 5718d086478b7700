"""`run` and its thread, `arun` and its loop, and many of both at once: core 3."""

from __future__ import annotations

import asyncio
import contextvars
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import scenario
from scenario._engine import slots
from scenario.errors import AgentCallError
from tests.engine.agents import agent, texts, user

SUCCEED = [scenario.user("hi"), scenario.agent(), scenario.succeed()]
marker: contextvars.ContextVar[str] = contextvars.ContextVar("marker", default="unset")


def blocking(seconds: float):
    def sleep(input):
        time.sleep(seconds)
        return "slept"

    return sleep


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def ticks_during(work) -> int:
    """Return how often the loop came round while `work` ran."""
    count = 0

    async def tick():
        nonlocal count
        while True:
            await asyncio.sleep(0.01)
            count += 1

    ticker = asyncio.create_task(tick())
    try:
        await work
    finally:
        ticker.cancel()
    return count


async def test_blocking_code_delays_neither_the_callers_loop_nor_other_runs():
    runs = asyncio.gather(*(scenario.run("n", "d", [agent(blocking(0.5))], script=SUCCEED) for _ in range(4)))
    started = time.perf_counter()
    assert await ticks_during(runs) >= 10
    assert time.perf_counter() - started < 1.9  # four half-second sleeps one after another would take two


async def test_the_callers_context_variables_are_visible_inside():
    marker.set("mine")
    result = await scenario.run("n", "d", [agent(lambda input: marker.get())], script=SUCCEED)
    assert texts(result.messages)[-1] == "mine"


async def test_run_uses_a_thread_and_a_loop_of_its_own_and_arun_the_callers():
    seen = []

    async def notes(input):
        seen.append((threading.get_ident(), asyncio.get_running_loop()))
        return "ok"

    await scenario.run("n", "d", [agent(notes)], script=SUCCEED)
    await scenario.arun("n", "d", [agent(notes)], script=SUCCEED)
    (run_thread, run_loop), (arun_thread, arun_loop) = seen
    assert run_thread != threading.get_ident() == arun_thread
    assert run_loop is not asyncio.get_running_loop()
    assert arun_loop is asyncio.get_running_loop()
    assert run_loop.is_closed()


def fails(state):
    raise AssertionError("not polite")


@pytest.mark.parametrize("run", [scenario.run, scenario.arun])
async def test_the_traceback_of_a_failed_step_leads_to_its_line(run):
    with pytest.raises(AssertionError) as caught:
        await run("n", "d", script=[fails])
    assert caught.traceback[-1].frame.code.raw is fails.__code__


async def test_an_object_of_the_callers_loop_gives_a_hint_to_use_arun():
    bound, queue = asyncio.get_running_loop().create_future(), asyncio.Queue()
    first = asyncio.create_task(queue.get())  # whoever waits first binds it to its loop
    await asyncio.sleep(0)
    first.cancel()

    async def waits(input):
        return await bound

    async def gets(input):
        return await queue.get()

    async def connects(input):
        closed = asyncio.new_event_loop()
        closed.close()
        try:
            closed.call_soon(print)
        except RuntimeError as error:
            raise OSError("Connection error.") from error

    for answer in (waits, gets, connects):
        with pytest.raises(AgentCallError, match=r"scenario\.arun\(\)"):
            await scenario.run("n", "d", [agent(answer)], script=SUCCEED)


async def test_tasks_and_generators_that_an_adapter_left_are_ended():
    ended = []

    async def left():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("task")

    async def generator():
        try:
            yield 1
        finally:
            ended.append("generator")

    async def leaves(input):
        input.scenario_state.config.__dict__.setdefault("keep", []).append(asyncio.create_task(left()))
        stream = generator()
        input.scenario_state.config.__dict__["keep"].append(stream)
        await anext(stream)
        return "ok"

    await scenario.run("n", "d", [agent(leaves)], script=SUCCEED)
    assert sorted(ended) == ["generator", "task"]


async def test_cancelling_the_waiting_task_cancels_the_scenario_in_its_thread():
    reached, ended = threading.Event(), threading.Event()

    async def forever(input):
        reached.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    task = asyncio.create_task(scenario.run("n", "d", [agent(forever)], script=SUCCEED))
    await asyncio.to_thread(reached.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_a_time_out_on_a_stuck_run_is_raised_within_seven_seconds_and_the_loop_stays_free():
    release = threading.Event()

    def stuck(input):
        release.wait(60)
        return "late"

    async def waits():
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(scenario.run("n", "d", [agent(stuck)], script=SUCCEED), 1)

    started = time.perf_counter()
    try:
        assert await ticks_during(waits()) > 100
        assert time.perf_counter() - started < 7
    finally:
        release.set()


def test_a_thread_stuck_in_blocking_code_does_not_keep_the_process_alive():
    code = """
import asyncio, time, scenario
class Stuck(scenario.AgentAdapter):
    async def call(self, input):
        time.sleep(60)
async def main():
    task = asyncio.create_task(scenario.run("n", "d", [Stuck()], script=[scenario.agent()], verbose=False))
    await asyncio.sleep(0.5)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled")
asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True
    )
    assert done.stdout == "cancelled\n"


@pytest.mark.parametrize("run", [scenario.run, scenario.arun])
async def test_many_runs_at_once_keep_their_results_apart_and_in_order(run):
    async def echo(input):
        await asyncio.sleep(0)
        return input.last_new_user_message_str().upper()

    bot, person = agent(echo), user(lambda input: input.scenario_state.description)
    results = await asyncio.gather(
        *(run("n", f"d{n}", [person, bot], script=[scenario.proceed(turns=1), scenario.succeed()])
          for n in range(150))
    )  # fmt: skip
    assert [texts(result.messages) for result in results] == [[f"d{n}", f"D{n}"] for n in range(150)]


async def test_no_more_runs_have_a_thread_than_the_limit_allows(monkeypatch):
    monkeypatch.setenv("SCENARIO_MAX_CONCURRENT_RUNS", "3")
    active, most = 0, 0
    lock = threading.Lock()

    async def counts(input):
        nonlocal active, most
        with lock:
            active += 1
            most = max(most, active)
        await asyncio.sleep(0.02)
        with lock:
            active -= 1
        return "ok"

    await asyncio.gather(*(scenario.run("n", "d", [agent(counts)], script=SUCCEED) for _ in range(12)))
    assert most == 3


async def test_waiting_runs_start_in_order_and_can_be_cancelled(monkeypatch):
    monkeypatch.setenv("SCENARIO_MAX_CONCURRENT_RUNS", "1")
    order = []
    first_runs = threading.Event()
    release = threading.Event()

    def notes(number):
        def acts(input):
            order.append(number)
            if number == 0:
                first_runs.set()
                release.wait(20)
            return "ok"

        return acts

    tasks = [asyncio.create_task(scenario.run("n", "d", [agent(notes(n))], script=SUCCEED)) for n in range(4)]
    await asyncio.to_thread(first_runs.wait, 10)
    tasks[2].cancel()
    release.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert order == [0, 1, 3]
    assert isinstance(results[2], asyncio.CancelledError)


async def test_a_run_started_inside_a_scenario_never_waits_for_a_slot(monkeypatch):
    monkeypatch.setenv("SCENARIO_MAX_CONCURRENT_RUNS", "1")

    async def nests(input):
        inner = await scenario.run("inner", "d", [agent("deep")], script=SUCCEED)
        return inner.messages[-1]["content"]

    async with asyncio.timeout(20):
        result = await scenario.run("outer", "d", [agent(nests)], script=SUCCEED)
    assert texts(result.messages)[-1] == "deep"


@pytest.mark.parametrize(("soft", "expected"), [(1024, 192), (256, 8), (100_000, 512), (-1, 512)])
def test_the_default_limit_follows_the_limit_of_open_files(monkeypatch, soft, expected):
    import resource

    monkeypatch.setattr(resource, "getrlimit", lambda which: (soft, soft))
    assert slots.default_limit() == expected


@pytest.mark.parametrize("text", ["many", "0", "-1", "²", "9" * 5000])
def test_a_malformed_limit_is_reported_once_and_the_default_used(monkeypatch, caplog, text):
    monkeypatch.setenv("SCENARIO_MAX_CONCURRENT_RUNS", text)
    monkeypatch.setattr(slots, "_warned", set())
    assert slots.limit() == slots.limit() == slots.default_limit()
    assert caplog.text.count("SCENARIO_MAX_CONCURRENT_RUNS") == 1


async def test_a_hundred_runs_leave_no_thread_and_no_descriptor_behind():
    async def once():
        await asyncio.gather(*(scenario.run("n", "d", [agent()], script=SUCCEED) for _ in range(50)))

    await once()
    threads, descriptors = threading.active_count(), open_descriptors()
    await once()
    # A leak would be of fifty; the few are of other tests, whose servers come and go in the background.
    assert threading.active_count() < threads + 10
    assert open_descriptors() < descriptors + 10
