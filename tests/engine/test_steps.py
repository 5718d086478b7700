"""The steps of a script: core 2.2 and 2.3, through the public API."""

from __future__ import annotations

import pytest

import scenario
from scenario.errors import AgentCallError, NoAgentForRoleError
from tests.engine.agents import agent, judge, texts, user, verdict


async def run(*script, agents=(), **more):
    return await scenario.arun(name="test", description="a test", agents=agents, script=list(script), **more)


async def test_fixed_content_becomes_messages_of_both_sides():
    result = await run(scenario.user("hi"), scenario.agent("hello"), scenario.succeed())
    assert [(m["role"], m["content"]) for m in result.messages] == [("user", "hi"), ("assistant", "hello")]


async def test_fixed_messages_are_added_as_given():
    parts = {"role": "user", "content": [{"type": "text", "text": "hi"}], "name": "ann"}
    result = await run(scenario.user(parts), scenario.succeed())
    assert {**parts, "trace_id": result.messages[0]["trace_id"]} == result.messages[0]


async def test_empty_text_is_fixed_content_and_calls_nobody():
    bot = agent()
    result = await run(scenario.user("hi"), scenario.agent(""), scenario.succeed(), agents=[bot])
    assert texts(result.messages) == ["hi", ""]
    assert bot.inputs == []


async def test_fixed_content_is_new_for_every_agent_including_the_one_of_its_role():
    bot, person = agent(), user()
    await run(
        scenario.user("one"), scenario.agent("two"), scenario.user(), scenario.agent(), scenario.succeed(),
        agents=[person, bot],
    )  # fmt: skip
    assert texts(person.inputs[0].new_messages) == ["one", "two"]
    assert texts(bot.inputs[0].new_messages) == ["one", "two", "hello"]


@pytest.mark.parametrize(
    ("step", "role"), [(scenario.user(), "User"), (scenario.agent(), "Agent"), (scenario.judge(), "Judge")]
)
async def test_a_generated_step_needs_an_agent_of_its_role(step, role):
    with pytest.raises(NoAgentForRoleError, match=role) as caught:
        await run(step)
    assert "add " in str(caught.value)
    assert caught.value.role == role


async def test_a_message_step_takes_its_authors_turn_and_others_are_only_added():
    turns = []

    def note(state):
        turns.append(state.current_turn)

    await run(
        scenario.message({"role": "system", "content": "be brief"}), note,
        scenario.message({"role": "user", "content": "a"}), note,
        scenario.message({"role": "assistant", "content": "b"}), note,
        scenario.message({"role": "user", "content": "c"}), note,
        scenario.succeed(),
    )  # fmt: skip
    assert turns == [0, 0, 0, 1]


async def test_succeed_and_fail_end_the_run_and_later_steps_do_not_run():
    called = []
    result = await run(scenario.fail("no good"), called.append)
    assert (result.success, result.reasoning, called) == (False, "no good", [])
    assert "succeed" in (await run(scenario.succeed())).reasoning
    assert "fail" in (await run(scenario.fail())).reasoning


async def test_a_verdict_step_called_without_a_state_is_the_verdict():
    result = await run(lambda state: scenario.fail("why")())
    assert (result.success, result.reasoning) == (False, "why")


async def test_callables_may_be_sync_or_async_and_what_else_they_return_is_ignored():
    async def later(state):
        return "ignored"

    result = await run(lambda state: 7, later, scenario.succeed())
    assert result.success


async def test_a_callable_may_run_steps_itself():
    async def both(state):
        await scenario.user("from inside")(state)
        await scenario.agent()(state)

    result = await run(both, scenario.succeed(), agents=[agent("yes")])
    assert texts(result.messages) == ["from inside", "yes"]


async def test_a_verdict_reached_inside_a_callable_counts_even_if_it_is_dropped():
    async def drops(state):
        await scenario.judge()(state)

    result = await run(drops, scenario.succeed(), agents=[judge(verdict(False, reasoning="bad"))])
    assert (result.success, result.reasoning) == (False, "bad")


@pytest.mark.parametrize("role", ["user", "agent", "judge"])
async def test_a_verdict_returned_by_an_agent_of_any_role_ends_the_run(role):
    player = {"user": user, "agent": agent, "judge": judge}[role](verdict(True, reasoning="done"))
    scripted = await run(getattr(scenario, role)(), scenario.fail(), agents=[player])
    automatic = await run(scenario.proceed(), agents=[player])
    assert scripted.reasoning == automatic.reasoning == "done"


async def test_the_end_of_the_script_without_a_verdict_is_a_failure_that_names_the_remedies():
    result = await run(scenario.user("hi"))
    assert not result.success
    for part in ("end of script", "scenario.judge()", "scenario.succeed()", "scenario.fail()"):
        assert part in result.reasoning


async def test_an_agent_that_speaks_unasked_is_told_that_its_turn_begins():
    bot = agent()
    told = []
    bot.notify_agent_turn = lambda: told.append("told")
    await run(scenario.agent(), scenario.succeed(), agents=[bot])
    assert told == ["told"]


# Checkpoints


async def test_a_passed_checkpoint_lets_the_script_go_on_and_its_criteria_come_first():
    referee = judge(verdict(True, passed=["a"]), verdict(True, passed=["b"]), verdict(True, passed=["c"]))
    result = await run(
        scenario.user("hi"), scenario.judge(criteria=["a"]), scenario.judge(criteria=["b"]), scenario.judge(),
        agents=[referee],
    )  # fmt: skip
    assert result.success
    assert result.passed_criteria == ["a", "b", "c"]
    assert [i.judgment_request.criteria for i in referee.inputs] == [["a"], ["b"], None]


async def test_a_script_that_ends_with_passed_checkpoints_is_a_success():
    result = await run(scenario.judge(criteria=["a"]), agents=[judge(verdict(True, passed=["a"]))])
    assert result.success
    assert "inline criteria" in result.reasoning
    assert result.passed_criteria == ["a"]


async def test_a_failed_checkpoint_ends_the_run_with_the_criteria_of_all_checkpoints_each_once():
    referee = judge(verdict(True, passed=["a"]), verdict(False, passed=["b"], failed=["c"]))
    result = await run(
        scenario.judge(criteria=["a"]), scenario.judge(criteria=["b", "c"]), scenario.succeed(),
        agents=[referee],
    )  # fmt: skip
    assert not result.success
    assert (result.passed_criteria, result.failed_criteria) == (["a", "b"], ["c"])


async def test_a_checkpoint_whose_success_contradicts_its_criteria_fails():
    result = await run(
        scenario.judge(criteria=["a"]), scenario.succeed(), agents=[judge(verdict(True, failed=["a"]))]
    )
    assert not result.success


async def test_a_checkpoint_without_a_verdict_fails_with_all_its_criteria():
    result = await run(scenario.judge(criteria=["a", "b"]), scenario.succeed(), agents=[judge()])
    assert not result.success
    assert result.failed_criteria == ["a", "b"]
    assert "gave no verdict" in result.reasoning


async def test_context_reaches_the_judge():
    referee = judge(verdict())
    await run(scenario.judge(context="the fridge is empty"), agents=[referee])
    assert referee.inputs[0].judgment_request.context == "the fridge is empty"


# Automatic mode


async def test_proceed_goes_on_until_a_verdict():
    result = await run(scenario.proceed(), agents=[user(), agent(), judge([], [], verdict())])
    assert result.success
    assert texts(result.messages) == ["hello", "hi there"] * 3


async def test_no_script_and_an_empty_script_mean_proceed():
    for script in (None, []):
        result = await scenario.arun("n", "d", [user(), agent(), judge(verdict())], script=script)
        assert result.success
        assert len(result.messages) == 2


async def test_proceed_finishes_the_turn_in_progress_first_and_then_plays_whole_turns():
    referee = judge()
    result = await run(
        scenario.user("hi"), scenario.agent(), scenario.proceed(turns=2), scenario.succeed(),
        agents=[user(), agent(), referee],
    )  # fmt: skip
    assert len(referee.inputs) == 2
    assert texts(result.messages) == ["hi", "hi there", "hello", "hi there"]


async def test_proceed_after_a_finished_turn_opens_the_next():
    result = await run(
        scenario.user("hi"), scenario.agent(), scenario.proceed(turns=1), scenario.succeed(),
        agents=[user(), agent()],
    )  # fmt: skip
    assert texts(result.messages) == ["hi", "hi there", "hello", "hi there"]


async def test_exactly_max_turns_turns_are_played():
    referee = judge()
    result = await run(scenario.proceed(), agents=[user(), agent(), referee], max_turns=3)
    assert not result.success
    assert "maximum turns" in result.reasoning
    assert "3" in result.reasoning
    assert [i.scenario_state.config.max_turns for i in referee.inputs] == [3, 3, 3]
    assert len(result.messages) == 6


async def test_the_last_turn_is_told_by_one_definition():
    seen = []
    referee = judge(lambda input: seen.append(input.scenario_state.is_last_turn) or [])
    await run(scenario.proceed(), agents=[user(), agent(), referee], max_turns=3)
    assert seen == [False, False, True]


async def test_scripted_steps_never_consult_max_turns():
    steps = [scenario.user("x"), scenario.agent("y")] * 5
    result = await run(*steps, scenario.succeed(), max_turns=1)
    assert len(result.messages) == 10


async def test_on_turn_comes_between_turns_and_on_step_after_every_call():
    turns, steps = [], []
    await run(
        scenario.proceed(
            turns=3,
            on_turn=lambda state: turns.append(state.current_turn),
            on_step=lambda state: steps.append(len(state.messages)),
        ),
        scenario.succeed(),
        agents=[user(), agent()],
    )
    assert turns == [1, 2]
    assert steps == [1, 2, 3, 4, 5, 6]


async def test_on_turn_is_called_before_the_limit_ends_the_run():
    turns = []
    await run(
        scenario.proceed(on_turn=lambda state: turns.append(state.current_turn)),
        agents=[agent()],
        max_turns=2,
    )
    assert turns == [1, 2]


async def test_a_callback_may_be_async_and_may_end_the_run():
    async def stop(state):
        return scenario.fail("stopped")()

    for callback in ({"on_turn": stop}, {"on_step": stop}):
        result = await run(scenario.proceed(**callback), scenario.succeed(), agents=[agent()])
        assert result.reasoning == "stopped"


async def test_on_step_is_called_after_the_call_that_gives_the_verdict():
    steps = []
    await run(scenario.proceed(on_step=lambda state: steps.append(1)), agents=[judge(verdict())])
    assert steps == [1]


async def test_proceed_without_agents_is_an_error_at_once():
    with pytest.raises(ValueError, match="proceed\\(\\) needs agents"):
        await run(scenario.proceed())


@pytest.mark.parametrize("turns", [0, -1])
def test_proceed_with_less_than_one_turn_is_refused_when_the_step_is_made(turns):
    with pytest.raises(ValueError, match="at least 1"):
        scenario.proceed(turns=turns)


async def test_many_turns_use_no_recursion():
    result = await run(scenario.proceed(), agents=[judge()], max_turns=5000)
    assert "maximum turns (5000)" in result.reasoning


async def test_the_same_instance_twice_has_two_slots():
    bot = agent()
    result = await run(scenario.proceed(turns=1), scenario.succeed(), agents=[bot, bot])
    assert len(bot.inputs) == 2
    assert len(result.messages) == 2


async def test_agents_need_not_be_hashable():
    class Odd(type(agent())):
        __hash__ = None

        def __eq__(self, other):
            raise TypeError("not comparable")

    result = await run(scenario.agent(), scenario.succeed(), agents=[Odd("hi")])
    assert texts(result.messages) == ["hi"]


# What is wrong before the run begins


@pytest.mark.parametrize("bad", [object(), "agent", None])
async def test_what_is_no_agent_is_refused_with_index_and_type(bad):
    with pytest.raises(TypeError, match=rf"agents\[1\] is a {type(bad).__name__}"):
        await run(scenario.succeed(), agents=[agent(), bad])


async def test_a_class_in_place_of_an_instance_is_told_so():
    with pytest.raises(TypeError, match=r"agents\[0\] is the class Says; pass an instance"):
        await run(scenario.succeed(), agents=[type(agent())])


async def test_a_step_that_was_not_called_is_told_so():
    with pytest.raises(TypeError, match=r"script\[0\] is scenario.user itself; call it"):
        await run(scenario.user)


async def test_what_is_no_step_is_refused():
    with pytest.raises(TypeError, match=r"script\[1\] is 'hi'"):
        await run(scenario.succeed(), "hi")


@pytest.mark.parametrize("setting", [{"max_turns": 0}, {"max_turns": -3}, {"min_turns": -1}])
async def test_settings_out_of_range_are_refused(setting):
    with pytest.raises(ValueError, match="must be at least"):
        await run(scenario.succeed(), **setting)


async def test_min_turns_above_max_turns_is_refused():
    with pytest.raises(ValueError, match="min_turns=4 and max_turns=3"):
        await run(scenario.succeed(), min_turns=4, max_turns=3)


async def test_criteria_as_a_single_string_are_refused_when_the_step_is_made():
    with pytest.raises(TypeError, match="list of strings"):
        scenario.judge(criteria="be polite")


# Background turns


async def test_a_background_turn_is_awaited_by_the_next_step_that_needs_it():
    import asyncio

    started, release = asyncio.Event(), asyncio.Event()

    async def slow(input):
        started.set()
        await release.wait()
        return "slow"

    async def look(state):
        await started.wait()
        assert state.messages[-1]["content"] == "hi"
        release.set()

    result = await run(
        scenario.user("hi"), scenario.agent(wait=False), look, scenario.user("more"), scenario.succeed(),
        agents=[agent(slow)],
    )  # fmt: skip
    assert texts(result.messages) == ["hi", "slow", "more"]


@pytest.mark.parametrize("role", ["user", "assistant", "system", "tool"])
async def test_a_background_turn_is_awaited_by_a_message_of_any_role(role):
    import asyncio

    async def slow(input):
        await asyncio.sleep(0)
        return "slow"

    note = scenario.message({"role": role, "content": "note", "tool_call_id": "1"})
    result = await run(
        scenario.user("hi"), scenario.agent(wait=False), note, scenario.succeed(), agents=[agent(slow)]
    )
    assert texts(result.messages) == ["hi", "slow", "note"]


async def test_a_second_background_turn_while_one_runs_is_an_error():
    import asyncio

    async def forever(input):
        await asyncio.Event().wait()

    with pytest.raises(RuntimeError, match="background turn"):
        await run(scenario.agent(wait=False), scenario.agent(wait=False), agents=[agent(forever)])


async def test_a_background_turn_is_awaited_at_the_end_of_the_script():
    result = await run(scenario.user("hi"), scenario.agent(wait=False), agents=[agent(verdict())])
    assert result.success


async def test_the_exception_of_a_background_turn_surfaces_at_the_next_step():
    with pytest.raises(AgentCallError, match="boom"):
        await run(
            scenario.agent(wait=False), scenario.user("hi"), scenario.succeed(),
            agents=[agent(ValueError("boom"))],
        )  # fmt: skip


async def test_a_background_turn_is_cancelled_when_the_run_ends_otherwise():
    import asyncio

    ended = []

    async def forever(input):
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async def fails(state):
        await asyncio.sleep(0)
        raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        await run(scenario.agent(wait=False), fails, agents=[agent(forever)])
    assert ended == [True]
    assert len(asyncio.all_tasks()) == 1
