from __future__ import annotations

import asyncio
import threading

import pytest

from scenario._model.loading import import_off_loop, load_once


async def test_many_who_ask_at_once_load_once_and_off_the_loop() -> None:
    threads: list[threading.Thread] = []
    gate = threading.Event()

    def load() -> object:
        gate.wait(10)
        threads.append(threading.current_thread())
        return object()

    waiting = [asyncio.create_task(load_once("test: many", load)) for _ in range(20)]
    await asyncio.sleep(0)
    gate.set()
    loaded = await asyncio.gather(*waiting)
    assert len({id(value) for value in loaded}) == 1
    assert len(threads) == 1
    assert threads[0] is not threading.current_thread()
    assert await load_once("test: many", load) is loaded[0]


async def test_a_cancelled_waiter_does_not_stop_the_loading() -> None:
    gate = threading.Event()

    def load() -> bool:
        return gate.wait(10)

    first = asyncio.create_task(load_once("test: cancelled", load))
    second = asyncio.create_task(load_once("test: cancelled", load))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    gate.set()
    assert await second


async def test_a_failed_load_is_raised_and_tried_again_the_next_time() -> None:
    outcomes = [ImportError("not yet"), None]

    def load() -> str:
        outcome = outcomes.pop(0)
        if outcome:
            raise outcome
        return "loaded"

    with pytest.raises(ImportError, match="not yet"):
        await load_once("test: failing", load)
    assert await load_once("test: failing", load) == "loaded"


async def test_a_module_is_imported() -> None:
    assert (await import_off_loop("json")).__name__ == "json"
