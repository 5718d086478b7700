"""Those who listen while the run goes on."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest

import scenario
from scenario.voice import AudioChunk, VoiceEvent
from scenario.voice.testing import LoopbackVoiceAgent
from tests.voice_run.plays import NUMBERS, events, play

SCRIPT = [
    scenario.user("hello there"), scenario.agent(), scenario.silence(1.0), scenario.user("count"),
    scenario.interrupt("stop", after_words=3), scenario.agent(), scenario.succeed(),
]  # fmt: skip


async def listened(**settings: Any) -> tuple[Any, list[AudioChunk], list[VoiceEvent]]:
    chunks, told = list[AudioChunk](), list[VoiceEvent]()
    agent = LoopbackVoiceAgent(["hi", NUMBERS, "fine"], **settings)
    result = await play(agent, script=SCRIPT, on_audio_chunk=chunks.append, on_voice_event=told.append)
    return result, chunks, told


@pytest.mark.parametrize("manner", [{}, {"burst": True}, {"silence_frames": True}], ids=str)
async def test_the_pieces_are_the_tracks(manner: dict[str, Any]) -> None:
    result, chunks, _ = await listened(**manner)
    assert {chunk.speaker for chunk in chunks} == {"user", "agent"}
    assert max(chunk.duration_seconds for chunk in chunks) <= 0.1
    for speaker, track in (("user", result.audio.user_track), ("agent", result.audio.agent_track)):
        end = 0.0
        placed = bytearray()
        for chunk in (each for each in chunks if each.speaker == speaker):
            assert chunk.start_time >= end - 1e-6
            assert chunk.end_time - chunk.start_time == pytest.approx(chunk.duration_seconds)
            placed += bytes(2 * round(chunk.start_time * 24_000) - len(placed)) + chunk.data
            end = chunk.end_time
        assert bytes(placed) == track.read()


async def test_each_event_is_told_once() -> None:
    result, _, told = await listened()
    assert len(told) == len(result.timeline)
    assert sorted(map(id, told)) == sorted(map(id, result.timeline))
    times = [event.time for event in events(result)]
    assert times == sorted(times)


async def test_a_hook_that_raises_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def hook(value: Any) -> None:
        raise RuntimeError("my own fault")

    agent = LoopbackVoiceAgent(["hi", NUMBERS, "fine"])
    result = await play(agent, script=SCRIPT, on_audio_chunk=hook, on_voice_event=hook)
    assert result.success
    assert "on_audio_chunk raised" in caplog.text
    assert "on_voice_event raised" in caplog.text


async def test_a_slow_hook_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    slept: list[float] = []

    def hook(chunk: AudioChunk) -> None:
        if len(slept) < 3:
            slept.append(chunk.duration_seconds)
            time.sleep(0.06)

    with caplog.at_level(logging.WARNING):
        await play(LoopbackVoiceAgent(["hi", NUMBERS, "fine"]), script=SCRIPT, on_audio_chunk=hook)
    assert caplog.text.count("on_audio_chunk takes longer") == 1
    assert len(slept) == 3


async def test_pieces_come_while_they_are_heard() -> None:
    late: list[float] = []
    begun: list[float] = []

    def hook(chunk: AudioChunk) -> None:
        begun.append(time.monotonic() - chunk.start_time)
        late.append(time.monotonic() - chunk.end_time - min(begun))

    script = [scenario.user("hello there"), scenario.agent(), scenario.succeed()]
    await play(LoopbackVoiceAgent(["fine thanks"]), script=script, clock="real", on_audio_chunk=hook)
    late.sort()
    assert late[len(late) // 2] < 0.15  # the median: machines are shared


async def test_the_state_shows_the_events_so_far() -> None:
    seen: list[list[str]] = []

    def look(state: scenario.ScenarioState) -> None:
        seen.append([event.type for event in state.timeline])
        state.timeline.clear()  # a copy

    script = [scenario.user("hi"), look, scenario.agent(), look, scenario.succeed()]
    result = await play(LoopbackVoiceAgent(["fine"]), script=script)
    assert seen[0] == []
    assert seen[1][:3] == ["user_start_speaking", "user_stop_speaking", "agent_start_speaking"]
    assert len(events(result)) == 4
