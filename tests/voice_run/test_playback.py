"""The conversation is played on this machine while it happens."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import scenario
from scenario.voice.testing import LoopbackVoiceAgent
from tests.voice_run.plays import play

if TYPE_CHECKING:
    import pytest

    from scenario.voice import AudioChunk

SCRIPT = [scenario.user("hello"), scenario.agent(), scenario.succeed()]


class Device:
    """Stands in for the player: it notes what it is fed."""

    def __init__(self) -> None:
        self.fed: list[AudioChunk] = []
        self.calls: list[str] = []

    def start(self) -> None:
        self.calls.append("start")

    def feed(self, chunk: AudioChunk) -> None:
        self.fed.append(chunk)

    def close(self) -> None:
        self.calls.append("close")


async def test_the_mix_is_played_and_the_hook_still_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    device, hooked = Device(), list[object]()
    monkeypatch.setattr("scenario.voice._playback.player.Player", lambda: device)
    started = time.monotonic()
    result = await play(
        LoopbackVoiceAgent(["fine"]), script=SCRIPT, audio_playback=True, on_audio_chunk=hooked.append
    )
    assert time.monotonic() - started >= result.audio.duration  # the real clock
    assert device.calls == ["start", "close"]
    assert device.fed == hooked
    assert {chunk.speaker for chunk in device.fed} == {"user", "agent"}


async def test_a_machine_without_a_device_plays_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    result = await play(LoopbackVoiceAgent(["fine"]), script=SCRIPT, audio_playback=True)
    assert result.success
