"""The plugin with the real engine and scripted agents, no model."""

import sys

import pytest

pytest_plugins = ["pytester"]

AGENTS = """
    import asyncio

    import pytest
    import scenario

    class Greeter(scenario.AgentAdapter):
        async def call(self, input):
            return "hello " + input.last_new_user_message_str()

    class Broken(scenario.AgentAdapter):
        async def call(self, input):
            raise ValueError("no such order")

    def arguments(name, *steps, agent=Greeter):
        return dict(
            name=name,
            description="a greeting",
            agents=[agent()],
            script=[scenario.user("you"), scenario.agent(), *steps],
        )
"""


@pytest.fixture
def session(inner, monkeypatch):
    """The inner session, with the agents in a module beside its test files."""
    monkeypatch.setenv("SCENARIO_DISABLE_SIMULATION_REPORT_INFO", "1")
    inner.makepyfile(agents=AGENTS)
    return inner


def test_every_way_to_end_a_run_is_reported(session):
    session.makepyfile(
        """
        from agents import *

        @pytest.mark.agent_test
        async def test_passes():
            assert (await scenario.run(**arguments("run", scenario.succeed("it greeted")))).success

        async def test_fails():
            result = await scenario.arun(**arguments("arun", scenario.fail("it was rude")))
            assert not result.success

        async def test_raises():
            with pytest.raises(scenario.errors.AgentCallError):
                await scenario.run(**arguments("broken", agent=Broken))

        async def test_asserts():
            def check(state):
                assert state.last_message()["content"] == "goodbye"

            with pytest.raises(AssertionError):
                await scenario.arun(**arguments("assertion", check))

        async def test_is_cancelled():
            async def wait_for_ever(state):
                await asyncio.Event().wait()

            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await scenario.arun(**arguments("slow", wait_for_ever))
        """
    )
    session.makeconftest("import scenario.errors")
    result = session.runpytest_subprocess()
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(
        [
            "Total Scenarios: 5",
            "Passed: 1",
            "Failed: 4",
            "Success Rate: 20%",
            "1. run - PASSED in *s (agent: *s)",
            "   Reasoning: it greeted",
            "   Test: *::test_passes",
            "2. arun - FAILED in *",
            "   Reasoning: it was rude",
            "   Test: *::test_fails",
            "3. broken - FAILED (error) in *",
            "   Reasoning: AgentCallError: [[]Broken[]] no such order",
            "   Test: *::test_raises",
            "4. assertion - FAILED (error) in *",
            "   Reasoning: AssertionError: *",
            "5. slow - FAILED (cancelled) in *",
            "   Reasoning: CancelledError*",
        ]
    )


def test_runs_of_one_test_at_the_same_time_are_its_runs(session):
    session.makepyfile(
        """
        from agents import *

        async def test_many(scenario_reporter):
            steps = [scenario.run(**arguments(f"number {n}", scenario.succeed())) for n in range(5)]
            await asyncio.gather(*steps)
            places = {entry["scenario"].place.node_id for entry in scenario_reporter.results}
            assert len(scenario_reporter.results) == 5
            assert len(places) == 1
            assert places.pop().endswith("::test_many")
        """
    )
    session.runpytest_subprocess().assert_outcomes(passed=1)


def test_workers_report_through_the_controller(session):
    session.makepyfile(
        """
        from agents import *

        @pytest.mark.parametrize("number", range(3))
        async def test_it(number):
            await scenario.run(**arguments(f"number {number}", scenario.succeed()))
        """
    )
    result = session.runpytest_subprocess("-n", "2")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(
        ["Total Scenarios: 3", "1. number 0 - *", "2. number 1 - *", "3. number 2 - *"]
    )


def test_debug_takes_the_users_words_from_the_terminal(session):
    session.makepyfile(
        """
        from agents import *

        class Simulator(scenario.UserSimulatorAgent):
            async def call(self, input):
                raise AssertionError("the terminal was not asked")

        async def test_it():
            result = await scenario.run(
                name="asked",
                description="a greeting",
                agents=[Greeter(), Simulator(model="offline/players")],
                script=[scenario.user(), scenario.agent(), scenario.succeed()],
            )
            assert [message["content"] for message in result.messages] == ["typed", "hello typed"]
        """
    )
    typed = session.path / "typed"
    typed.write_text("typed\n")
    with typed.open("rb") as stdin:
        result = session.run(sys.executable, "-m", "pytest", "--scenario-debug", stdin=stdin)
    result.assert_outcomes(passed=1)
