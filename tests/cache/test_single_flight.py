"""core.md 5.3: concurrent identical calls in one process run the function once."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from scenario._cache import cache, flight
from scenario._cache.flight import board

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("run")


@pytest.fixture(autouse=True)
def _nothing_stays_in_the_air() -> Any:
    yield
    assert flight._flights == {}


class Gate:
    """Lets a test see that the function runs, and decide when and how it ends."""

    def __init__(self) -> None:
        self.calls = 0
        self.running = threading.Event()
        self.open = threading.Event()

    def passed(self) -> dict[str, int]:
        self.calls += 1
        self.running.set()
        assert self.open.wait(30)
        return {"call": self.calls}

    async def apassed(self) -> dict[str, int]:
        self.calls += 1
        self.running.set()
        await asyncio.to_thread(self.open.wait, 30)
        return {"call": self.calls}


@pytest.fixture
def following(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Waits until so many calls follow a running one."""
    arrived = threading.Semaphore(0)

    def counted(key: str) -> Any:
        found = board(key)
        if not found[1]:
            arrived.release()
        return found

    monkeypatch.setattr("scenario._cache.replay.board", counted)

    def wait(count: int) -> None:
        for _ in range(count):
            assert arrived.acquire(timeout=30)

    return wait


def in_context(function: Callable[[], Any]) -> Callable[[], Any]:
    context = contextvars.copy_context()
    return lambda: context.run(function)


def test_fifty_threads_run_a_sync_function_once(following: Callable[[int], None]) -> None:
    gate = Gate()
    work = cache(lambda: gate.passed())

    with ThreadPoolExecutor(50) as pool:
        results = [pool.submit(in_context(work)) for _ in range(50)]
        following(49)
        gate.open.set()

    assert [result.result() for result in results] == [{"call": 1}] * 50
    assert len({id(result.result()) for result in results}) == 50


async def test_fifty_tasks_of_one_loop_run_a_coroutine_function_once(
    following: Callable[[int], None],
) -> None:
    gate = Gate()

    @cache()
    async def work() -> dict[str, int]:
        return await gate.apassed()

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work()) for _ in range(50)]
        await asyncio.to_thread(following, 49)
        gate.open.set()

    assert [task.result() for task in tasks] == [{"call": 1}] * 50


def test_event_loops_of_different_threads_share_one_call(following: Callable[[int], None]) -> None:
    gate = Gate()

    @cache()
    async def work() -> dict[str, int]:
        return await gate.apassed()

    with ThreadPoolExecutor(10) as pool:
        results = [pool.submit(in_context(lambda: asyncio.run(work()))) for _ in range(10)]
        following(9)
        gate.open.set()

    assert [result.result() for result in results] == [{"call": 1}] * 10


def test_a_failed_leader_lets_the_next_try(following: Callable[[int], None]) -> None:
    gate = Gate()

    @cache()
    def work() -> dict[str, int]:
        result = gate.passed()
        if result["call"] == 1:
            raise ValueError("only the leader sees this")
        return result

    with ThreadPoolExecutor(3) as pool:
        leader = pool.submit(in_context(work))
        assert gate.running.wait(30)
        others = [pool.submit(in_context(work)) for _ in range(2)]
        following(2)
        gate.open.set()

    with pytest.raises(ValueError, match="only the leader"):
        leader.result()
    assert [other.result() for other in others] == [{"call": 2}] * 2


async def test_a_cancelled_leader_lets_the_next_try(following: Callable[[int], None]) -> None:
    gate = Gate()

    @cache()
    async def work() -> dict[str, int]:
        return await gate.apassed()

    leader = asyncio.ensure_future(work())
    await asyncio.to_thread(gate.running.wait, 30)
    follower = asyncio.ensure_future(work())
    await asyncio.to_thread(following, 1)
    leader.cancel()
    gate.open.set()

    assert await asyncio.wait_for(follower, 30) == {"call": 2}
    assert leader.cancelled()


async def test_a_cancelled_follower_leaves_the_others_alone(following: Callable[[int], None]) -> None:
    gate = Gate()

    @cache()
    async def work() -> dict[str, int]:
        return await gate.apassed()

    first, second, third = (asyncio.ensure_future(work()) for _ in range(3))
    await asyncio.to_thread(following, 2)
    second.cancel()
    await asyncio.wait([second])
    gate.open.set()

    assert await asyncio.gather(first, third) == [{"call": 1}, {"call": 1}]


def test_a_leader_whose_loop_is_gone_lets_the_next_try() -> None:
    loop = asyncio.new_event_loop()

    @cache()
    async def work() -> int:
        if not loop.is_closed():
            loop.call_soon(loop.stop)
            await asyncio.Event().wait()
        return 1

    task = loop.create_task(work())
    loop.run_forever()
    task._log_destroy_pending = False  # pyright: ignore[reportAttributeAccessIssue] - this test means it
    loop.close()
    del task
    gc.collect()

    assert asyncio.run(asyncio.wait_for(work(), 30)) == 1


async def test_unstorable_results_are_made_for_each_caller_at_once(following: Callable[[int], None]) -> None:
    gate = Gate()

    @cache()
    async def work() -> Any:
        call = await gate.apassed()
        return (x for x in [call["call"]])

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work()) for _ in range(5)]
        await asyncio.to_thread(following, 4)
        gate.open.set()

    assert len({id(task.result()) for task in tasks}) == 5


def test_a_re_entrant_sync_call_runs_directly() -> None:
    depth: list[int] = []

    @cache()
    def work() -> int:
        depth.append(1)
        return work() + 1 if len(depth) < 3 else 0

    assert work() == 2


async def test_a_re_entrant_call_from_a_child_task_runs_directly() -> None:
    depth: list[int] = []

    @cache()
    async def work() -> int:
        depth.append(1)
        return await asyncio.ensure_future(work()) + 1 if len(depth) < 3 else 0

    assert await asyncio.wait_for(work(), 30) == 2


def test_calls_inside_a_call_are_cached_too() -> None:
    calls: list[int] = []

    @cache()
    def inner(x: int) -> int:
        calls.append(x)
        return x

    @cache()
    def outer(x: int) -> int:
        return inner(1) + x

    assert [outer(1), outer(2), inner(1), calls] == [2, 3, 1, [1]]
