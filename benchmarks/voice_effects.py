"""What effects on the voice and the detection of speech cost, and how well speech is told from noise."""

from __future__ import annotations

import shutil
import time
from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks.measure import Figures, Measurement, SkippedError, timed

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

_RATE = 24_000
_SECONDS = 60
_FRAME = 480
_PAUSE_FRAMES = 15


def voice_effects() -> Figures:
    """Measure every effect on 60 s of audio: CPU time of the slowest, and what the first noise costs once.

    A thousand times faster than real time is 60 ms.
    """
    from scenario.voice import effects

    audio = _voices_of_tests()
    started = time.process_time()
    effects.background_noise("cafe")(audio[:_RATE])
    first = time.process_time() - started
    slowest = max(
        _cpu(effect, audio)
        for effect in (
            effects.background_noise("cafe"),
            effects.background_noise("cafe", snr_db=15),
            effects.multiple_voices(snr_db=15),
            effects.static(),
            effects.phone_quality(),
            effects.low_quality(),
            effects.low_quality(alias=True),
            effects.packet_loss(),
            effects.packet_loss(conceal=True),
            effects.breaking_up(),
            effects.echo(),
            effects.robotic(),
            effects.low_volume(),
            effects.high_volume(),
            effects.speaking_fast(),
            effects.speaking_slow(),
        )
    )
    return {"slowest_ms": slowest * 1e3, "first_noise_ms": first * 1e3}


def speech_detection() -> Figures:
    """Measure the detector on 60 s of audio, whole and in pieces of 20 ms."""
    from scenario.voice._vad.detector import SpeechDetector

    audio = _voices_of_tests()
    SpeechDetector().push(audio[: 2 * _RATE])  # what is loaded once is not its cost
    figures: Figures = {}
    for name, size in (("whole", len(audio)), ("pieces", 2 * _FRAME)):
        detector = SpeechDetector()
        with timed() as took:
            for start in range(0, len(audio), size):
                detector.push(audio[start : start + size])
        figures[f"{name}_cpu_ms"] = took.cpu * 1e3
    return figures


def speech_detection_accuracy() -> Figures:
    """Measure which share of 20 ms frames of real speech is told right, clean and in a cafe.

    A frame is speech if the clean one is within 30 dB of the loudest, or in a pause of less than 300 ms.
    """
    import numpy as np
    from tests.voice_vad.speech import all_utterances, between, in_noise

    if shutil.which("flite") is None:
        raise SkippedError("the program flite is not installed")
    right: dict[int | None, list[float]] = {None: [], 20: [], 15: [], 10: [], 5: []}
    lead = 2 * _RATE // _FRAME
    for number, utterance in enumerate(all_utterances()):
        clean = between(2.0, utterance.samples, 1.0)
        clean = clean[: len(clean) // _FRAME * _FRAME]
        label = _labels(clean)
        for snr, shares in right.items():
            track = clean if snr is None else in_noise(clean, "cafe", snr, 7919 * number)
            # The first two seconds are the noise's own: it has to be known before it can be told from speech.
            shares.append(float(np.mean(_found(track)[lead - 25 :] == label[lead - 25 :])))
    return {
        f"{'clean' if snr is None else f'at_{snr}_db'}_pct": 100 * float(np.mean(shares))
        for snr, shares in right.items()
    }


def _labels(clean: np.ndarray) -> np.ndarray:
    import numpy as np

    powers = np.mean(np.square(clean.reshape(-1, _FRAME)), axis=1)
    speech = powers > powers.max() * 1e-3
    places = np.flatnonzero(speech)
    for before, after in pairwise(places):
        if after - before <= _PAUSE_FRAMES:
            speech[before:after] = True
    return speech


def _found(track: np.ndarray) -> np.ndarray:
    import numpy as np
    from tests.voice_vad.speech import pcm

    from scenario.voice._vad.detector import SpeechDetector

    detector = SpeechDetector()
    detector.push(pcm(track))
    found = np.zeros(len(track) // _FRAME, bool)
    for start, end in detector.intervals():
        found[start // _FRAME : end // _FRAME] = True
    return found


def _voices_of_tests() -> bytes:
    from scenario.voice.testing import OfflineTTS

    said = OfflineTTS().speak("I would like to cancel my order please. " * 30).data
    pause = bytes(2 * _RATE)
    return ((said + pause) * 4)[: 2 * _RATE * _SECONDS]


def _cpu(effect: Callable[[bytes], bytes], audio: bytes) -> float:
    effect(audio)  # noises are made and transforms planned once
    with timed() as took:
        effect(audio)
    return took.cpu


MEASUREMENTS = {
    "voice_effects": Measurement(voice_effects),
    "speech_detection": Measurement(speech_detection),
    "speech_detection_accuracy": Measurement(speech_detection_accuracy, best_of=1),
}
