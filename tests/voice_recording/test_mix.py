"""The mix is true to time, keeps pauses, and saturates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice import AudioSegment, VoiceRecording
from scenario.voice._recording import mix
from scenario.voice._recording.track import Track
from tests.voice_recording.sounds import noise, rms, samples_of, tone

SAMPLES = st.lists(st.integers(-32768, 32767), max_size=40)
PLACES = st.lists(
    st.tuples(st.sampled_from(["user", "agent"]), st.integers(0, 100_000), st.integers(0, 60_000)), max_size=6
)


def as_bytes(samples: list[int]) -> bytes:
    return np.array(samples, "<i2").tobytes()


def barge_in() -> VoiceRecording:
    """Return the example of the specification: overlap from 1.5 to 2 s, a pause from 4 to 6 s."""
    user, agent = Track(), Track()
    user.write(0, tone(2))
    user.write(6 * 24_000, tone(1))
    agent.write(36_000, tone(2.5, hertz=700))
    return VoiceRecording(
        [
            AudioSegment.of_track(user, "user", 0, 48_000),
            AudioSegment.of_track(agent, "agent", 36_000, 96_000),
            AudioSegment.of_track(user, "user", 144_000, 168_000),
        ],
        user_track=user,
        agent_track=agent,
    )


@given(pairs=st.lists(st.tuples(st.integers(-32768, 32767), st.integers(-32768, 32767)), max_size=40))
def test_sums_saturate_with_and_without_numpy(pairs):
    one, other = (as_bytes([pair[side] for pair in pairs]) for side in (0, 1))
    expected = as_bytes([min(max(a + b, -32768), 32767) for a, b in pairs])
    assert mix.mixed(one, other) == expected
    assert mix._added(one, other) == expected


@given(left=SAMPLES)
def test_stereo_alternates_left_and_right(left):
    right = [-(sample + 1) for sample in left]
    stereo = np.frombuffer(mix.interleaved(as_bytes(left), as_bytes(right)), "<i2")
    assert stereo[0::2].tolist() == left
    assert stereo[1::2].tolist() == right


def test_the_mix_keeps_pauses_and_overlaps():
    recording = barge_in()
    (mono,) = samples_of(recording.full_wav)
    assert recording.duration == 7.0
    assert len(mono) == 7 * 24_000
    single = max(rms(mono, 0, 1.5), rms(mono, 2, 4))
    assert rms(mono, 1.5, 2) > 1.3 * single
    assert not mono[round(4.2 * 24_000) : round(5.8 * 24_000)].any()


def test_stereo_has_the_user_left_and_the_agent_right():
    left, right = samples_of(barge_in().full_stereo_wav)
    assert rms(left, 0, 2) > 5000
    assert not right[:36_000].any()
    assert rms(right, 1.5, 4) > 5000
    assert not left[48_000:144_000].any()


@given(places=PLACES)
def test_a_recording_of_segments_alone_is_put_together_from_them(places):
    placed = [(speaker, start, noise(length, seed)) for seed, (speaker, start, length) in enumerate(places)]
    segments = [
        AudioSegment(speaker, start / 24_000, (start + len(pcm) // 2) / 24_000, pcm)
        for speaker, start, pcm in placed
    ]
    recording = VoiceRecording(segments)
    expected = {"user": np.zeros(200_000, int), "agent": np.zeros(200_000, int)}
    for segment in recording.segments:  # by start: the order in which overlaps of one speaker saturate
        start, pcm = round(segment.start_time * 24_000), np.frombuffer(segment.audio, "<i2")
        part = expected[segment.speaker][start : start + len(pcm)]
        part[:] = np.clip(part + pcm, -32768, 32767)
    length = round(recording.duration * 24_000)
    left, right = samples_of(recording.full_stereo_wav)
    assert left.tolist() == expected["user"][:length].tolist()
    assert right.tolist() == expected["agent"][:length].tolist()
    (mono,) = samples_of(recording.full_wav)
    both = np.clip(expected["user"] + expected["agent"], -32768, 32767)
    assert mono.tolist() == both[:length].tolist()


def test_audio_outside_turns_is_in_the_mix():
    agent = Track()
    agent.write(0, tone(0.5))
    agent.write(48_000, tone(1))
    recording = VoiceRecording([AudioSegment.of_track(agent, "agent", 48_000, 72_000)], agent_track=agent)
    (mono,) = samples_of(recording.full_wav)
    assert rms(mono, 0, 0.5) > 5000


def test_an_empty_recording_is_an_empty_file():
    recording = VoiceRecording()
    assert recording.duration == 0.0
    assert samples_of(recording.full_wav).shape == (1, 0)


def test_a_recording_is_in_order_of_time_and_shows_no_audio():
    segments = [AudioSegment("agent", 2.0, 3.0, tone(1)), AudioSegment("user", 0.0, 1.0, tone(1))]
    recording = VoiceRecording(segments)
    assert [segment.speaker for segment in recording.segments] == ["user", "agent"]
    assert repr(recording) == "VoiceRecording(3.000 s, 2 segments, 0 events)"


def test_more_audio_than_the_end_of_a_segment_says_is_not_in_the_mix():
    recording = VoiceRecording([AudioSegment("user", 0.0, 0.5, tone(1))])
    assert samples_of(recording.full_wav).shape[1] == 12_000


@pytest.mark.parametrize("speaker", ["user", "agent"])
def test_a_composed_track_reads_like_a_recorded_one(speaker):
    segments = [AudioSegment("user", 1.0, 2.0, tone(1)), AudioSegment("agent", 1.0, 2.0, tone(1))]
    track = getattr(VoiceRecording(segments), f"{speaker}_track")
    assert track.length == 48_000
    assert track.read(23_000, 25_000) == bytes(2000) + tone(1)[:2000]
