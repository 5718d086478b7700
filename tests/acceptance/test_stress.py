"""Hundreds of scenarios at once in one process with the usual limit of open files: core 3.3."""

from __future__ import annotations

import json

from .programs import output_of

LIMITED = """
    import contextvars, gc, json, resource, sys, threading, tracemalloc, warnings
    from scenario._engine.conversation import Conversation
    from scenario._engine.run import Run
    from scenario._tracing import judge_span_collector

    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    scenario.configure(verbose=False)

    class Echo(AgentAdapter):
        async def call(self, input):
            await asyncio.sleep(0.001)
            return "echo " + input.last_new_user_message_str()

    class Asks(AgentAdapter):
        role = AgentRole.USER
        async def call(self, input):
            return f"{input.scenario_state.description} {input.scenario_state.current_turn}"

    def alive():
        for thread in threading.enumerate():
            if thread.name == "scenario run":  # its run is over, and it is just on its way out
                thread.join(5)
        gc.collect()
        return sum(isinstance(thing, (Run, Conversation)) for thing in gc.get_objects())


    """
PLAY = """
    class Judges(AgentAdapter):
        role = AgentRole.JUDGE
        async def call(self, input):
            return verdict(passed=["seen"]) if input.scenario_state.is_last_turn else []

    async def many(run, count):
        cast = [Asks(), Echo(), Judges()]
        peak = 0
        async def watch():
            nonlocal peak
            while True:
                peak = max(peak, threading.active_count())
                await asyncio.sleep(0.01)
        watcher = asyncio.create_task(watch())
        results = await asyncio.gather(*(run(f"n{i}", f"d{i}", cast, max_turns=3) for i in range(count)))
        watcher.cancel()
        return results, peak

    def judged(results):
        for number, result in enumerate(results):
            said = [message["content"] for message in result.messages]
            wanted = [f"d{number} {turn}" for turn in range(3)]
            assert said == [text for ask in wanted for text in (ask, "echo " + ask)], said
            assert result.success
        return len({message["trace_id"] for result in results for message in result.messages})
    """


def test_a_thousand_scenarios_on_one_loop_all_finish_in_order_and_are_released():
    printed = output_of(
        LIMITED
        + PLAY
        + """
    asyncio.run(many(scenario.arun, 5))
    tracemalloc.start()
    results, threads = asyncio.run(many(scenario.arun, 1000))
    traces = judged(results)
    retained = alive()
    del results
    gc.collect()
    kept = tracemalloc.get_traced_memory()[0]
    nodes = len(judge_span_collector._index._nodes)
    print(json.dumps([traces, threads, retained, nodes, kept]))
    """
    )
    traces, threads, retained, spans, kept = json.loads(printed)
    assert traces == 3000
    assert threads <= 10
    assert (retained, spans) == (0, 0)
    assert kept < 8_000_000  # of some 50 MB that were needed meanwhile


def test_three_hundred_scenarios_in_threads_of_their_own_all_finish_in_order_and_are_released():
    printed = output_of(
        LIMITED
        + PLAY
        + """
    asyncio.run(many(scenario.run, 5))
    results, threads = asyncio.run(many(scenario.run, 300))
    traces = judged(results)
    retained = alive()
    print(json.dumps([traces, threads, retained, len(judge_span_collector._index._nodes)]))
    """
    )
    traces, threads, retained, spans = json.loads(printed)
    assert traces == 900
    assert threads <= (1024 - 256) // 4 + 10
    assert (retained, spans) == (0, 0)


def test_a_thousand_runs_wait_for_their_thread_under_the_usual_limit_of_files():
    printed = output_of(
        LIMITED
        + """
    async def main():
        script = [scenario.user("hi"), scenario.succeed()]
        results = await asyncio.gather(*(scenario.run("n", "d", script=script) for _ in range(1000)))
        print(sum(result.success for result in results), alive())
    asyncio.run(main())
    """
    )
    assert printed == "1000 0\n"


def test_a_long_conversation_is_released_with_its_run():
    printed = output_of(
        LIMITED
        + """
    async def main():
        result = await scenario.arun("n", "d", [Asks(), Echo()], max_turns=500)
        assert len(result.messages) == 1000
        return alive()
    print(asyncio.run(main()), alive())
    """
    )
    assert printed == "0 0\n"


def test_runs_that_fail_are_released_too():
    printed = output_of(
        LIMITED
        + """
    async def fails(input):
        raise ValueError("boom")

    async def one(run):
        try:
            await run("n", "d", [agent(fails)], script=[scenario.user("hi"), scenario.agent(wait=False)])
        except scenario.errors.AgentCallError as error:
            return type(error.__cause__).__name__

    async def main():
        names = await asyncio.gather(*(one(run) for run in [scenario.run, scenario.arun] * 20))
        return set(names)

    print(asyncio.run(main()), alive(), len(judge_span_collector._index._nodes))
    """
    )
    assert printed == "{'ValueError'} 0 0\n"
