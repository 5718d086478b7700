"""The built-in noises: four places, loops of ten seconds at -26 dBFS without a seam."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from scenario.voice._audio.levels import dbfs
from scenario.voice._effects.noises import LOOP, PLACES, noise
from tests.voice_effects.audio import RATE

ALL = [*sorted(PLACES), "voices"]


def test_there_are_four_places():
    assert {"airport", "cafe", "office", "street"} == PLACES


@pytest.mark.parametrize("name", ALL)
def test_a_loop_has_ten_seconds_at_its_level_without_clipping(name: str):
    loop = noise(name)

    assert len(loop) == LOOP == 10 * RATE
    assert dbfs(loop) == pytest.approx(-26, abs=1)
    assert np.abs(loop).max() < 32_767
    assert abs(loop.mean()) < 50


@pytest.mark.parametrize("name", ALL)
def test_its_end_meets_its_beginning(name: str):
    loop = noise(name)
    twice = np.concatenate([loop, loop])
    # A click has energy at high frequencies: look at what changes from sample to sample, twice over.
    bends = np.abs(np.diff(twice, 2))
    seam = bends[LOOP - 3 : LOOP + 1].max()

    assert seam <= np.percentile(bends, 99.9)


@pytest.mark.parametrize("name", ALL)
def test_its_level_does_not_jump(name: str):
    loop = noise(name)
    levels = [dbfs(part) for part in np.split(loop, 100)]

    assert max(levels) - min(levels) < 12


def test_places_sound_different():
    spectra = {
        name: np.add.reduceat(np.abs(np.fft.rfft(noise(name))) ** 2, [500, 2000, 8000, 30_000])
        for name in ALL
    }
    shapes = np.array([10 * np.log10(spectrum / spectrum.sum()) for spectrum in spectra.values()])
    for one in range(len(ALL)):
        for other in range(one):
            assert np.abs(shapes[one] - shapes[other]).max() > 1


def test_they_are_the_same_in_every_process():
    program = (
        "import hashlib; from scenario.voice._effects.noises import noise; "
        "print(hashlib.sha256(noise('cafe').round().astype('<i2').tobytes()).hexdigest())"
    )
    runs = {
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=120).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_a_loop_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        noise("cafe")[0] = 1
