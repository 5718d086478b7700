"""core.md 5 and design.md 7: a replayed entry is a hit, not a call; files are handled off the loop."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from scenario._cache import cache, store
from scenario._model import UsageMeter

pytestmark = pytest.mark.usefixtures("run")


def test_a_replayed_entry_is_counted_as_a_hit_of_the_current_role() -> None:
    work = cache(lambda: 1)
    meter = UsageMeter()

    with meter.role("Judge"):
        for _ in range(3):
            work()

    assert meter.report().by_role["Judge"].cache_hits == 2
    assert meter.report().total.calls == 0


async def test_a_shared_result_is_counted_as_a_hit() -> None:
    @cache()
    async def work() -> int:
        await asyncio.sleep(0)
        return 1

    meter = UsageMeter()
    with meter.role("User"):
        await asyncio.gather(*(work() for _ in range(5)))
        await work()

    assert meter.report().total.cache_hits == 5


def test_without_a_meter_a_hit_is_just_a_hit() -> None:
    work = cache(lambda: [1])

    assert [work(), work()] == [[1], [1]]


async def test_files_of_coroutines_are_handled_off_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []
    for name in ("load", "save"):
        original = getattr(store, name)

        def noted(*args: object, original: object = original) -> object:
            threads.append(threading.current_thread())
            return original(*args)  # pyright: ignore[reportCallIssue] - one of the two functions

        monkeypatch.setattr(store, name, noted)

    @cache()
    async def work() -> int:
        return 1

    await work()
    await work()

    assert len(threads) == 3
    assert threading.main_thread() not in threads


PROGRAM = """
import asyncio, sys
from scenario._cache import CacheScope, active_scope, cache

@cache()
async def work(x):
    print("called")
    return {"x": x}

async def main():
    with active_scope(CacheScope(sys.argv[1])):
        print(await work(1))

asyncio.run(main())
"""


def test_another_process_replays_what_this_one_stored() -> None:
    def output(key: str) -> list[str]:
        return subprocess.run(
            [sys.executable, "-c", PROGRAM, key], capture_output=True, check=True, text=True
        ).stdout.split("\n")[:-1]

    assert [output("a"), output("a"), output("b")] == [
        ["called", "{'x': 1}"],
        ["{'x': 1}"],
        ["called", "{'x': 1}"],
    ]


def test_importing_the_room_creates_nothing_and_loads_no_sdk() -> None:
    program = (
        "import sys, threading, scenario._cache\n"
        "heavy = {'any_llm', 'openai', 'litellm', 'httpx', 'opentelemetry', 'rich'}\n"
        "print(sorted(heavy & set(sys.modules)), threading.active_count())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)

    assert done.stdout == "[] 1\n"
