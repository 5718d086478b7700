"""What counts as voiced, whatever it is that sounds."""

from __future__ import annotations

import time

import numpy as np
import pytest

from scenario.voice._speech.offline import OfflineTTS
from scenario.voice._vad.detector import SpeechDetector
from tests.voice_vad.speech import RATE, between, pcm


def tone(frequency: float, seconds: float, dbfs: float = -20.0) -> np.ndarray:
    wave = np.sin(2 * np.pi * frequency * np.arange(int(seconds * RATE)) / RATE)
    return wave * 32768 * 10 ** (dbfs / 20) * np.sqrt(2)


def intervals(samples: np.ndarray, threshold_dbfs: float = -45.0) -> list[tuple[float, float]]:
    detector = SpeechDetector(threshold_dbfs)
    detector.push(pcm(samples))
    return [(start / RATE, end / RATE) for start, end in detector.intervals()]


@pytest.mark.parametrize("frequency", [200, 440, 1000, 3000])
@pytest.mark.parametrize("seconds", [0.2, 1.0, 2.0])
def test_a_tone_is_voiced_from_its_beginning_to_its_end(frequency: float, seconds: float):
    assert intervals(between(0.5, tone(frequency, seconds), 1.0)) == [
        pytest.approx((0.5, 0.5 + seconds), abs=0.021)
    ]


def test_a_tone_that_never_ends_becomes_noise_and_later_ones_are_voiced_again():
    hum = tone(440, 10.0)
    found = intervals(between(0.0, np.concatenate([hum, np.zeros(5 * RATE), tone(440, 1.0)]), 1.0))

    assert [round(end - start, 1) for start, end in found] == [3.0, 1.0]


@pytest.mark.parametrize(
    "text", ["no", "Cancel my order, please.", "Donaudampfschifffahrtsgesellschaft", "what is this " * 20]
)
def test_the_speech_of_tests_is_voiced_to_its_end(text: str):
    speech = np.frombuffer(OfflineTTS().speak(text).data, "<i2")

    assert intervals(between(0.5, speech, 1.0)) == [pytest.approx((0.5, 0.5 + len(speech) / RATE), abs=0.021)]


def test_silence_and_what_is_below_the_threshold_are_never_voiced():
    quiet = np.random.default_rng(0).normal(0, 32768 * 10 ** (-47 / 20), 5 * RATE)

    assert intervals(np.zeros(5 * RATE)) == []
    assert intervals(between(1.0, quiet, 1.0)) == []
    assert intervals(between(1.0, tone(440, 1.0, -46.0), 1.0)) == []


def test_the_threshold_can_be_set():
    audio = between(0.5, tone(440, 1.0, -40.0), 1.0)

    assert intervals(audio) != []
    assert intervals(audio, threshold_dbfs=-35.0) == []


def test_what_is_less_than_the_margin_above_the_noise_is_not_voiced():
    noise = np.random.default_rng(0).normal(0, 1000, 6 * RATE)
    louder = noise.copy()
    louder[4 * RATE : 5 * RATE] *= 10 ** (7 / 20)
    loudest = noise.copy()
    loudest[4 * RATE : 5 * RATE] *= 10 ** (12 / 20)

    assert [start for start, _ in intervals(louder) if start > 1] == []
    assert [start for start, _ in intervals(loudest) if start > 1] == [4.0]


@pytest.mark.parametrize(
    ("voiced", "found"),
    [
        ("..x..............x.....", []),
        ("..xx....................", []),
        ("..xxx...................", [(2, 5)]),
        ("..x.x.x.................", [(2, 7)]),
        ("..x...xx................", []),
        ("..xxx..............x....", [(2, 20)]),
        ("..xxx...............x...", [(2, 5)]),
    ],
)
def test_speech_starts_with_60_ms_within_100_and_ends_with_300_ms_of_pause(
    voiced: str, found: list[tuple[int, int]]
):
    frames = [tone(1000, 0.02) if frame == "x" else np.zeros(480) for frame in voiced + 15 * "."]

    assert intervals(np.concatenate(frames)) == [
        (pytest.approx(start * 0.02), pytest.approx(end * 0.02)) for start, end in found
    ]


def test_speech_that_goes_on_counts_so_far_and_a_limit_cuts():
    detector = SpeechDetector()
    detector.push(pcm(between(0.2, tone(440, 0.4), 0.5)) + pcm(tone(440, 0.4)))

    assert detector.is_speaking
    assert detector.intervals() == [(4800, 14_400), (26_400, 36_000)]
    assert detector.intervals(up_to=30_000) == [(4800, 14_400), (26_400, 30_000)]
    assert detector.intervals(up_to=10_000) == [(4800, 10_000)]
    assert detector.intervals(up_to=4800) == []


def test_a_reset_detector_is_like_a_new_one():
    detector = SpeechDetector()
    detector.push(pcm(tone(440, 1.01)))
    detector.reset()

    assert not detector.is_speaking
    assert detector.push(pcm(between(0.1, tone(440, 0.5), 0.5))) != []
    assert detector.intervals() == [(2400, 14_400)]


def test_a_minute_is_listened_to_in_a_second_of_cpu():
    speech = (OfflineTTS().speak("hello there my friend " * 20, "anna").data * 9)[: 60 * 48_000]
    assert len(speech) == 60 * 48_000
    detector = SpeechDetector()
    began = time.process_time()
    for at in range(0, len(speech), 960):  # as it comes, in pieces of 20 ms
        detector.push(speech[at : at + 960])
    assert time.process_time() - began < 1
