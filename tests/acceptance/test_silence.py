"""With every warning an error and asyncio checking itself, a run says nothing unasked."""

from __future__ import annotations

import pytest

from tests.peers.openai_server import OpenAIServer

from .acting import plays
from .programs import output_of

STRICT = ("-W", "error", "-X", "dev")
CAST = """
    import gc, logging
    # How long a step took says more about the machine; a test of its own below looks at that.
    logging.getLogger("asyncio").addFilter(lambda record: not record.getMessage().startswith("Executing"))
    scenario.configure(verbose=False)
    script = [scenario.user("hi"), scenario.agent(), scenario.succeed()]
    """


@pytest.mark.parametrize("run", ["run", "arun"])
def test_a_run_is_silent(run):
    printed = output_of(
        CAST
        + f"""
    for _ in range(2):
        assert asyncio.run(scenario.{run}("n", "d", [agent()], script=script)).success
    gc.collect()
    """,
        options=STRICT,
    )
    assert printed == ""


@pytest.mark.parametrize("run", ["run", "arun"])
def test_a_run_with_hosted_models_closes_its_connections_and_is_silent(run):
    def model(request):
        return plays(request.body.get("tools", ()), "and then?")

    with OpenAIServer(model).in_thread() as server:
        printed = output_of(
            CAST
            + f"""
    settings = dict(model="openai/gpt-4.1-mini", api_base="{server.base_url}", api_key="sk-test-0123456789")
    cast = [scenario.UserSimulatorAgent(**settings), agent("ok"),
            scenario.JudgeAgent(criteria=["The agent answers"], **settings)]
    for _ in range(2):
        assert asyncio.run(scenario.{run}("n", "d", cast, max_turns=2)).success
    gc.collect()
    """,
            options=STRICT,
        )
        assert printed == ""
        assert len(server.requests) == 8


@pytest.mark.parametrize("run", ["run", "arun"])
def test_a_run_that_fails_is_silent_but_for_its_exception(run):
    printed = output_of(
        CAST
        + f"""
    async def boom(input):
        await asyncio.sleep(0)
        raise ValueError("boom")

    for wait in (True, False):
        try:
            asyncio.run(scenario.{run}("n", "d", [agent(boom)], script=[scenario.agent(wait=wait)]))
        except scenario.errors.AgentCallError as error:
            print(error)
    try:
        async def interrupted():
            async with asyncio.timeout(0.05):
                sleeps = agent(lambda input: asyncio.sleep(60))
                await scenario.{run}("n", "d", [sleeps], script=[scenario.agent()])
        asyncio.run(interrupted())
    except TimeoutError:
        print("timed out")
    gc.collect()
    """,
        options=STRICT,
    )
    assert printed == "[Says] boom\n[Says] boom\ntimed out\n"


def test_after_the_first_run_nothing_holds_the_loop_for_a_tenth_of_a_second():
    """In the best of five rounds, because machines pause too; what really blocks does so in each round."""
    printed = output_of(
        CAST
        + """
    slow = []

    class Notes(logging.Handler):
        def emit(self, record):
            slow.append(record.getMessage())

    logging.getLogger("asyncio").filters.clear()
    logging.getLogger("asyncio").addHandler(Notes())
    logging.getLogger("asyncio").propagate = False

    async def rounds():
        cast = [user(), agent(), judge([])]
        await scenario.arun("n", "d", cast, max_turns=2)
        counts = []
        for _ in range(5):
            slow.clear()
            await asyncio.gather(*(scenario.arun("n", "d", cast, max_turns=20) for _ in range(5)))
            counts.append(len(slow))
        return min(counts)

    print(asyncio.run(rounds()))
    """,
        options=STRICT,
    )
    assert printed == "0\n"


def test_verbose_prints_the_conversation_and_nothing_else():
    printed = output_of(
        CAST
        + """
    asyncio.run(scenario.run("n", "d", [agent()], script=script, verbose=True))
    """,
        environment={"SCENARIO_DISABLE_SIMULATION_REPORT_INFO": "1"},
        options=STRICT,
    )
    assert printed == "User: hi\nAgent: hi there\n"
