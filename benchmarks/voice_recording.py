"""What recordings cost: files of them, an hour in memory, and a player that takes nothing."""

from __future__ import annotations

import stat
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Figures, Measurement, memory_growth, timed

if TYPE_CHECKING:
    from scenario.voice import VoiceRecording
    from scenario.voice._recording.track import Track

_SECOND = 24_000  # samples
_MINUTE = 60 * _SECOND
_PIECE = 2400  # samples: 100 ms


def recording_files() -> Figures:
    """Measure saving 10 minutes of conversation as WAV, flac, mp3 and ogg: CPU."""
    recording = _conversation(minutes=10)
    figures: Figures = {}
    with tempfile.TemporaryDirectory() as folder:
        _conversation(minutes=1).save(Path(folder, "first.flac"))  # loads what is loaded once
        for format in ("wav", "flac", "mp3", "ogg"):
            with timed() as took:
                recording.save(Path(folder, f"call.{format}"))
            figures[f"{format}_s"] = took.cpu
    return figures


def recording_hour() -> Figures:
    """Measure the memory of an hour of two tracks that are never silent: recorded, and then saved."""
    _conversation(minutes=1)  # loads what is loaded once
    with tempfile.TemporaryDirectory() as folder:
        with memory_growth() as recorded:
            recording = _conversation(minutes=60)
        with memory_growth() as saved, timed() as took:
            recording.save_segments(Path(folder, "call"))
        with memory_growth() as flac:
            recording.save(Path(folder, "call.flac"))
    return {
        "recorded_mb": recorded.mb,
        "saved_mb": recorded.mb + saved.mb,
        "flac_mb": recorded.mb + flac.mb,
        "saved_s": took.cpu,
    }


def stuck_player() -> Figures:
    """Measure how long five minutes of audio hold up a run whose player takes nothing."""
    from scenario.voice import AudioChunk
    from scenario.voice._playback.outputs import Program
    from scenario.voice._playback.player import Player

    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "player")
        program.write_text(f"#!{sys.executable} -I\nimport time\ntime.sleep(60)\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        player = Player([("stuck", lambda: Program((str(program),)))], grace=0.1)
        chunks = [
            AudioChunk(b"\1\0" * _PIECE, start_time=number * 0.1, speaker="agent") for number in range(3000)
        ]
        player.feed(chunks[0])
        time.sleep(1)  # it has started by now, and its pipe fills
        with timed() as took:
            for chunk in chunks[1:]:
                player.feed(chunk)
            player.close()
        player.join(10)
    return {"delay_ms": took.wall * 1e3}


def _conversation(*, minutes: int) -> VoiceRecording:
    """Return a recording of one turn of each side per minute, with noise on both lines all the time."""
    from scenario.voice import AudioSegment, VoiceRecording
    from scenario.voice._recording.track import Track

    user, agent = Track(), Track()
    _fill(user, minutes, speaks=range(30))
    _fill(agent, minutes, speaks=range(30, 60))
    segments = [
        AudioSegment.of_track(track, speaker, start, start + _MINUTE // 2)
        for minute in range(minutes)
        for track, speaker, start in (
            (user, "user", minute * _MINUTE),
            (agent, "agent", minute * _MINUTE + _MINUTE // 2),
        )
    ]
    return VoiceRecording(segments, user_track=user, agent_track=agent)


def _fill(track: Track, minutes: int, *, speaks: range) -> None:
    """Write a track in pieces as they come from a line: a voice in some seconds of each minute."""
    import numpy as np

    time = np.arange(_SECOND) / _SECOND
    noise = np.random.default_rng(0).normal(0, 3, _SECOND)
    overtones = sum(np.sin(2 * np.pi * 130 * k * time) / k for k in range(1, 25))
    voice = 6000 * overtones * (1 + np.sin(2 * np.pi * 3 * time)) / 2
    quiet, loud = (sound.astype("<i2").tobytes() for sound in (noise, noise + voice))
    for second in range(minutes * 60):
        sound = loud if second % 60 in speaks else quiet
        for start in range(0, _SECOND, _PIECE):
            track.write(second * _SECOND + start, sound[2 * start : 2 * (start + _PIECE)])


MEASUREMENTS = {
    "recording_files": Measurement(recording_files),
    "recording_hour": Measurement(recording_hour, best_of=1),
    "stuck_player": Measurement(stuck_player, best_of=1),
}
