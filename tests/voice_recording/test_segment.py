"""A segment is a value that need not hold its audio."""

from __future__ import annotations

import copy
import dataclasses
import tracemalloc

from scenario.voice import AudioSegment
from scenario.voice._recording.track import Track
from tests.voice_recording.sounds import tone


def recorded(seconds: float = 1.0) -> tuple[Track, AudioSegment]:
    track = Track()
    track.write(24_000, tone(seconds))
    segment = AudioSegment.of_track(
        track, "agent", 24_000, track.length, transcript="Hello.", id="m1", turn=2
    )
    return track, segment


def test_a_segment_of_a_track_is_as_long_as_its_audio():
    _, segment = recorded(0.5)
    assert (segment.start_time, segment.end_time) == (1.0, 1.5)
    assert segment.audio == tone(0.5)
    assert segment.duration == len(segment.audio) / 48_000


def test_it_takes_bytes_in_the_positions_of_the_contract():
    segment = AudioSegment("user", 0.0, 1.0, tone(1), "Hi.", True)
    assert (segment.audio, segment.transcript, segment.transcript_truncated) == (tone(1), "Hi.", True)
    assert (segment.id, segment.turn, segment.heard_transcript) == (None, None, None)


def test_it_equals_one_with_the_same_audio_from_elsewhere():
    _, lazy = recorded()
    whole = dataclasses.replace(lazy, audio=tone(1))
    assert whole == lazy
    assert dataclasses.replace(lazy, audio=tone(1, level=7000)) != lazy
    assert dataclasses.replace(lazy, audio=b"") != lazy
    assert dataclasses.replace(lazy, transcript="Bye.") != lazy
    assert lazy != "a segment"


def test_comparing_and_showing_does_not_read_the_audio():
    track, segment = recorded()
    same = dataclasses.replace(segment, audio=segment.audio_source)
    track.close()
    assert segment == same
    assert repr(segment) == ("AudioSegment('agent', 1.000, 2.000, <1.000 s of audio>, transcript='Hello.')")


def test_a_segment_keeps_no_copy_of_what_was_read():
    _, segment = recorded(60)
    tracemalloc.start()
    try:
        assert len(segment.audio) == 60 * 48_000
        assert tracemalloc.get_traced_memory()[0] < 10_000
    finally:
        tracemalloc.stop()


def test_a_copy_with_other_audio_leaves_the_first_alone():
    _, segment = recorded()
    other = copy.copy(segment)
    other.audio = b"\1\0"
    assert (other.audio, segment.audio) == (b"\1\0", tone(1))
