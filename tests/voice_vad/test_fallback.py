"""Speech events for adapters whose transport reports none."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from scenario.voice import AudioChunk, WebRTCVadFallback, silent_chunk
from tests.voice_vad.speech import RATE, pcm


@pytest.fixture(autouse=True)
def nobody_is_warned_yet():
    WebRTCVadFallback.reset_warnings()
    yield
    WebRTCVadFallback.reset_warnings()


@pytest.fixture
def quietly():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def burst(above_noise_db: float) -> AudioChunk:
    """Return four seconds of noise with a second of louder noise, and two of noise again."""
    noise = np.random.default_rng(0).normal(0, 1000, 7 * RATE)
    noise[4 * RATE : 5 * RATE] *= 10 ** (above_noise_db / 20)
    return AudioChunk(pcm(noise))


def tone(seconds: float) -> AudioChunk:
    return AudioChunk(pcm(3000 * np.sin(2 * np.pi * 440 / RATE * np.arange(int(seconds * RATE)))))


def test_each_adapter_is_warned_of_once():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for name in ("PhoneAdapter", "PhoneAdapter", "OtherAdapter"):
            WebRTCVadFallback(name)

    assert [(warning.category, str(warning.message).split()[0]) for warning in caught] == [
        (UserWarning, "PhoneAdapter"),
        (UserWarning, "OtherAdapter"),
    ]
    assert caught[0].filename == __file__


def test_warnings_can_be_reset():
    for _ in range(2):
        WebRTCVadFallback.reset_warnings()
        with pytest.warns(UserWarning, match="PhoneAdapter reports no speech of its own"):
            WebRTCVadFallback("PhoneAdapter")


@pytest.mark.usefixtures("quietly")
def test_callbacks_are_called_at_the_edges_with_the_state_of_that_edge():
    heard: list[tuple[str, bool]] = []
    fallback = WebRTCVadFallback(
        "A",
        on_speech_start=lambda: heard.append(("start", fallback.is_speaking)),
        on_speech_end=lambda: heard.append(("end", fallback.is_speaking)),
    )

    fallback.process(AudioChunk(tone(0.5).data + silent_chunk(0.5).data))
    fallback.process(tone(0.5))

    assert heard == [("start", True), ("end", False), ("start", True)]
    assert fallback.is_speaking


@pytest.mark.usefixtures("quietly")
def test_one_frame_is_neither_a_beginning_nor_an_end():
    fallback = WebRTCVadFallback("A")

    fallback.process(AudioChunk(silent_chunk(0.5).data + tone(0.02).data + silent_chunk(0.5).data))
    assert not fallback.is_speaking

    fallback.process(AudioChunk(tone(0.5).data + silent_chunk(0.02).data))
    assert fallback.is_speaking


@pytest.mark.usefixtures("quietly")
@pytest.mark.parametrize(
    ("aggressiveness", "above_noise_db", "starts"),
    [(0, 4, 1), (0, 7, 2), (1, 5.5, 1), (1, 8.5, 2), (2, 7, 1), (2, 10, 2), (3, 9.5, 1), (3, 13, 2)],
)
def test_the_more_aggressive_the_further_speech_is_above_noise(
    aggressiveness: int, above_noise_db: float, starts: int
):
    heard: list[str] = []
    fallback = WebRTCVadFallback("A", aggressiveness, on_speech_start=lambda: heard.append("start"))

    fallback.process(burst(above_noise_db))

    assert len(heard) == starts  # the first is the noise itself, before it is known


@pytest.mark.parametrize("aggressiveness", [-1, 4, 1.5])
def test_other_values_are_refused(aggressiveness: int):
    with pytest.raises(ValueError, match="from 0 to 3"):
        WebRTCVadFallback("A", aggressiveness)
    with pytest.raises(ValueError, match="'builtin', got 'webrtc'"):
        WebRTCVadFallback("A", engine="webrtc")  # type: ignore[arg-type]  # what is refused


def test_its_frames_are_those_that_callers_know():
    assert WebRTCVadFallback.FRAME_MS == 30
    assert WebRTCVadFallback.SAMPLES_PER_FRAME == 720
    assert WebRTCVadFallback.BYTES_PER_FRAME == 1440
