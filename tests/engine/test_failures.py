"""How a run ends when something goes wrong: core 2.8, and what agents see of a failed call: 2.4."""

from __future__ import annotations

import asyncio

import pytest

import scenario
from scenario._observer import Observer, add_process_observer, remove_process_observer
from scenario.errors import AgentCallError, InvalidReturnTypeError
from tests.engine.agents import agent, judge, texts, user, verdict


class Endings(Observer):
    def __init__(self):
        self.outcomes = []
        self.started = 0

    def run_started(self, run):
        self.started += 1

    def run_ended(self, run, outcome, messages):
        self.outcomes.append(outcome)


@pytest.fixture
def endings():
    observer = Endings()
    add_process_observer(observer)
    yield observer
    remove_process_observer(observer)


async def run(*script, agents=(), **more):
    return await scenario.arun(name="test", description="a test", agents=agents, script=list(script), **more)


def raises(error):
    def step(state):
        raise error

    return step


async def test_a_verdict_is_told_as_success_or_failure(endings):
    await run(scenario.succeed("good"))
    await run(scenario.judge(), agents=[judge(verdict(False, passed=["a"], failed=["b"]))])
    first, second = endings.outcomes
    assert (first.status, first.reasoning) == ("SUCCESS", "good")
    assert (second.status, second.met_criteria, second.unmet_criteria) == ("FAILED", ("a",), ("b",))


async def test_a_failed_assertion_is_raised_unchanged_and_told_as_an_error(endings):
    error = AssertionError("not polite")
    with pytest.raises(AssertionError) as caught:
        await run(raises(error))
    assert caught.value is error
    (outcome,) = endings.outcomes
    assert outcome.status == "ERROR"
    assert outcome.unmet_criteria == ("not polite",)
    assert "not polite" in outcome.reasoning
    assert outcome.total_time > 0


async def test_a_bare_assertion_is_told_by_its_type(endings):
    with pytest.raises(AssertionError):
        await run(raises(AssertionError()))
    assert endings.outcomes[0].unmet_criteria == ("AssertionError",)


async def test_another_exception_of_a_step_is_raised_unchanged(endings):
    error = KeyError("x")
    with pytest.raises(KeyError) as caught:
        await run(raises(error))
    assert caught.value is error
    assert endings.outcomes[0].status == "ERROR"
    assert endings.outcomes[0].unmet_criteria == ()


@pytest.mark.parametrize("where", ["on_turn", "on_step"])
async def test_an_exception_of_a_callback_counts_as_one_of_the_script(endings, where):
    with pytest.raises(ZeroDivisionError):
        await run(scenario.proceed(**{where: lambda state: 1 / 0}), agents=[agent()])
    assert endings.outcomes[0].status == "ERROR"


@pytest.mark.parametrize("error", [ValueError("boom"), AssertionError("boom")])
@pytest.mark.parametrize("step", [scenario.agent(), scenario.proceed()])
async def test_an_exception_of_an_agent_is_wrapped_with_its_class(endings, error, step):
    with pytest.raises(AgentCallError) as caught:
        await run(step, agents=[agent(error)])
    assert str(caught.value) == "[Says] boom"
    assert caught.value.__cause__ is error
    assert isinstance(caught.value, RuntimeError)
    assert endings.outcomes[0].status == "ERROR"
    assert "boom" in endings.outcomes[0].reasoning


async def test_an_exception_without_text_is_named_by_its_type():
    with pytest.raises(AgentCallError, match=r"^\[Says\] ValueError$"):
        await run(scenario.agent(), agents=[agent(ValueError())])


async def test_a_wrong_return_value_is_an_error_of_the_agent():
    with pytest.raises(AgentCallError, match=r"Says\.call returned 7") as caught:
        await run(scenario.agent(), agents=[agent(7)])
    assert isinstance(caught.value.__cause__, InvalidReturnTypeError)


async def test_a_call_that_is_not_async_is_told_so():
    class Sync(type(agent())):
        def call(self, input):
            return "hi"

    with pytest.raises(AgentCallError, match="async def call"):
        await run(scenario.agent(), agents=[Sync()])


async def test_cancellation_is_raised_unchanged_and_told_as_cancelled(endings):
    reached = asyncio.Event()

    async def forever(input):
        reached.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(run(scenario.agent(), agents=[agent(forever)]))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (outcome,) = endings.outcomes
    assert outcome.status == "CANCELLED"
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3)])
async def test_interrupts_are_raised_unchanged_and_told_as_cancelled(endings, error):
    with pytest.raises(type(error)):
        await run(raises(error))
    assert endings.outcomes[0].status == "CANCELLED"


class Skipped(BaseException):
    """Like the outcomes of test frameworks: no Exception."""


async def test_other_base_exceptions_are_raised_unchanged_and_told_as_errors(endings):
    for script, agents in (([raises(Skipped("later"))], []), ([scenario.agent()], [agent(Skipped("later"))])):
        with pytest.raises(Skipped):
            await run(*script, agents=agents)
    assert [outcome.status for outcome in endings.outcomes] == ["ERROR", "ERROR"]
    assert all("later" in outcome.reasoning for outcome in endings.outcomes)


async def test_there_is_exactly_one_ending_for_every_beginning(endings):
    await run(scenario.succeed())
    with pytest.raises(ValueError, match="x"):
        await run(raises(ValueError("x")))
    assert endings.started == len(endings.outcomes) == 2


async def test_a_failing_observer_changes_nothing(caplog):
    class Broken(Observer):
        def message_added(self, run, message):
            raise RuntimeError("observer broke")

    broken = Broken()
    add_process_observer(broken)
    try:
        result = await run(scenario.user("hi"), scenario.succeed())
    finally:
        remove_process_observer(broken)
    assert result.success
    assert "observer broke" in caplog.text


async def test_what_was_new_for_a_failed_call_stays_new():
    bot = agent(ValueError("first"), "second")

    async def tries_twice(state):
        with pytest.raises(AgentCallError):
            await scenario.agent()(state)
        await scenario.agent()(state)

    await run(scenario.user("hi"), tries_twice, scenario.succeed(), agents=[bot])
    assert texts(bot.inputs[1].new_messages) == ["hi"]


async def test_one_failing_run_changes_no_other():
    good, bad = (
        run(scenario.user(), scenario.agent(), scenario.succeed(), agents=[user(), agent()]),
        run(scenario.user(), scenario.agent(), agents=[user(), agent(ValueError("bad"))]),
    )
    results = await asyncio.gather(good, bad, return_exceptions=True)
    assert results[0].success
    assert isinstance(results[1], AgentCallError)


async def test_an_exception_that_cannot_be_shown_still_ends_the_run_as_told(endings):
    class Broken(Exception):
        def __str__(self):
            raise RuntimeError("no text")

    error = Broken()
    events = []
    executor = scenario.scenario_executor.ScenarioExecutor(
        "n", "d", [agent(error)], script=[scenario.agent()], verbose=False
    )
    executor.events.subscribe(lambda event: events.append(event.type_))
    with pytest.raises(AgentCallError) as caught:
        await executor.run()
    assert caught.value.__cause__ is error
    assert events[-1] == "SCENARIO_RUN_FINISHED"
