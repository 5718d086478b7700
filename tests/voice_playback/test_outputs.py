"""Which players are tried, and how each is told the format."""

from __future__ import annotations

import pytest

from scenario.voice._playback.outputs import candidates
from tests.voice_playback.players import PLAYS, install, started

PROGRAMS = ["pw-cat", "paplay", "aplay", "ffmpeg", "sox"]


def test_players_are_tried_in_order(path):
    for name in reversed(PROGRAMS):
        install(path, name, PLAYS)
    assert [name for name, _ in candidates()] == ["sounddevice", *PROGRAMS]


def test_players_that_are_not_there_are_left_out(path):
    install(path, "aplay", PLAYS)
    assert [name for name, _ in candidates()] == ["sounddevice", "aplay"]


def test_ffmpeg_is_left_out_where_it_has_no_device_to_play_on(path, monkeypatch):
    install(path, "ffmpeg", PLAYS)
    monkeypatch.setattr("sys.platform", "win32")
    assert [name for name, _ in candidates()] == ["sounddevice"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_each_program_is_told_rate_channels_and_format(path, name):
    heard = install(path, name, PLAYS)
    (_, (found, open_output)) = candidates()
    assert found == name
    output = open_output()
    output.write(b"\1\2" * 100_000)  # more than a pipe holds
    output.finish()
    output.close()
    arguments = " ".join(started(path, name)[1]).replace("=", " ")
    assert "24000" in arguments
    assert any(channels in arguments for channels in ("-c 1", "-ac 1", "channels 1"))
    assert any(form in arguments for form in ("s16", "S16_LE", "-e signed-integer -b 16 -L"))
    assert heard.read_bytes() == b"\1\2" * 100_000
