"""A run that is cancelled anywhere ends in order: one ending is told, and nothing is left behind."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import threading

import pytest
from opentelemetry import trace

import scenario
from scenario._cache.scope import current_scope
from scenario._model import current_meter, fake_model
from scenario._tracing import judge_span_collector
from tests.engine.agents import agent

from .acting import plays


class Stage:
    """A scenario with everything that can be cancelled; `pause` is awaited at each of its awaits."""

    def __init__(self, pause) -> None:
        self.pause = pause

    async def answer(self, request):
        await self.pause()
        return plays(request.tools, "and then?")

    async def speak(self, input):
        await self.pause()
        await self.pause()
        return "well"

    async def callback(self, state):
        await self.pause()

    def arguments(self):
        criteria = ["The agent answers"]
        return {
            "name": "cancelled",
            "description": "A user asks.",
            "agents": [
                scenario.UserSimulatorAgent(model="fake/user"),
                agent(self.speak),
                scenario.JudgeAgent(model="fake/judge", criteria=criteria),
            ],
            "script": [
                scenario.user("hi"),
                scenario.agent(wait=False),
                self.callback,
                scenario.judge(criteria=criteria),
                scenario.proceed(turns=2, on_turn=self.callback, on_step=self.callback),
                scenario.agent(wait=False),
                self.callback,
                lambda state: scenario.succeed()(),
            ],
        }


async def next_step():
    await asyncio.sleep(0)


@pytest.fixture
def complaints(capsys, caplog, recwarn):
    """What was printed, logged or warned of; asyncio's own complaints are logged too."""

    def collect():
        gc.collect()
        captured = capsys.readouterr()
        return [captured.out, captured.err, *[r.getMessage() for r in caplog.records], *map(str, recwarn)]

    return collect


async def cancelled_after(steps: int, endings, *, again_after: int | None = None) -> bool:
    """Cancel a run after so many steps of the loop and check what is left; `False` when it was over.

    `again_after`: cancel it once more, so many steps later, while it ends.
    """
    endings.started.clear()
    endings.outcomes.clear()
    context = contextvars.copy_context()
    run = scenario.arun(**Stage(next_step).arguments())
    task = asyncio.get_running_loop().create_task(run, context=context)
    for _ in range(steps):
        await asyncio.sleep(0)
    if task.done():
        assert task.result().success
        return False
    task.cancel()
    if again_after is not None:
        for _ in range(again_after):
            await asyncio.sleep(0)
        task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(endings.started) == len(endings.outcomes) <= 1
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert context.run(current_scope) is None
    assert context.run(current_meter) is None
    assert not context.run(trace.get_current_span).get_span_context().is_valid
    for info in endings.started:
        assert judge_span_collector.get_spans_for_thread(info.thread_id) == []
    return True


async def test_a_run_cancelled_after_any_number_of_steps_leaves_nothing_behind(endings, complaints):
    with fake_model("fake", lambda request: Stage(next_step).answer(request)):
        await scenario.arun(**Stage(next_step).arguments())  # loads what is loaded once
        known = len(judge_span_collector._index._nodes)
        steps, statuses = 0, set()
        while await cancelled_after(steps, endings):
            statuses |= set(endings.statuses)
            steps += 1
    assert steps > 20
    assert statuses <= {"CANCELLED", "SUCCESS"}  # the latter: cancelled when the verdict had been told
    assert "CANCELLED" in statuses
    assert len(judge_span_collector._index._nodes) == known
    assert not any(complaints())


@pytest.mark.parametrize("again_after", range(5))
async def test_a_run_cancelled_twice_leaves_nothing_behind(endings, complaints, again_after):
    with fake_model("fake", lambda request: Stage(next_step).answer(request)):
        steps = 0
        while await cancelled_after(steps, endings, again_after=again_after):
            steps += 1
    assert steps > 20
    assert not any(complaints())


class Stops:
    """Counts the awaits of a scenario, and at a given one says so and waits for ever."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.count = 0
        self.reached = threading.Event()

    async def __call__(self):
        self.count += 1
        if self.count == self.at:
            self.reached.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)


async def test_run_cancelled_at_any_await_of_its_agents_leaves_nothing_behind(endings, complaints):
    stops = Stops(at=0)
    with fake_model("fake", lambda request: Stage(stops).answer(request)):
        await scenario.run(**Stage(stops).arguments())
        awaits, statuses = stops.count, []
        for at in range(1, awaits + 1):
            stops = Stops(at)
            endings.started.clear()
            endings.outcomes.clear()
            task = asyncio.create_task(scenario.run(**Stage(stops).arguments()))
            reached = asyncio.create_task(asyncio.to_thread(stops.reached.wait, 10))
            await asyncio.wait([task, reached], return_when=asyncio.FIRST_COMPLETED)
            if task.done():  # the background turn was ended before it got that far
                stops.reached.set()
                await reached
                continue
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await reached
            (info,) = endings.started
            (status,) = endings.statuses
            statuses.append(status)
            assert judge_span_collector.get_spans_for_thread(info.thread_id) == []
            assert asyncio.all_tasks() == {asyncio.current_task()}
    assert awaits > 15
    # The last background turn holds nothing up: the run ends it, and may have passed before it is cancelled.
    assert statuses.count("CANCELLED") >= awaits - 3
    assert set(statuses) <= {"CANCELLED", "SUCCESS"}
    for thread in threading.enumerate():
        if thread.name == "scenario run":  # it may just be on its way out
            await asyncio.to_thread(thread.join, 5)
            assert not thread.is_alive()
    assert not any(complaints())


async def test_a_run_that_times_out_raises_the_time_out_and_nothing_else(endings):
    async def forever(input):
        await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await scenario.arun("n", "d", [agent(forever)], script=[scenario.agent()])
    assert endings.statuses == ["CANCELLED"]
    assert asyncio.current_task().cancelling() == 0


async def test_two_cancelled_runs_of_many_leave_the_others_alone(endings):
    waiting = threading.Semaphore(0)

    async def answers(input):
        if input.scenario_state.description == "waits for ever":
            waiting.release()
            await asyncio.Event().wait()
        return "ok"

    def start(number, run):
        description = "waits for ever" if number in (3, 4) else "answers"
        script = [scenario.user("hi"), scenario.agent(), scenario.agent(), scenario.succeed()]
        return asyncio.create_task(run("n", description, [agent(answers)], script=script))

    tasks = [start(number, run) for number, run in enumerate([scenario.run, scenario.arun] * 5)]
    for _ in range(2):
        await asyncio.to_thread(waiting.acquire, timeout=10)
    tasks[3].cancel()
    tasks[4].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    kinds = [type(result).__name__ for result in results]
    assert [n for n, kind in enumerate(kinds) if kind == "CancelledError"] == [3, 4]
    assert kinds.count("ScenarioResult") == 8
    assert sorted(endings.statuses) == ["CANCELLED"] * 2 + ["SUCCESS"] * 8


async def test_a_failing_task_of_a_group_cancels_the_runs_beside_it(endings):
    reached = asyncio.Event()

    async def forever(input):
        reached.set()
        await asyncio.Event().wait()

    async def fails():
        await reached.wait()
        raise ValueError("boom")

    async def together():
        async with asyncio.TaskGroup() as group:
            group.create_task(scenario.arun("n", "d", [agent(forever)], script=[scenario.agent()]))
            group.create_task(fails())

    with pytest.raises(ExceptionGroup):
        await together()
    assert endings.statuses == ["CANCELLED"]
