"""Live tracks are added up by media time, and never more than two seconds are kept."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice._playback.live_mix import LONGEST, LiveMix
from tests.voice_recording.sounds import noise, tone

PIECES = st.lists(st.tuples(st.sampled_from("ua"), st.integers(0, 50), st.integers(0, 60)), max_size=12)


@given(pieces=PIECES, takes=st.lists(st.integers(0, 900), max_size=5))
def test_what_is_taken_is_the_sum_of_the_tracks(pieces, takes):
    mix, ends = LiveMix(), {"u": 0, "a": 0}
    tracks = {speaker: np.zeros(2000, int) for speaker in ends}
    mix.add(0, b"")
    for seed, (speaker, gap, length) in enumerate(pieces):
        start, pcm = ends[speaker] + gap, noise(length, seed)
        mix.add(start, pcm)
        tracks[speaker][start : start + length] += np.frombuffer(pcm, "<i2")
        ends[speaker] = start + length
    taken = b"".join(mix.take(until) for until in [*sorted(takes), 1000])
    both = np.clip(tracks["u"] + tracks["a"], -32768, 32767)
    assert np.frombuffer(taken, "<i2").tolist() == both[:1000].tolist()


def test_what_comes_too_late_is_lost_and_the_rest_stays_in_time():
    mix = LiveMix()
    mix.add(0, tone(0.1))
    mix.take(3600)
    mix.add(2400, tone(0.1))
    assert mix.take(4800) == tone(0.1)[2400:]


def test_a_device_that_was_slow_gets_the_last_two_seconds():
    mix = LiveMix()
    for second in range(10):
        mix.add(second * 24_000, noise(24_000, second))
    assert mix.take(240_000) == noise(24_000, 8) + noise(24_000, 9)


def test_what_nobody_takes_does_not_grow():
    mix = LiveMix()
    for number in range(36_000):  # an hour
        mix.add(number * 2400, b"\1\0" * 2400)
    assert sum(len(pcm) // 2 for _, pcm in mix._pieces) <= LONGEST + 2400
