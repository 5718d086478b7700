"""Agents that end badly, swallow what they are told, or leave things behind: the run ends in order."""

from __future__ import annotations

import asyncio
import threading

import pytest

import scenario
from scenario._engine import background
from scenario.errors import AgentCallError
from tests.engine.agents import agent, texts

from .programs import output_of


async def play(*script, agents=(), **more):
    return await scenario.arun("n", "d", list(agents), script=list(script), **more)


# How they end


class TextlessError(Exception):
    def __str__(self):
        raise RuntimeError("no text for you")


async def test_an_exception_that_has_no_text_still_ends_the_run_in_order(endings):
    def raises(state):
        raise TextlessError

    with pytest.raises(TextlessError):
        await play(raises)
    assert endings.statuses == ["ERROR"]
    assert endings.outcomes[0].reasoning == "TextlessError"


async def test_a_group_of_exceptions_is_the_agents_error():
    group = ExceptionGroup("two things", [ValueError("one"), KeyError("two")])
    told = r"\[Says\] two things \(2 sub-exceptions\): ValueError: one; KeyError: 'two'"
    with pytest.raises(AgentCallError, match=told) as caught:
        await play(scenario.agent(), agents=[agent(group)])
    assert caught.value.__cause__ is group


async def test_an_agent_that_cancels_its_own_task_cancels_the_run(endings):
    async def cancels_itself(input):
        asyncio.current_task().cancel()
        await asyncio.sleep(0)

    with pytest.raises(asyncio.CancelledError):
        await asyncio.create_task(play(scenario.agent(), agents=[agent(cancels_itself)]))
    assert endings.statuses == ["CANCELLED"]


def swallows(times, then):
    """Wait for ever, ignore that many cancellations, then return."""

    async def call(input):
        for _ in range(times):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                continue
        return await then() if then else "too late"

    return call


async def ends_meanwhile(state):
    await asyncio.sleep(0.01)
    return scenario.succeed()()


@pytest.mark.parametrize("then", [None, asyncio.Event().wait], ids=["returns", "waits again"])
async def test_a_background_turn_that_swallows_its_cancellation_does_not_outlive_the_run(then):
    bot = agent(swallows(1, then))
    async with asyncio.timeout(10):
        result = await play(scenario.agent(wait=False), ends_meanwhile, agents=[bot])
    assert result.success
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_what_a_background_turn_says_while_it_is_ended_is_in_the_result_or_nowhere(endings):
    seen = []
    executor = scenario.scenario_executor.ScenarioExecutor(
        "n", "d", [agent(swallows(1, None))], [scenario.agent(wait=False), ends_meanwhile]
    )
    executor.events.subscribe(seen.append)
    result = await executor.run()
    snapshots = [event for event in seen if event.type_ == "SCENARIO_MESSAGE_SNAPSHOT"]
    assert texts(result.messages) == (texts(snapshots[-1].messages) if snapshots else [])


async def test_a_background_turn_that_never_ends_is_left_behind_with_a_warning(monkeypatch, caplog):
    monkeypatch.setattr(background, "_CANCELLATIONS", 2)
    async with asyncio.timeout(10):
        result = await play(
            scenario.agent(wait=False), ends_meanwhile, agents=[agent(swallows(3, asyncio.Event().wait))]
        )
    assert result.success
    assert "ignores its cancellation" in caplog.text
    (left,) = asyncio.all_tasks() - {asyncio.current_task()}
    for _ in range(2):
        left.cancel()
        await asyncio.sleep(0)
    await asyncio.wait([left], timeout=5)


async def test_the_time_of_a_background_turn_that_was_ended_counts_as_the_agents():
    async def slow(input):
        await asyncio.sleep(30)

    result = await play(scenario.agent(wait=False), ends_meanwhile, agents=[agent(slow)])
    assert 0 < result.agent_time <= result.total_time + 1


async def test_run_gives_up_on_an_agent_that_swallows_its_cancellation():
    reached, released = threading.Event(), threading.Event()

    async def stays(input):
        reached.set()
        while not released.is_set():
            try:
                await asyncio.sleep(0.01)
            except asyncio.CancelledError:
                released.set()  # ends in order, but not as it was told
        return "still here"

    task = asyncio.create_task(scenario.run("n", "d", [agent(stays)], script=[scenario.agent()]))
    await asyncio.to_thread(reached.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


# What they leave behind


async def test_a_task_that_an_agent_leaves_on_the_callers_loop_is_the_callers():
    left = []

    async def leaves(input):
        left.append(asyncio.create_task(asyncio.Event().wait()))
        return "ok"

    await play(scenario.agent(), scenario.succeed(), agents=[agent(leaves)])
    assert not left[0].done()
    left[0].cancel()
    await asyncio.wait(left)


async def test_a_thread_that_an_agent_leaves_behind_does_not_hold_up_the_run():
    release = threading.Event()
    threads = []

    async def leaves(input):
        threads.append(threading.Thread(target=release.wait, daemon=True))
        threads[0].start()
        return "ok"

    async with asyncio.timeout(10):
        result = await scenario.run("n", "d", [agent(leaves)], script=[scenario.agent(), scenario.succeed()])
    assert result.success
    release.set()
    threads[0].join()


@pytest.mark.parametrize("wait", [True, False], ids=["in turn", "in the background"])
def test_an_exit_inside_a_run_reaches_the_caller_and_leaves_nothing_pending(wait):
    """In a process of its own, because an exit ends the event loop that it reaches."""
    printed = output_of(
        f"""
        import gc, sys

        async def exits(input):
            await asyncio.sleep(0)
            sys.exit(3)

        ended = []
        async def left():
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("left")

        async def leaves(state):
            state.config.__dict__["kept"] = asyncio.create_task(left())
            await asyncio.sleep(0)

        try:
            asyncio.run(scenario.run("n", "d", [agent(exits)], verbose=False,
                                     script=[leaves, scenario.agent(wait={wait}), scenario.user("hi")]))
        except SystemExit as caught:
            print(caught.code, ended)
        gc.collect()
        """,
        options=("-W", "error", "-X", "dev"),
    )
    assert printed == "3 ['left']\n"
