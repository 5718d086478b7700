"""Tracks hold what was written at its time, whatever is cut off, in memory as in a file."""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice._recording.track import Track, TrackSlice
from tests.voice_recording.sounds import noise, tone

ON_A_FULL_DISK = """
import resource, signal
from scenario.voice._recording.track import Track
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
for limit in (10_000, 200_000):
    track, refused = Track(spool_limit=limit), 0
    for second in range(5):
        try:
            track.write(track.length, bytes([second + 1]) * 48_000)
        except OSError:
            refused += 1
    kept = track.read()
    assert set(kept) == set(range(1, 6 - refused)) and len(kept) == (5 - refused) * 48_000, set(kept)
    print(refused)
"""
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 40), st.integers(0, 30)),
        st.tuples(st.just("truncate"), st.integers(-5, 200), st.none()),
    ),
    max_size=25,
)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@given(steps=STEPS, limit=st.sampled_from([0, 50, 10**6]), data=st.data())
def test_reads_what_was_written_and_silence_elsewhere(steps, limit, data):
    track, expected = Track(limit), b""
    for number, (step, value, length) in enumerate(steps):
        if step == "write":
            pcm = noise(length, seed=number)
            track.write(track.length + value, pcm)
            expected += bytes(2 * value) + pcm
        else:
            track.truncate(value)
            expected = expected[: 2 * max(value, 0)]
    assert track.length == len(expected) // 2
    assert track.read() == expected
    start = data.draw(st.integers(0, 300))
    end = data.draw(st.integers(start, 400))
    assert track.read(start, end) == expected.ljust(1000, b"\0")[2 * start : 2 * end]
    track.close()


def test_a_long_pause_costs_nothing():
    tracemalloc.start()
    try:
        track = Track()
        track.write(0, tone(0.1))
        before = tracemalloc.get_traced_memory()[0]
        track.write(24 * 3600 * 24_000, tone(0.1))
        assert tracemalloc.get_traced_memory()[1] - before < 100_000
    finally:
        tracemalloc.stop()
    assert track.duration == 24 * 3600 + 0.1


def test_beyond_the_limit_nothing_stays_in_memory():
    block = tone(1)
    tracemalloc.start()
    try:
        track = Track(spool_limit=2 * len(block))
        for second in range(100):
            track.write(second * 24_000, block)
        assert tracemalloc.get_traced_memory()[0] < 0.5 * len(block)
        assert track.read(99 * 24_000) == block
    finally:
        tracemalloc.stop()
        track.close()


def test_the_temporary_file_has_no_name_and_is_closed_with_a_forgotten_track(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = open_files()
    track = Track(spool_limit=0)
    track.write(0, tone(1))
    assert open_files() == before + 1
    assert not any(tmp_path.iterdir())
    del track
    gc.collect()
    assert open_files() == before


def test_a_full_disk_is_told_and_costs_nothing_that_was_kept():
    command = [sys.executable, "-W", "error", "-c", ON_A_FULL_DISK]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout.split(), done.stderr) == (["2", "1"], "")


@pytest.mark.parametrize("limit", [0, 10**6])
def test_a_closed_track_says_so(limit):
    track = Track(limit)
    track.write(0, tone(0.1))
    track.close()
    track.close()
    with pytest.raises(ValueError, match="closed"):
        track.read()
    with pytest.raises(ValueError, match="closed"):
        track.write(24_000, tone(0.1))


def test_writing_before_the_end_is_refused():
    track = Track()
    track.write(0, tone(0.1))
    with pytest.raises(ValueError, match="2400 samples long, got position 2399"):
        track.write(2399, b"\0\0")


def test_half_a_sample_is_refused():
    with pytest.raises(ValueError, match="3 bytes"):
        Track().write(0, b"abc")


def test_an_empty_write_makes_the_track_longer():
    track = Track()
    track.write(100, b"")
    assert track.read() == bytes(200)


def test_a_slice_is_read_from_the_track_when_it_is_needed():
    track = Track()
    track.write(10, b"\1\0\2\0\3\0")
    part = TrackSlice(track, 9, 12)
    assert len(part) == 6
    assert part.read() == b"\0\0\1\0\2\0"
    track.truncate(11)
    assert part.read() == b"\0\0\1\0\0\0"
