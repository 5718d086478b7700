"""A run may be cancelled at any moment, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import random
import tempfile
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

import scenario
from scenario.voice import effects
from scenario.voice.testing import LoopbackVoiceAgent
from tests.voice_run.plays import NUMBERS, caller, play

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = [
    scenario.user("hello there"),
    scenario.agent(),
    scenario.user("count"),
    scenario.interrupt("stop", after_words=2),
    scenario.agent(wait=False),
    scenario.sleep(0.4),
    scenario.user("and this"),
    scenario.agent(),
    scenario.silence(0.3),
    scenario.fail(),
]


class Agent(LoopbackVoiceAgent):
    connected = False

    async def connect(self) -> None:
        await super().connect()
        self.connected = True

    async def disconnect(self) -> None:
        await super().disconnect()
        self.connected = False


async def run(agent: Agent, folder: Path, clock: str) -> Any:
    user = caller(audio_effects=[effects.phone_quality()])
    options = {"artifacts_dir": folder}
    return await play(agent, user, script=SCRIPT, clock=clock, options=options)


def agent() -> Agent:
    return Agent([NUMBERS[:30], NUMBERS, NUMBERS[:40], "fine", "bye"])


def manifests(folder: Path) -> list[Path]:
    return list(folder.glob("*/manifest.json"))


def threads() -> set[str]:
    """Return what runs; the pool of the loop keeps its threads for the next one who needs them."""
    return {thread.name for thread in threading.enumerate() if not thread.name.startswith("asyncio_")}


@pytest.mark.parametrize("clock", ["virtual", "real"])
async def test_nothing_is_left_wherever_a_run_is_cancelled(
    clock: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    tasks, running = asyncio.all_tasks(), threads()
    started = time.monotonic()
    await run(agent(), tmp_path / "whole", "virtual")
    took = time.monotonic() - started if clock == "virtual" else 2.0
    rng, cancelled = random.Random(11), 0
    for _ in range(50 if clock == "virtual" else 8):
        one = agent()
        task = asyncio.create_task(run(one, tmp_path / "cut", clock))
        await asyncio.sleep(rng.uniform(0, took))
        task.cancel()
        begun = time.monotonic()
        await asyncio.wait([task])
        assert time.monotonic() - begun < 5
        cancelled += task.cancelled()
        assert not one.connected
        assert asyncio.all_tasks() == tasks
    assert cancelled > 4
    assert threads() <= running
    assert list(temporary.iterdir()) == []


async def test_a_run_that_is_cancelled_twice_still_disconnects() -> None:
    disconnected = asyncio.Event()

    class Slow(Agent):
        async def disconnect(self) -> None:
            await asyncio.sleep(0.5)
            await super().disconnect()
            disconnected.set()

    task = asyncio.create_task(play(Slow([]), script=[scenario.sleep(100), scenario.succeed()], clock="real"))
    await asyncio.sleep(0.3)
    task.cancel()
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert disconnected.is_set()


async def test_a_cancelled_run_keeps_its_artifacts(tmp_path: Path) -> None:
    task = asyncio.create_task(
        play(
            Agent(["hi"]),
            script=[scenario.user("hello"), scenario.agent(), lambda state: asyncio.sleep(100)],
            options={"artifacts_dir": tmp_path},
        )
    )
    await asyncio.sleep(1.5)
    task.cancel()
    await asyncio.wait([task])
    assert len(manifests(tmp_path)) == 1
