"""Event loops: the caller's stays as it was, and the same agents work on one after another."""

from __future__ import annotations

import asyncio
import threading

import pytest

import scenario
from scenario._model import fake_model
from tests.engine.agents import agent, judge, texts, user, verdict
from tests.peers.openai_server import OpenAIServer

from .acting import plays
from .programs import output_of

SCRIPT = [scenario.user("hi"), scenario.agent(), scenario.succeed()]


def model(request):
    return plays(request.body.get("tools", ()), "and then?")


@pytest.mark.parametrize("run", [scenario.run, scenario.arun])
def test_a_plain_test_function_may_use_asyncio_run(run):
    result = asyncio.run(run("n", "d", [agent()], script=SCRIPT))
    assert result.success


@pytest.mark.parametrize("run", [scenario.run, scenario.arun])
def test_the_same_agents_and_the_same_model_work_on_one_loop_after_another(run):
    """Connections belong to the loop on which they were opened, so each loop gets its own."""
    with OpenAIServer(model).in_thread() as server:
        scenario.configure(
            default_model=scenario.config.ModelConfig(
                model="openai/gpt-4.1-mini", api_base=server.base_url, api_key="sk-test-0123456789"
            )
        )
        cast = [
            scenario.UserSimulatorAgent(),
            agent("ok"),
            scenario.JudgeAgent(criteria=["The agent answers"]),
        ]
        for _ in range(3):
            result = asyncio.run(run("n", "d", cast, max_turns=2))
            assert result.success
            assert texts(result.messages) == ["and then?", "ok"] * 2
        assert len(server.requests) == 3 * 4


async def test_the_same_agents_serve_loops_of_several_threads_at_once():
    with OpenAIServer(model).in_thread() as server:
        settings = {
            "model": "openai/gpt-4.1-mini",
            "api_base": server.base_url,
            "api_key": "sk-test-0123456789",
        }
        cast = [
            scenario.UserSimulatorAgent(**settings),
            agent("ok"),
            scenario.JudgeAgent(criteria=["The agent answers"], **settings),
        ]
        runs = [scenario.run, scenario.arun] * 4
        results = await asyncio.gather(*(run("n", "d", cast, max_turns=2) for run in runs))
    assert all(result.success for result in results)
    assert len(server.requests) == 8 * 4


async def test_runs_may_be_nested_in_every_way():
    def nests(inner):
        async def call(input):
            result = await inner
            return " > ".join(texts(result.messages))

        return agent(call)

    innermost = scenario.run("c", "d", [agent("c")], script=SCRIPT)
    middle = scenario.arun("b", "d", [nests(innermost)], script=SCRIPT)
    result = await scenario.run("a", "d", [nests(middle)], script=SCRIPT)
    assert texts(result.messages) == ["hi", "hi > hi > c"]


async def test_nested_runs_have_threads_ids_traces_and_verdicts_of_their_own(endings):
    async def tests_another(input):
        inner = await scenario.arun("inner", "d", [agent()], script=[scenario.agent(), scenario.fail()])
        assert not inner.success
        return "the inner one failed"

    result = await scenario.arun("outer", "d", [agent(tests_another)], script=SCRIPT)
    assert result.success
    assert endings.statuses == ["FAILED", "SUCCESS"]
    assert len({info.thread_id for info in endings.started}) == 2


async def test_run_leaves_the_callers_loop_and_its_policy_alone():
    before = asyncio.get_running_loop(), asyncio.get_event_loop_policy(), asyncio.all_tasks()
    await scenario.run("n", "d", [agent()], script=SCRIPT)
    assert (asyncio.get_running_loop(), asyncio.get_event_loop_policy(), asyncio.all_tasks()) == before


async def test_run_works_from_a_loop_in_another_thread():
    results = []

    def work():
        results.append(asyncio.run(scenario.run("n", "d", [agent()], script=SCRIPT)))

    thread = threading.Thread(target=work)
    thread.start()
    await asyncio.to_thread(thread.join)
    assert results[0].success


async def test_objects_of_the_callers_loop_work_under_arun():
    lock, queue = asyncio.Lock(), asyncio.Queue()

    async def answers(input):
        async with lock:
            return await queue.get()

    await queue.put("from the queue")
    result = await scenario.arun("n", "d", [agent(answers)], script=SCRIPT)
    assert texts(result.messages) == ["hi", "from the queue"]


async def test_arun_starts_no_thread_for_the_conversation():
    await scenario.arun(
        "n", "d", [user(), agent(), judge(verdict())]
    )  # loads what is loaded in a thread once
    seen = set()

    def notes(input):
        seen.add((threading.get_ident(), threading.active_count()))
        return "ok"

    before = threading.active_count()
    await scenario.arun("n", "d", [user(), agent(notes), judge(verdict())])
    assert seen == {(threading.get_ident(), before)}
    assert threading.active_count() == before


async def test_a_slow_model_delays_nothing_else_on_the_loop():
    released = asyncio.Event()

    async def thinks(request):
        await released.wait()
        return plays(request.tools, "at last")

    with fake_model("fake", thinks):
        simulator = scenario.UserSimulatorAgent(model="fake/slow")
        slow = asyncio.create_task(scenario.arun("n", "d", [simulator, agent()], max_turns=1))
        quick = await scenario.arun("n", "d", [agent()], script=SCRIPT)
        assert quick.success
        assert not slow.done()
        released.set()
        assert texts((await slow).messages)[0] == "at last"


async def test_the_first_run_of_a_process_loads_its_parts_off_the_loop():
    printed = output_of(
        """
        import importlib, sys, threading

        main_thread = threading.main_thread()
        heavy = ("scenario._engine.run", "scenario._events.bus", "scenario._tracing.run_tracing",
                 "scenario._console.observer", "opentelemetry.sdk.trace")
        on_loop = []

        class Watch:
            def find_spec(self, name, path=None, target=None):
                if threading.current_thread() is main_thread and name in heavy:
                    on_loop.append(name)

        sys.meta_path.insert(0, Watch())
        asyncio.run(scenario.arun("n", "d", [agent()], verbose=False,
                                  script=[scenario.user("hi"), scenario.agent(), scenario.succeed()]))
        assert all(name in sys.modules for name in heavy)
        print(on_loop)
        """
    )
    assert printed == "[]\n"
