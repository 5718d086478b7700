"""Onsets and ends are found where real speech has them, clean and in a cafe, and noise is no speech."""

from __future__ import annotations

import numpy as np
import pytest

from scenario.voice._effects.noises import PLACES, noise
from scenario.voice._vad.detector import SpeechDetector
from tests.voice_vad.speech import RATE, VOICES, all_utterances, between, in_noise, pcm, spoken

LEAD = 1.5


def errors(snr_db: float | None) -> tuple[np.ndarray, np.ndarray]:
    """Return by how many seconds the onset and the end of each utterance were missed."""
    onsets, ends = [], []
    for number, utterance in enumerate(all_utterances()):
        track = between(LEAD, utterance.samples, 1.0)
        if snr_db is not None:
            track = in_noise(track, "cafe", snr_db, 7919 * number)
        detector = SpeechDetector()
        detector.push(pcm(track))
        # The noise itself begins with the track; before it is known as noise it may pass for speech.
        found = [(start / RATE - LEAD, end / RATE - LEAD) for start, end in detector.intervals()]
        found = [(start, end) for start, end in found if end > -0.3] or [(9.0, 9.0)]
        onsets.append(found[0][0] - utterance.start)
        ends.append(found[-1][1] - utterance.end)
    return np.abs(onsets), np.abs(ends)


@pytest.mark.parametrize(
    ("snr_db", "within", "share"), [(None, 0.06, 0.95), (15, 0.1, 0.9)], ids=["clean", "cafe"]
)
def test_onsets_and_ends_are_where_speech_is(snr_db: float | None, within: float, share: float):
    onsets, ends = errors(snr_db)

    assert np.mean(onsets <= within + 1e-9) >= share
    assert np.mean(ends <= within + 1e-9) >= share


@pytest.mark.parametrize("place", sorted(PLACES))
@pytest.mark.parametrize("gain", [0.3, 1.0, 2.5])
def test_noise_alone_is_no_speech_after_its_first_second(place: str, gain: float):
    for offset in range(0, 240_000, 24_000):
        detector = SpeechDetector()
        detector.push(pcm(gain * np.roll(noise(place), -offset)))

        longest = max((end - max(start, RATE) for start, end in detector.intervals()), default=0)
        assert longest <= 0.2 * RATE


@pytest.mark.parametrize(
    ("snr_db", "share"), [(None, 0.98), (15.0, 0.85)], ids=["clean", "cafe, where soft syllables drown"]
)
@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize(
    "words",
    [
        "when will you finally send me the new modem that I ordered and paid for three weeks ago ",
        "well you know our area manager may remember me my name is Lauren Miller ",
    ],
)
def test_ten_seconds_of_speech_without_a_pause_do_not_become_noise(
    words: str, voice: str, snr_db: float | None, share: float
):
    utterance = spoken(words * 3, voice)
    assert utterance.end - utterance.start > 10
    track = between(LEAD, utterance.samples, 1.0)
    if snr_db is not None:
        track = in_noise(track, "cafe", snr_db, 0)
    detector = SpeechDetector()

    detector.push(pcm(track))

    found = [(start, end) for start, end in detector.intervals() if end > LEAD * RATE]
    heard = sum(end - start for start, end in found) / RATE
    assert heard >= share * (utterance.end - utterance.start)
    assert found[-1][1] / RATE - LEAD == pytest.approx(utterance.end, abs=0.1)
