"""Campaigns run: side by side, sharing nothing."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from scenario._observer import Observer, add_process_observer, remove_process_observer
from scenario.campaign import attacks, run_campaign
from scenario.errors import AgentCallError, ModelNotConfiguredError

from .campaigns import (
    HEDGE,
    REFUSAL,
    SETTINGS,
    STAFF_CODE,
    Cast,
    Target,
    campaign,
    judge_of,
    playing,
    yields_at,
)


class EveryOutcome:
    """Makes targets that hold, yield, go silent, raise and cancel themselves, in turn."""

    def __init__(self) -> None:
        self.made: list[Target] = []
        self.answers = [REFUSAL, yields_at(2), HEDGE, self.raising, self.cancelling, REFUSAL]

    def __call__(self) -> Target:
        self.made.append(Target(self.answers[len(self.made)]))
        return self.made[-1]

    @staticmethod
    def raising(_):
        raise KeyError("the database is down")

    @staticmethod
    def cancelling(_):
        raise asyncio.CancelledError


async def test_one_attack_changes_no_other():
    result = await campaign(EveryOutcome(), trials=6, max_concurrency=1)

    assert [one.outcome for one in result.results] == ["held", "broke", "broke", "errored", "errored", "held"]
    assert isinstance(result.results[3].error, AgentCallError)
    assert [one.result is None for one in result.results] == [False, False, False, True, True, False]


@pytest.mark.parametrize("threads", [False, True])
async def test_outcomes_are_the_same_side_by_side(threads):
    result = await campaign(
        lambda: Target(yields_at(2)), strategies=["pair", "goat"], trials=4, threads=threads
    )

    assert {one.outcome for one in result.results} == {"broke"}
    assert [str(one.attack) for one in result.results] == [
        f"staff_code-{strategy}-{trial}" for strategy in ("pair", "goat") for trial in range(1, 5)
    ]


async def test_results_come_in_order_whichever_ends_first():
    delays = iter([0.2, 0.1, 0.0])

    class Slow(Target):
        def __init__(self):
            super().__init__(REFUSAL)
            self.delay = next(delays)

        async def call(self, input):
            await asyncio.sleep(self.delay)
            return await super().call(input)

    ended = []
    result = await campaign(Slow, trials=3, on_result=lambda one: ended.append(one.attack.trial))

    assert ended == [3, 2, 1]
    assert [one.attack.trial for one in result.results] == [1, 2, 3]


async def test_no_more_attacks_run_at_a_time_than_allowed():
    running, most = set(), 0

    class Counting(Target):
        async def call(self, input):
            nonlocal most
            running.add(input.thread_id)
            most = max(most, len(running))
            await asyncio.sleep(0)
            return REFUSAL

    def ended(one):
        running.discard(one.agent._run._thread_id)

    await campaign(Counting, trials=9, max_concurrency=3, on_result=ended)

    assert most == 3


async def test_every_attack_has_a_target_of_its_own_which_may_be_made_later():
    made = []

    async def make():
        await asyncio.sleep(0)
        made.append(Target(REFUSAL))
        return made[-1]

    await campaign(make, trials=3)

    assert len(made) == 3
    assert all(len(target.inputs) == 3 for target in made)
    assert all(len(target.inputs[0]) == 1 for target in made)


async def test_agents_that_block_do_not_wait_for_each_other_in_threads():
    meeting = threading.Barrier(3, timeout=30)

    class Blocking(Target):
        async def call(self, input):
            meeting.wait()
            return REFUSAL

    result = await campaign(Blocking, trials=3, threads=True)

    assert [one.outcome for one in result.results] == ["held"] * 3


async def test_an_attack_that_hangs_has_errored():
    class Hanging(Target):
        async def call(self, input):
            await asyncio.Event().wait()

    targets = iter([Hanging(), Target(REFUSAL)])
    result = await campaign(lambda: next(targets), trials=2, timeout=2)

    assert [one.outcome for one in result.results] == ["errored", "held"]
    assert result.results[0].reason == "TimeoutError: not over after 2 s"
    assert len(result.results[0].messages) == 1


@pytest.mark.parametrize("threads", [False, True])
async def test_cancelling_a_campaign_ends_every_attack(threads):
    started, ended = threading.Semaphore(0), []

    class Hanging(Target):
        async def call(self, input):
            started.release()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(self)

    running = asyncio.create_task(campaign(Hanging, trials=4, threads=threads))
    await asyncio.to_thread(lambda: [started.acquire(timeout=30) for _ in range(4)])
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert len(ended) == 4
    assert {task for task in asyncio.all_tasks() if task.get_name().startswith("attack ")} == set()


async def test_results_are_told_as_they_come_and_a_report_that_fails_is_logged(caplog):
    told = []

    async def save(one):
        await asyncio.sleep(0)
        told.append(one.attack.trial)
        if one.attack.trial == 1:
            raise OSError("disk full")

    result = await campaign(lambda: Target(REFUSAL), trials=2, on_result=save, max_concurrency=1)

    assert told == [1, 2]
    assert [one.outcome for one in result.results] == ["held", "held"]
    assert "on_result failed for the attack staff_code-crescendo-1: OSError('disk full')" in caplog.text


async def test_equal_seeds_repeat_an_attack():
    async def sent():
        planned = attacks(
            [STAFF_CODE], strategies=["best_of_n"], trials=2, request="tell me the code", **SETTINGS
        )
        with playing(Cast()):
            result = await run_campaign(
                planned, target=lambda: Target(REFUSAL), description="A shop.", judge=judge_of
            )
        return [[message["content"] for message in one.messages] for one in result.results]

    first, again = await sent(), await sent()

    assert first == again
    assert first[0] != first[1]


async def test_what_identifies_an_attack_goes_with_its_events():
    seen = []

    class Watching(Observer):
        def run_started(self, run):
            seen.append((run.name, dict(run.metadata)))

    watching = Watching()
    add_process_observer(watching)
    try:
        result = await campaign(lambda: Target(REFUSAL))
    finally:
        remove_process_observer(watching)

    ((name, metadata),) = seen
    assert name == "staff_code-crescendo-1"
    assert metadata["objective_id"] == "staff_code"
    assert metadata["seed"] == result.results[0].attack.seed == result.results[0].record.seed


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"max_concurrency": 0}, ValueError, "max_concurrency must be at least 1"),
        ({"timeout": 0}, ValueError, "timeout must be above 0"),
        ({"on_objective": "cheer"}, ValueError, "on_objective must be"),
        ({"target": Target()}, TypeError, "pass the class of your adapter"),
    ],
)
async def test_what_cannot_be_run_is_refused_before_anything_runs(settings, error, message):
    with pytest.raises(error, match=message):
        await campaign(**{"target": Target, **settings})


async def test_a_missing_model_is_told_at_once(monkeypatch):
    monkeypatch.setattr("scenario.config.ScenarioConfig.default_config", None)
    with pytest.raises(ModelNotConfiguredError):
        await run_campaign(attacks([STAFF_CODE]), target=Target, description="A shop.")


async def test_a_hundred_attacks_take_as_long_as_the_slowest():
    class Slow(Target):
        async def call(self, input):
            await asyncio.sleep(0.5)
            return REFUSAL

    started = time.perf_counter()
    result = await campaign(Slow, strategies=["many_shot"], trials=100, max_concurrency=100)

    assert {one.outcome for one in result.results} == {"held"}
    assert time.perf_counter() - started < 25  # one after the other they take 150 s
