"""A run that is cancelled leaves what was heard by then, where recordings are kept, and nothing that runs."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

import scenario
from scenario.voice.testing import LoopbackVoiceAgent
from tests.voice_run.plays import NUMBERS, play

if TYPE_CHECKING:
    from pathlib import Path

LENGTH = 9.0
"""Seconds that the script takes."""
SCRIPT = [
    scenario.user("hello there"),
    scenario.agent(),
    scenario.user("count"),
    scenario.interrupt("stop it now", after_words=4),
    scenario.agent(),
    scenario.agent(wait=False),
    scenario.sleep(0.6),
    scenario.user("and this too"),
    scenario.agent(),
    scenario.silence(30.0),
    scenario.fail(),
]


class Watched(LoopbackVoiceAgent):
    """Cancels the run that it is connected by, so many seconds into it."""

    at = 0.0
    run: asyncio.Task[Any] | None = None
    is_connected = False

    async def connect(self) -> None:
        await super().connect()
        self.is_connected = True
        self._start(self._cancel())

    async def disconnect(self) -> None:
        await super().disconnect()
        self.is_connected = False

    async def _cancel(self) -> None:
        await self.clock.sleep(self.at)
        assert self.run is not None
        self.run.cancel()


@pytest.mark.parametrize("at", [round(0.2 + LENGTH * step / 20, 3) for step in range(21)])
@pytest.mark.parametrize("keep", ["failure", "never"])
async def test_the_partial_recording_is_kept(at: float, keep: str, tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    agent = Watched([NUMBERS[:30], NUMBERS, "fine", NUMBERS[:40], "bye"], barge_in_after=0.3)
    agent.at = at
    options = {"artifacts_dir": tmp_path, "save_artifacts": keep}
    agent.run = asyncio.create_task(play(agent, script=SCRIPT, clock="virtual", options=options))
    await asyncio.wait([agent.run])
    assert agent.run.cancelled()
    assert not agent.is_connected
    assert asyncio.all_tasks() == before
    kept = await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
    if keep == "never":
        assert kept == []
        return
    (folder,) = kept
    manifest = json.loads((folder / "manifest.json").read_text())
    assert all((folder / segment["file"]).stat().st_size > 44 for segment in manifest["segments"])
    ends = [segment["end_time"] for segment in manifest["segments"]]
    assert max(ends, default=0.0) <= at + 0.1
    assert max(ends, default=0.0) >= min(at, 8.4) - 0.45, "whoever was speaking then is there"
    assert all(event["time"] <= at + 0.1 for event in manifest["events"])
    assert (folder / "full.wav").stat().st_size == pytest.approx(44 + manifest["duration"] * 48_000, abs=2)
