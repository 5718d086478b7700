"""`ScenarioExecutor`, as an object of its own: core 2.10."""

from __future__ import annotations

import asyncio
import inspect
import os
import threading

import pytest

import scenario
from scenario.scenario_executor import ScenarioExecutor
from tests.engine.agents import agent, judge, texts, user, verdict

KINDS = ["SCENARIO_RUN_STARTED", "SCENARIO_MESSAGE_SNAPSHOT", "SCENARIO_RUN_FINISHED"]


class Bus:
    """An event bus of the user's own."""

    def __init__(self, *, fails=False):
        self.events = []
        self.drained = 0
        self.fails = fails

    def subscribe_to_events(self, events):
        events.subscribe(self.events.append)

    def drain(self):
        self.drained += 1
        if self.fails:
            raise RuntimeError("the bus broke")

    @property
    def kinds(self):
        return [event.type_ for event in self.events]


class AsyncBus(Bus):
    async def drain(self):
        super().drain()


def test_its_attributes_are_what_it_was_given():
    bus = Bus()
    executor = ScenarioExecutor(
        "refund",
        "A user wants money back.",
        agents=[agent()],
        script=[scenario.succeed()],
        max_turns=7,
        event_bus=bus,
        set_id="mine",
        metadata={"build": 1},
    )
    assert (executor.name, executor.description) == ("refund", "A user wants money back.")
    assert (len(executor.agents), len(executor.script)) == (1, 1)
    assert executor.config.max_turns == 7
    assert (executor.scenario_set_id, executor.metadata, executor.event_bus) == ("mine", {"build": 1}, bus)
    assert executor.batch_run_id.startswith("scenariobatch_")


@pytest.mark.parametrize("set_id", [None, ""])
def test_no_set_is_the_default_set(set_id):
    assert ScenarioExecutor("n", "d", set_id=set_id).scenario_set_id == "default"


async def test_subscribers_get_every_event_in_order():
    executor, seen = ScenarioExecutor("n", "d", script=[scenario.user("hi"), scenario.succeed()]), []
    executor.events.subscribe(seen.append)
    await executor.run()
    assert [event.type_ for event in seen] == KINDS
    assert seen[0].to_dict()["type"] == "SCENARIO_RUN_STARTED"
    assert {event.scenario_run_id for event in seen} == {seen[0].scenario_run_id}
    assert {event.batch_run_id for event in seen} == {executor.batch_run_id}


@pytest.mark.parametrize("bus", [Bus(), AsyncBus()], ids=["sync drain", "async drain"])
async def test_a_bus_of_ones_own_takes_the_events_and_is_drained_once_per_run(bus):
    executor = ScenarioExecutor("n", "d", script=[scenario.user("hi"), scenario.succeed()], event_bus=bus)
    await executor.run()
    assert (bus.kinds, bus.drained) == (KINDS, 1)


@pytest.mark.parametrize("bus", [Bus(fails=True), AsyncBus(fails=True)], ids=["sync drain", "async drain"])
async def test_a_bus_that_fails_to_drain_changes_neither_result_nor_error(bus, caplog):
    def raises(state):
        raise KeyError("the script's own")

    assert (await ScenarioExecutor("n", "d", script=[scenario.succeed()], event_bus=bus).run()).success
    with pytest.raises(KeyError, match="the script's own"):
        await ScenarioExecutor("n", "d", script=[raises], event_bus=bus).run()
    assert caplog.text.count("the bus broke") == 2


async def test_a_bus_that_waits_in_drain_does_not_block_the_loop():
    draining, released = threading.Event(), threading.Event()

    class Waits(Bus):
        def drain(self):
            draining.set()
            assert released.wait(10)

    async def release():
        await asyncio.to_thread(draining.wait, 10)
        released.set()  # never, if the loop waits for the bus

    async with asyncio.TaskGroup() as group:
        group.create_task(release())
        run = group.create_task(
            ScenarioExecutor("n", "d", script=[scenario.succeed()], event_bus=Waits()).run()
        )
    assert run.result().success


async def test_each_run_is_a_fresh_one_with_new_ids_and_every_kind_of_event():
    executor, seen = ScenarioExecutor("n", "d", [user(), agent()], max_turns=2), []
    executor.events.subscribe(seen.append)
    first, second = await executor.run(), await executor.run()
    assert texts(first.messages) == texts(second.messages) == ["hello", "hi there"] * 2
    runs = {}
    for event in seen:
        runs.setdefault(event.scenario_run_id, []).append(event.type_)
    assert len(runs) == 2
    for kinds in runs.values():
        assert set(kinds) == set(KINDS)
        assert (kinds[0], kinds[-1]) == (KINDS[0], KINDS[-1])


def test_two_executors_share_no_container():
    first, second = ScenarioExecutor("n", "d"), ScenarioExecutor("n", "d")
    for name in ("metadata", "events"):
        assert getattr(first, name) is not getattr(second, name)
    assert first.reset().conversation.messages is not second.reset().conversation.messages


def test_the_callers_containers_are_not_kept():
    agents, script, metadata = [agent()], [scenario.succeed()], {"a": 1}
    executor = ScenarioExecutor("n", "d", agents, script, metadata=metadata)
    agents.clear()
    script.clear()
    metadata.clear()
    assert (len(executor.agents), len(executor.script), executor.metadata) == (1, 1, {"a": 1})


async def test_step_plays_one_automatic_step():
    executor = ScenarioExecutor("n", "d", [user(), agent(), judge([], verdict())])
    assert texts(await executor.step()) == ["hello"]
    assert texts(await executor.step()) == ["hi there"]
    assert await executor.step() == []
    assert texts(await executor.step()) == ["hello"]
    await executor.step()
    assert (await executor.step()).success


async def test_step_ends_at_the_limit_of_turns():
    executor = ScenarioExecutor("n", "d", [agent()], max_turns=1)
    await executor.step()
    assert "maximum turns" in (await executor.step()).reasoning


async def test_the_steps_are_methods_too():
    bot = agent("well")
    executor = ScenarioExecutor("n", "d", [user("so"), bot, judge(verdict())])
    executor.add_message({"role": "system", "content": "be brief"})
    executor.add_messages([{"role": "user", "content": "one"}, {"role": "user", "content": "two"}])
    assert texts(executor.rollback_messages_to(2)) == ["two"]
    await executor.message({"role": "system", "content": "and kind"})
    await executor.user("three")
    await executor.agent()
    assert texts(bot.inputs[0].messages) == ["be brief", "one", "and kind", "three"]
    await executor.proceed(turns=1)
    assert (await executor.judge(criteria=["c"])) is None
    assert (await executor.succeed("good")).reasoning == "good"
    assert not (await executor.fail("bad")).success


def test_reset_forgets_what_was_played():
    executor = ScenarioExecutor("n", "d")
    executor.add_message({"role": "user", "content": "hi"})
    executor.reset()
    executor.add_message({"role": "user", "content": "again"})
    assert texts(executor.rollback_messages_to(0)) == ["again"]


def test_all_parameters_but_the_newest_may_be_positional():
    positional = [
        "name", "description", "agents", "max_turns", "verbose", "cache_key", "debug", "script", "set_id",
        "metadata", "on_audio_chunk", "on_voice_event", "audio_playback",
    ]  # fmt: skip
    for function in (scenario.run, scenario.arun):
        assert inspect.iscoroutinefunction(function)
        kinds = {name: p.kind for name, p in inspect.signature(function).parameters.items()}
        assert [
            n for n, kind in kinds.items() if kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
        ] == positional
        assert kinds["voice"] is inspect.Parameter.KEYWORD_ONLY
    assert inspect.signature(scenario.run) == inspect.signature(scenario.arun)


async def test_positional_arguments_mean_what_the_table_says():
    metadata = {"a": 1}
    script = [scenario.user("hi"), scenario.succeed()]
    result = await scenario.arun(
        "n", "d", (), 3, False, None, False, script, "set", metadata, None, None, False
    )
    assert result.success


async def test_hooks_of_voice_have_no_effect_without_a_voice():
    def fails(chunk):
        raise AssertionError("no audio")

    result = await scenario.run(
        "n", "d", script=[scenario.user("hi"), scenario.succeed()],
        on_audio_chunk=fails, on_voice_event=fails, audio_playback=True,
    )  # fmt: skip
    assert result.success
    assert (result.audio, result.timeline, result.latency) == (None, None, None)


def test_no_public_signature_has_a_mutable_default():
    functions = [scenario.run, scenario.arun, scenario.configure, scenario.cache, ScenarioExecutor]
    functions += [
        scenario.user,
        scenario.agent,
        scenario.judge,
        scenario.proceed,
        scenario.succeed,
        scenario.fail,
    ]
    functions += [scenario.UserSimulatorAgent, scenario.JudgeAgent]
    for function in functions:
        for name, parameter in inspect.signature(function).parameters.items():
            assert not isinstance(parameter.default, list | dict | set), (function, name)


async def test_the_batch_is_exported_for_child_processes(monkeypatch):
    executor = ScenarioExecutor("n", "d")
    assert os.environ["SCENARIO_BATCH_RUN_ID"] == executor.batch_run_id
    assert ScenarioExecutor("n", "d").batch_run_id == executor.batch_run_id
    monkeypatch.setenv("SCENARIO_BATCH_RUN_ID", "scenariobatch_given")
    assert ScenarioExecutor("n", "d").batch_run_id == "scenariobatch_given"


async def test_a_bad_agent_is_refused_before_anything_is_told(endings):
    for bad in (object(), "agent", None, type(agent())):
        for run in (scenario.run, scenario.arun):
            with pytest.raises(TypeError, match=r"agents\[0\]"):
                await run("n", "d", [bad])
    assert endings.started == []


async def test_an_instances_role_overrides_that_of_its_class():
    class Both(scenario.AgentAdapter):
        async def call(self, input):
            return "said"

    speaker = Both()
    speaker.role = scenario.AgentRole.USER
    result = await scenario.arun("n", "d", [speaker], script=[scenario.user(), scenario.succeed()])
    assert result.messages[0]["role"] == "user"


def test_an_adapter_without_call_cannot_be_made():
    class Nothing(scenario.AgentAdapter):
        pass

    with pytest.raises(TypeError, match="call"):
        Nothing()
