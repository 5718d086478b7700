"""Playing aloud costs the run nothing, whatever the player does."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from scenario.voice import AudioChunk
from scenario.voice._playback.player import Player
from tests.voice_playback.players import CHATTERS, FAILS, PLAYS, STAYS, TAKES_NOTHING, install, started
from tests.voice_recording.sounds import noise

LEVEL = b"\x10\x00"


def piece(
    start: float | None, seconds: float = 0.1, *, speaker: str = "user", sample: bytes = LEVEL
) -> AudioChunk:
    return AudioChunk(sample * round(seconds * 24_000), start_time=start, speaker=speaker)  # type: ignore[arg-type]


def gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def without_silence(pcm: bytes) -> bytes:
    """Return audio without leading and trailing silence; samples stay whole."""
    start = (len(pcm) - len(pcm.lstrip(b"\0"))) // 2 * 2
    return pcm[start : len(pcm.rstrip(b"\0")) + len(pcm.rstrip(b"\0")) % 2]


def test_both_tracks_are_heard_added_up_at_their_times(path):
    heard = install(path, "paplay", PLAYS)
    player = Player()
    player.feed(piece(1.0))
    player.feed(piece(1.05, speaker="agent"))
    player.feed(piece(1.2))
    player.close()
    assert player.join(20)
    half = 1200
    assert without_silence(heard.read_bytes()) == (
        LEVEL * half + b"\x20\x00" * half + LEVEL * half + bytes(2 * half) + LEVEL * (2 * half)
    )


def test_pieces_without_a_time_follow_each_other(path):
    heard = install(path, "aplay", PLAYS)
    player = Player()
    for _ in range(3):
        player.feed(piece(None))
    player.close()
    assert player.join(20)
    assert without_silence(heard.read_bytes()) == LEVEL * 7200


def test_it_plays_while_the_run_goes_on(path):
    heard = install(
        path, "aplay", "import shutil; shutil.copyfileobj(sys.stdin.buffer.raw, open(out, 'wb', 0), 960)"
    )
    player = Player()
    player.feed(piece(0.0))
    deadline = time.monotonic() + 20
    while not (heard.exists() and LEVEL * 2400 in heard.read_bytes()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    player.close()
    assert player.join(20)


@pytest.mark.parametrize("body", [TAKES_NOTHING, STAYS], ids=["idle", "stubborn"])
def test_a_player_that_takes_nothing_delays_nothing_and_is_ended(path, body):
    install(path, "pw-cat", body)
    player = Player(grace=0.2)
    player.feed(piece(0.0))
    pid, _ = started(path, "pw-cat")
    began = time.monotonic()
    for number in range(3000):  # five minutes
        player.feed(piece(number / 10))
    player.close()
    assert time.monotonic() - began < 1
    assert player.join(20)
    assert gone(pid)


def test_a_player_that_says_a_lot_still_plays(path):
    heard = install(path, "pw-cat", CHATTERS)
    player = Player()
    player.feed(piece(0.0))
    player.close()
    assert player.join(20)
    assert without_silence(heard.read_bytes()) == LEVEL * 2400


def test_when_a_player_fails_the_next_one_is_tried(path, caplog):
    install(path, "pw-cat", FAILS)
    heard = install(path, "sox", PLAYS)
    player = Player()
    player.feed(piece(0.0))
    started(path, "sox")
    player.feed(AudioChunk(noise(2400), start_time=0.0, speaker="agent"))
    player.close()
    with caplog.at_level(logging.DEBUG, logger="scenario"):
        assert player.join(20)
    assert len(heard.read_bytes()) > 0
    assert caplog.records == []


@pytest.mark.parametrize("players", [[], ["pw-cat", "paplay", "aplay"]])
def test_without_a_device_there_is_one_line_at_debug(path, caplog, players):
    for name in players:
        install(path, name, FAILS)
    player = Player()
    with caplog.at_level(logging.DEBUG, logger="scenario"):
        player.feed(piece(0.0))
        assert player.join(20)
    (record,) = caplog.records
    assert record.levelno == logging.DEBUG
    assert all(name in record.getMessage() for name in ["not played aloud", "sounddevice", *players])
    player.feed(piece(0.1))
    player.close()


def test_the_device_can_be_opened_before_there_is_audio(path):
    heard = install(path, "paplay", PLAYS)
    player = Player()
    player.start()
    started(path, "paplay")
    player.feed(piece(5.0))
    player.close()
    player.start()
    assert player.join(20)
    assert without_silence(heard.read_bytes()) == LEVEL * 2400
    assert len(heard.read_bytes()) < 48_000  # the five seconds before are not played


def test_a_player_that_never_plays_anything_starts_nothing(path):
    threads = threading.active_count()
    player = Player()
    player.feed(AudioChunk(b""))
    player.close()
    player.feed(piece(0.0))
    assert threading.active_count() == threads
    assert player.join(0)


def test_an_installed_sound_library_comes_first(path, monkeypatch):
    heard: list[bytes] = []
    calls: list[str] = []

    class RawOutputStream:
        def __init__(self, **shape: object) -> None:
            calls.append(f"{shape['samplerate']} {shape['channels']} {shape['dtype']}")

        def write(self, pcm: bytes) -> None:
            heard.append(pcm)

        def __getattr__(self, name: str) -> object:
            return lambda **_: calls.append(name)

    install(path, "pw-cat", PLAYS)
    monkeypatch.setitem(sys.modules, "sounddevice", SimpleNamespace(RawOutputStream=RawOutputStream))
    player = Player()
    player.feed(piece(0.0))
    player.close()
    assert player.join(20)
    assert without_silence(b"".join(heard)) == LEVEL * 2400
    assert calls == ["24000 1 int16", "start", "stop", "close"]
    assert not (path / "pw-cat.pid").exists()
