"""Every result has the recording, and artifacts are kept where that was asked for."""

from __future__ import annotations

import json
import logging
import os
from typing import TYPE_CHECKING, Any

import pytest

import scenario
from scenario.voice import VoiceOptions
from scenario.voice.testing import LoopbackVoiceAgent
from tests.voice_run.plays import play

if TYPE_CHECKING:
    from pathlib import Path

TURN = [scenario.user("hello"), scenario.agent()]


def wrong(state: scenario.ScenarioState) -> None:
    raise AssertionError("not what I wanted")


@pytest.mark.parametrize(
    "end", [[scenario.succeed()], [scenario.fail()], []], ids=["passed", "failed", "open"]
)
async def test_every_result_has_the_recording(end: list[Any]) -> None:
    result = await play(LoopbackVoiceAgent(["fine"]), script=[*TURN, *end])
    assert len(result.audio.segments) == 2
    assert result.audio.duration > 0.5
    assert len(result.timeline) == 4
    assert len(result.latency.measurements) == 1


async def test_an_exception_carries_the_recording() -> None:
    with pytest.raises(AssertionError) as raised:
        await play(LoopbackVoiceAgent(["fine"]), script=[*TURN, wrong])
    assert len(raised.value.voice_recording.segments) == 2


async def test_a_text_run_has_none() -> None:
    class Agent(scenario.AgentAdapter):
        async def call(self, input: scenario.AgentInput) -> str:
            return "fine"

    result = await play(Agent(), script=[*TURN, scenario.succeed()])
    assert (result.audio, result.timeline, result.latency) == (None, None, None)


def saved(directory: Path) -> list[Path]:
    return sorted(directory.iterdir()) if directory.exists() else []


@pytest.mark.parametrize(
    ("when", "failed", "kept"),
    [
        ("failure", True, 1), ("failure", False, 0), ("always", True, 1), ("always", False, 1),
        ("never", True, 0), ("never", False, 0),
    ],
)  # fmt: skip
async def test_artifacts_are_kept_when_asked_for(when: str, failed: bool, kept: int, tmp_path: Path) -> None:
    script = [*TURN, scenario.fail() if failed else scenario.succeed()]
    options = {"artifacts_dir": tmp_path / "kept", "save_artifacts": when}
    await play(LoopbackVoiceAgent(["fine"]), script=script, options=options)
    assert len(saved(tmp_path / "kept")) == kept


async def test_a_broken_run_keeps_its_artifacts_in_the_directory_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCENARIO_VOICE_ARTIFACTS_DIR", os.fspath(tmp_path))
    with pytest.raises(AssertionError):
        await play(LoopbackVoiceAgent(["fine"]), script=[*TURN, wrong], seed=77)
    (folder,) = saved(tmp_path)
    assert "_voice_" in folder.name
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["seed"] == 77
    assert manifest["adapters"][0]["name" if "name" in manifest["adapters"][0] else "class"] == (
        "LoopbackVoiceAgent"
    )
    assert len(list((folder / "segments").iterdir())) == 2


async def test_a_directory_that_cannot_be_written_costs_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    result = await play(
        LoopbackVoiceAgent(["fine"]), script=[*TURN, scenario.fail()], options={"artifacts_dir": file}
    )
    assert not result.success
    assert "could not be saved" in caplog.text


async def seed_of(caplog: pytest.LogCaptureFixture, **settings: Any) -> int:
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="scenario"):
        result = await scenario.arun(
            "seeds", "x", agents=[LoopbackVoiceAgent([])], script=[scenario.succeed()], **settings
        )
    assert f"voice seed {result.audio.seed}" in caplog.text
    return result.audio.seed


async def test_the_seed_is_logged_and_recorded(caplog: pytest.LogCaptureFixture) -> None:
    assert await seed_of(caplog, voice=VoiceOptions(seed=5)) == 5
    drawn = await seed_of(caplog)
    assert drawn != await seed_of(caplog)
    keyed = await seed_of(caplog, cache_key="v1")
    assert keyed == await seed_of(caplog, cache_key="v1") != await seed_of(caplog, cache_key="v2")


async def test_options_of_the_run_win_field_by_field(caplog: pytest.LogCaptureFixture) -> None:
    scenario.configure(voice=VoiceOptions(seed=9, clock="real"), verbose=False)
    assert await seed_of(caplog) == 9
    assert "clock real" in caplog.text
    assert await seed_of(caplog, voice=VoiceOptions(seed=1)) == 1
    assert "clock real" in caplog.text
    with pytest.raises(TypeError):
        scenario.configure(stt=None)  # pyright: ignore[reportCallIssue]
