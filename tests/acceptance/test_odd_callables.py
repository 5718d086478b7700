"""Script steps and callbacks of every shape, returning all sorts of things: core 2.2 and 2.3."""

from __future__ import annotations

import asyncio
import functools
from concurrent.futures import Future
from unittest.mock import Mock

import pytest

import scenario
from scenario.types import ScenarioResult
from tests.engine.agents import agent, judge, texts, user, verdict


async def play(*script, agents=(), **more):
    return await scenario.arun("n", "d", list(agents), script=list(script), **more)


class Step:
    """A callable object, and a method to bind."""

    def __init__(self):
        self.states = []

    def __call__(self, state):
        self.states.append(state)

    async def method(self, state):
        self.states.append(state)


class Awaitable:
    def __init__(self, value):
        self.value = value

    def __await__(self):
        yield from asyncio.sleep(0).__await__()
        return self.value


async def test_any_callable_is_a_step():
    step = Step()
    plain = functools.partial(lambda more, state: more.append(state), step.states)
    result = await play(step, step.method, plain, print, scenario.succeed())
    assert result.success
    assert len(step.states) == 3


NOT_A_VERDICT = [
    None, True, 0, 1, "", "success", b"x", (), [], {}, {"success": True, "messages": []}, object(),
    ScenarioResult, ValueError("returned, not raised"), Future(), Mock(),
]  # fmt: skip


@pytest.mark.parametrize(
    "value",
    NOT_A_VERDICT,
    ids=lambda value: f"{type(value).__name__}-{value!r:.12}".split(" at 0x")[0].split(" id=")[0],
)
@pytest.mark.parametrize("wrap", [lambda value: value, Awaitable], ids=["returned", "awaited"])
async def test_what_is_no_verdict_is_ignored(value, wrap):
    result = await play(lambda state: wrap(value), scenario.fail("the next step"))
    assert result.reasoning == "the next step"


async def test_what_is_no_verdict_is_ignored_from_callbacks_too():
    for value in NOT_A_VERDICT:
        proceed = scenario.proceed(
            turns=2, on_turn=lambda state, value=value: value, on_step=lambda state, value=value: value
        )
        result = await play(proceed, scenario.fail("the next step"), agents=[agent()])
        assert result.reasoning == "the next step"


def yields():
    yield "never reached"


async def yields_later():
    yield "never reached"


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: False, "returned False"),
        (lambda: scenario.fail("no"), "returned a step"),
        (lambda: scenario.succeed, "returned a step"),
        (lambda: scenario.user("hi"), "returned a step"),
        (yields, "is a generator"),
        (yields_later, "is a generator"),
    ],
)
@pytest.mark.parametrize("wrap", [lambda value: value, Awaitable], ids=["returned", "awaited"])
async def test_what_was_meant_as_a_check_is_ignored_with_a_warning(make, what, wrap):
    def check(state):
        return wrap(make())

    with pytest.warns(UserWarning, match=rf"check {what}"):
        result = await play(check, scenario.fail("the next step"))
    assert result.reasoning == "the next step"


async def test_a_callback_that_returns_a_step_warns_too():
    with pytest.warns(UserWarning, match="returned a step"):
        await play(
            scenario.proceed(turns=1, on_step=lambda state: scenario.fail("no")), scenario.succeed(),
            agents=[agent()],
        )  # fmt: skip


async def test_every_kind_of_awaitable_is_awaited():
    wanted = scenario.succeed("awaited")()

    async def coroutine():
        return wanted

    for make in (coroutine, lambda: Awaitable(wanted), lambda: asyncio.ensure_future(coroutine())):
        result = await play(lambda state, make=make: make(), scenario.fail())
        assert result.reasoning == "awaited"


async def test_a_step_may_return_another_step_of_the_same_state():
    result = await play(lambda state: scenario.user("from within")(state), scenario.succeed())
    assert texts(result.messages) == ["from within"]


async def test_a_subclass_of_the_result_is_a_verdict_and_stays_one():
    class Graded(ScenarioResult):
        grade: int = 0

    result = await play(scenario.user("hi"), lambda state: Graded(success=True, messages=[], grade=7))
    assert isinstance(result, Graded)
    assert (result.success, result.grade, texts(result.messages)) == (True, 7, ["hi"])


async def test_a_result_that_a_step_keeps_and_changes_is_not_the_one_that_is_returned():
    mine = ScenarioResult(success=False, messages=[], passed_criteria=["a"])
    result = await play(lambda state: mine)
    mine.success = True
    mine.passed_criteria.append("b")
    assert (result.success, result.passed_criteria) == (False, ["a"])


async def test_one_result_may_end_many_runs():
    shared = ScenarioResult(success=True, messages=[])
    runs = (
        scenario.arun("n", "d", script=[scenario.user(str(number)), lambda state: shared])
        for number in range(10)
    )
    results = await asyncio.gather(*runs)
    assert [texts(result.messages) for result in results] == [[str(number)] for number in range(10)]
    assert shared.messages == []


async def test_one_script_may_serve_many_runs_at_once():
    script = [
        scenario.user("hi"),
        scenario.agent(),
        scenario.proceed(turns=1),
        scenario.judge(criteria=["c"]),
    ]
    runs = (
        scenario.arun(
            "n", "d", [user("more"), agent(str(number)), judge([], verdict(passed=["c"]))], script=script
        )
        for number in range(10)
    )
    results = await asyncio.gather(*runs)
    assert all(result.success for result in results)
    assert [texts(result.messages) for result in results] == [["hi", str(number)] for number in range(10)]


async def test_the_first_verdict_stands_when_a_step_drops_it_and_asks_again():
    async def drops_both(state):
        await scenario.judge(criteria=["polite"])(state)
        await scenario.succeed("anyway")(state)

    result = await play(drops_both, agents=[judge(verdict(False, failed=["polite"]))])
    assert not result.success
    assert result.failed_criteria == ["polite"]


async def test_a_verdict_that_a_step_returns_itself_is_its_authors_decision():
    async def tolerates(state):
        verdict = await scenario.judge(criteria=["polite"])(state)
        return scenario.succeed("known and accepted")() if verdict is not None else None

    result = await play(tolerates, agents=[judge(verdict(False, failed=["polite"]))])
    assert (result.success, result.reasoning) == (True, "known and accepted")


async def test_a_step_may_catch_an_agents_error_and_go_on(endings):
    async def survives(state):
        with pytest.raises(scenario.errors.AgentCallError):
            await scenario.agent()(state)

    result = await play(survives, scenario.agent(), scenario.succeed(), agents=[agent(ValueError("x"), "ok")])
    assert texts(result.messages) == ["ok"]
    assert endings.statuses == ["SUCCESS"]


async def test_steps_inside_tasks_of_a_step_belong_to_the_run():
    async def in_a_task(state):
        async with asyncio.TaskGroup() as group:
            group.create_task(scenario.user("one")(state))
        async with asyncio.TaskGroup() as group:
            group.create_task(scenario.agent()(state))

    result = await play(in_a_task, scenario.succeed(), agents=[agent("two")])
    assert texts(result.messages) == ["one", "two"]


async def test_a_callback_may_run_steps_and_their_verdict_counts():
    async def gives_up(state):
        await scenario.fail("the callback gave up")(state)

    for name in ("on_turn", "on_step"):
        result = await play(scenario.proceed(**{name: gives_up}), agents=[agent()])
        assert result.reasoning == "the callback gave up"


async def test_a_callback_that_opens_turns_for_ever_is_stopped_by_the_limit():
    proceed = scenario.proceed(turns=1, on_step=lambda state: scenario.user("again")(state))
    result = await play(proceed, agents=[agent()], max_turns=3)
    assert not result.success
    assert "maximum turns (3)" in result.reasoning


async def test_rolling_back_and_speaking_again_in_a_step_is_what_the_agent_sees():
    bot = agent("wrong", "right")

    async def again(state):
        assert texts(state.rollback_messages_to(1)) == ["wrong"]
        await scenario.agent()(state)

    result = await play(scenario.user("hi"), scenario.agent(), again, scenario.succeed(), agents=[bot])
    assert texts(result.messages) == ["hi", "right"]
    assert texts(bot.inputs[1].messages) == ["hi"]
    assert bot.inputs[1].new_messages == []
    (rollback,) = bot.inputs[1].scenario_state.rollbacks
    assert (rollback.turn, rollback.index, texts(rollback.messages)) == (0, 1, ["wrong"])
