"""What is heard behind the voice, and how loud."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from scenario.voice import effects
from scenario.voice._audio.levels import dbfs
from scenario.voice._audio.wav import write_wav
from tests.voice_effects.audio import RATE, level, level_at, pcm, samples, tone

if TYPE_CHECKING:
    from pathlib import Path

PLACES = ["airport", "cafe", "office", "street"]


@pytest.mark.parametrize("place", PLACES)
def test_noise_is_added_at_its_volume_and_repeated_to_the_length(place: str):
    silence = bytes(2 * 25 * RATE)

    half = effects.background_noise(place, 0.5, seed=1)(silence)

    assert len(half) == len(silence)
    assert dbfs(half) == pytest.approx(-26 - 6, abs=1)
    assert dbfs(half[-RATE:]) == pytest.approx(-32, abs=4)
    assert samples(half[: 20 * RATE]) == pytest.approx(samples(half[20 * RATE : 40 * RATE]), abs=1)


def test_the_voice_stays_under_the_noise():
    audio = pcm(tone(440, 3))

    noisy = effects.background_noise("cafe", seed=1)(audio)
    noise = effects.background_noise("cafe", seed=1)(bytes(len(audio)))

    assert samples(noisy) - samples(noise) == pytest.approx(samples(audio), abs=1)


@pytest.mark.parametrize("amplitude", [300.0, 3000.0])
@pytest.mark.parametrize(
    "make", [effects.multiple_voices, lambda **kw: effects.background_noise("cafe", **kw)]
)
def test_the_ratio_is_that_of_voiced_speech_to_noise(make, amplitude: float):
    speech = tone(440, 2, amplitude)
    audio = pcm(np.concatenate([np.zeros(3 * RATE), speech, np.zeros(3 * RATE)]))

    noise = samples(make(snr_db=15, seed=1)(audio)) - samples(audio)

    assert level(speech) - level(noise) == pytest.approx(15, abs=0.2)


def test_without_speech_the_ratio_leaves_silence_at_the_volume():
    assert dbfs(effects.background_noise("cafe", snr_db=10, seed=1)(bytes(480_000))) == pytest.approx(
        -36.5, 1
    )


def test_noise_begins_anywhere():
    silence = bytes(RATE)
    beginnings = {effects.background_noise("street", seed=seed)(silence) for seed in range(5)}

    assert len(beginnings) == 5


def test_a_file_is_the_background(tmp_path: Path):
    file = tmp_path / "hum.WAV"
    file.write_bytes(write_wav(tone(1000, 0.5, 10_000).astype("<i2").tobytes()))
    silence = bytes(2 * 2 * RATE)

    for effect, volume in [
        (effects.background_noise(str(file), 0.5), 0.5),
        (effects.background_noise(file, 0.5), 0.5),
        (effects.multiple_voices(file), 0.3),
    ]:
        heard = samples(effect(silence))
        assert len(heard) == 2 * RATE
        assert level(heard) == pytest.approx(level(tone(1000, 1, 10_000 * volume)), abs=0.1)
        assert level_at(heard, 1000) - level_at(heard, 3000) > 60


def test_names_and_files_that_are_not_there_are_refused_at_once(tmp_path: Path):
    with pytest.raises(ValueError, match=r"'airport', 'cafe', 'office', 'street'.*got 'beach'"):
        effects.background_noise("beach")
    for missing in ("beach.wav", "sounds/beach", str(tmp_path / "beach.mp3")):
        with pytest.raises(ValueError, match="there is no file"):
            effects.background_noise(missing)
        with pytest.raises(ValueError, match="there is no file"):
            effects.multiple_voices(missing)


def test_a_file_without_audio_is_refused(tmp_path: Path):
    (empty := tmp_path / "empty.wav").write_bytes(write_wav(b""))

    with pytest.raises(ValueError, match="is empty"):
        effects.background_noise(empty)(bytes(100))


def test_babble_is_of_voices():
    babble = samples(effects.multiple_voices(seed=0)(bytes(20 * RATE)))
    spectrum = np.abs(np.fft.rfft(babble)) ** 2
    frequencies = np.fft.rfftfreq(len(babble), 1 / RATE)

    speech = spectrum[(frequencies > 100) & (frequencies < 4000)].sum()
    assert speech > 0.8 * spectrum.sum()
    assert dbfs(pcm(babble)) == pytest.approx(-26 - 10.5, abs=1.5)
