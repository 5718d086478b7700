"""No verdict is green by accident: random scripts against an oracle that knows only the specification."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scenario
from scenario._model import fake_model
from scenario.types import ScenarioResult
from tests.engine.agents import Says

from .acting import finish

PASSED, FAILED, GOES_ON, RAISES = "passed", "failed", "goes on", "raises"


class Boom(Exception):
    pass


# What a judge may do, and what that is at a checkpoint and at a final judgment.


@dataclass(frozen=True)
class Ruling:
    name: str
    answer: Any
    at_checkpoint: str
    at_the_end: str

    def __repr__(self) -> str:
        return self.name


def result(success, *, passed=(), failed=(), inconclusive=()):
    return ScenarioResult(
        success=success,
        messages=[],
        passed_criteria=list(passed),
        failed_criteria=list(failed),
        inconclusive_criteria=list(inconclusive),
    )


RULINGS = [
    Ruling("met", result(True, passed=["c"]), GOES_ON, PASSED),
    Ruling("met without a list", result(True), GOES_ON, PASSED),
    Ruling("not met", result(False, failed=["c"]), FAILED, FAILED),
    Ruling("not met without a list", result(False), FAILED, FAILED),
    Ruling("failure although all is met", result(False, passed=["c"]), FAILED, FAILED),
    Ruling("success although something is not met", result(True, failed=["c"]), FAILED, PASSED),
    Ruling("undecided", result(False, failed=["c"], inconclusive=["c"]), FAILED, FAILED),
    Ruling("no answer", [], FAILED, GOES_ON),
    Ruling("the word success", "success", FAILED, GOES_ON),
    Ruling("a message", {"role": "assistant", "content": "success"}, FAILED, GOES_ON),
    Ruling("true", True, RAISES, RAISES),
    Ruling("nothing", None, RAISES, RAISES),
    Ruling("a dict that looks like one", {"success": True, "messages": []}, RAISES, RAISES),
    Ruling("an error", Boom("judge"), RAISES, RAISES),
    Ruling("a failed assertion", AssertionError("judge"), RAISES, RAISES),
]
ODD = [True, 1, "success", {"success": True}, object(), (), ScenarioResult, PASSED]


# What a script may hold. Each is a name and its arguments; `build` and `expected` read them independently.

plain_steps = st.one_of(
    st.tuples(st.just("say"), st.sampled_from(["user", "assistant", "system"])),
    st.tuples(st.just("checkpoint"), st.sampled_from(RULINGS)),
    st.tuples(st.just("judge"), st.sampled_from(RULINGS)),
    st.tuples(st.just("proceed"), st.sampled_from(RULINGS)),
    st.tuples(st.just("succeed")),
    st.tuples(st.just("fail")),
    st.tuples(st.just("raise"), st.sampled_from([Boom("step"), AssertionError("step")])),
    st.tuples(st.just("odd"), st.sampled_from(ODD)),
    st.tuples(st.just("return"), st.booleans()),
    st.tuples(st.just("call"), st.booleans()),
)
# A callable that runs steps itself and drops what they return, then returns something of its own.
steps = st.one_of(
    plain_steps,
    st.tuples(
        st.just("inside"),
        st.lists(plain_steps, max_size=4),
        st.sampled_from(["nothing", "odd", "success", "failure"]),
    ),
)
scripts = st.lists(steps, max_size=6)


def build(kind, *arguments, answer_with):
    """Make a step of a script."""
    match kind:
        case "say":
            return scenario.message({"role": arguments[0], "content": "x"})
        case "checkpoint" | "judge" | "proceed":
            inner = {
                "checkpoint": scenario.judge(criteria=["c"]),
                "judge": scenario.judge(),
                "proceed": scenario.proceed(turns=1),
            }[kind]

            def asks(state):
                answer_with(arguments[0].answer)
                return inner(state)

            return asks
        case "succeed":
            return scenario.succeed()
        case "fail":
            return scenario.fail()
        case "raise":

            def raises(state):
                raise arguments[0]

            return raises
        case "odd":
            return lambda state: arguments[0]
        case "return":
            return lambda state: result(arguments[0])
        case "call":
            return lambda state: (scenario.succeed if arguments[0] else scenario.fail)()()
        case "inside":
            inner_steps = [build(*step, answer_with=answer_with) for step in arguments[0]]
            returned = {"nothing": None, "odd": True, "success": result(True), "failure": result(False)}

            async def inside(state):
                for step in inner_steps:
                    outcome = step(state)
                    if hasattr(outcome, "__await__"):
                        await outcome
                return returned[arguments[1]]

            return inside
    raise AssertionError(kind)


def expected(script):
    """What the specification says of a script: passed, failed or raises."""
    checkpoints = False
    for kind, *arguments in script:
        outcome = GOES_ON
        if kind == "inside":
            # Its own return value counts, else the first verdict of a step inside.
            for inner_kind, *inner in arguments[0]:
                if inner_kind == "proceed" and outcome != GOES_ON:
                    continue  # automatic steps go on until a verdict, and there is one
                reached = _step(inner_kind, inner)
                if reached == RAISES:
                    return RAISES
                if inner_kind in ("return", "call"):
                    continue  # the value was dropped before the engine could see it
                checkpoints |= inner_kind == "checkpoint" and reached == GOES_ON
                outcome = reached if outcome == GOES_ON else outcome
            outcome = {"success": PASSED, "failure": FAILED}.get(arguments[1], outcome)
        else:
            outcome = _step(kind, arguments)
            checkpoints |= kind == "checkpoint" and outcome == GOES_ON
        if outcome != GOES_ON:
            return outcome
    return PASSED if checkpoints else FAILED


def _step(kind, arguments):
    match kind:
        case "checkpoint":
            return arguments[0].at_checkpoint
        case "judge" | "proceed":
            return arguments[0].at_the_end
        case "succeed":
            return PASSED
        case "fail":
            return FAILED
        case "raise":
            return RAISES
        case "return" | "call":
            return PASSED if arguments[0] else FAILED
    return GOES_ON


async def _played(script):
    judge = Says(role=scenario.AgentRole.JUDGE)

    def answer_with(answer):
        if isinstance(answer, BaseException):

            def raises(input):
                raise answer

            judge.replies = (raises,)
        else:
            judge.replies = (lambda input: answer,)

    built = [build(*step, answer_with=answer_with) for step in script]
    return await scenario.arun("n", "d", [judge], max_turns=10_000, script=built)


@settings(max_examples=400)
@given(script=scripts.filter(bool))
def test_a_script_passes_only_if_the_specification_says_so(script):
    outcome = expected(script)
    try:
        played = asyncio.run(_played(script))
    except (Boom, AssertionError, scenario.errors.AgentCallError):
        assert outcome == RAISES
    else:
        assert outcome == (PASSED if played.success else FAILED)
        assert isinstance(played.success, bool)


# The same for the whole way down to the model: what it answers decides, and nothing else.

replies = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.fixed_dictionaries(
        {
            "status": st.sampled_from(["true", "false", "inconclusive", "yes", "", "TRUE"]),
            "verdict": st.sampled_from(["success", "failure", "inconclusive", "passed", ""]),
        }
    ),
    st.sampled_from(["continue", "broken", "empty", "foreign"]).map(lambda kind: (kind,)),
)


def model_reply(reply, tools):
    match reply:
        case None:
            return ""
        case str():
            return reply
        case dict():
            return finish(tools, **reply)
        case ("continue",):
            return {"continue_test": {}}
        case ("broken",):
            return {"finish_test": "{broken"}
        case ("empty",):
            return {"finish_test": {"criteria": {}, "reasoning": "", "verdict": "success"}}
        case ("foreign",):
            return {"approve": {"verdict": "success"}}
    raise AssertionError(reply)


@settings(max_examples=150)
@given(first=replies, later=replies)
def test_a_judge_passes_a_run_only_if_its_model_says_that_every_criterion_is_met(first, later):
    given_replies = iter([first])

    def answer(request):
        return model_reply(next(given_replies, later), request.tools)

    with fake_model("fake", answer):
        judge = scenario.JudgeAgent(model="fake/judge", criteria=["The agent answers", "It is polite"])
        script = [scenario.user("hi"), scenario.agent("hello"), scenario.judge()]
        played = asyncio.run(scenario.arun("n", "d", [judge], script=script))

    def is_clear_success(reply):
        return isinstance(reply, dict) and reply["status"].lower() == "true" and reply["verdict"] == "success"

    readable = [reply for reply in (first, later) if isinstance(reply, dict) or reply == ("empty",)]
    assert played.success == (bool(readable) and is_clear_success(readable[0]))
    if played.success:
        assert played.passed_criteria == ["The agent answers", "It is polite"]
        assert played.failed_criteria == []


class Truthful(ScenarioResult):
    """A result of the user's own that is as true as its verdict."""

    def __bool__(self):
        return self.success


def says_no(*_):
    return Truthful(success=False, messages=[], failed_criteria=["c"])


async def drops(state):
    await scenario.judge()(state)


@pytest.mark.parametrize(
    "script",
    {
        "step": [says_no],
        "judge": [scenario.judge()],
        "checkpoint": [scenario.judge(criteria=["c"])],
        "dropped": [drops],
        "user": [scenario.user()],
        "agent": [scenario.agent()],
        "background": [scenario.agent(wait=False), scenario.user("hi")],
        "background before a verdict": [scenario.agent(wait=False), scenario.succeed()],
        "proceed": [scenario.proceed()],
        "on_turn": [scenario.agent("fixed"), scenario.proceed(turns=2, on_turn=says_no)],
        "on_step": [scenario.proceed(on_step=says_no)],
    }.items(),
    ids=lambda item: item[0],
)
async def test_a_failing_result_that_is_falsy_is_a_verdict_all_the_same(script):
    name, steps = script
    reply = [] if name in ("on_turn", "on_step") else says_no
    cast = [Says(reply, role=role) for role in scenario.AgentRole]
    played = await scenario.arun("n", "d", cast, script=[*steps, scenario.succeed()])
    assert not played.success


async def test_a_falsy_failure_of_a_background_turn_counts_at_the_end_of_a_script_that_passed():
    cast = [Says(says_no), Says(result(True), role=scenario.AgentRole.JUDGE)]
    script = [scenario.judge(criteria=["c"]), scenario.agent(wait=False)]
    assert not (await scenario.arun("n", "d", cast, script=script)).success


@pytest.mark.parametrize("verdict", [True, False])
async def test_what_the_caller_gets_and_what_is_told_are_the_same(verdict, endings):
    played = await scenario.arun("n", "d", script=[lambda state: result(verdict)])
    assert (played.success, endings.statuses) == (verdict, ["SUCCESS" if verdict else "FAILED"])
    assert endings.outcomes[0].result is played
