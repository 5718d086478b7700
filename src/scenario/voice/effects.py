r"""Effects on the user's voice: places, lines, and ways of speaking.

Each function returns an effect: a callable of canonical audio (PCM16, 24,000 Hz, mono) to canonical audio,
for `audio_effects=[...]` of a simulator or of a `user(...)` step. Effects can be called directly as well:

    >>> from scenario.voice import effects
    >>> effects.low_volume(0.5)(b"\x10\x00")
    b'\x08\x00'

Effects that draw random numbers take `seed`; without one a run derives it from its own seed, the turn, and
the effect's place in the list, so that a failing run can be repeated.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

from scenario.voice._effects.custom import CustomEffect
from scenario.voice._effects.effect import Effect

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "background_noise",
    "breaking_up",
    "custom",
    "echo",
    "high_volume",
    "low_quality",
    "low_volume",
    "multiple_voices",
    "packet_loss",
    "phone_quality",
    "robotic",
    "speaking_fast",
    "speaking_slow",
    "static",
]

_PRESETS = ("airport", "cafe", "office", "street")


def background_noise(
    preset_or_path: str | os.PathLike[str],
    volume: float = 0.3,
    *,
    snr_db: float | None = None,
    seed: int | None = None,
) -> Effect:
    """Speak in a noisy place.

    Args:
        preset_or_path: `"cafe"`, `"street"`, `"office"`, `"airport"`, or a WAV file (with a path separator,
            or ending with `.wav`).
        volume: factor of the noise; the presets have -26 dBFS.
        snr_db: instead of a volume, how many dB the voiced parts are above the noise.
        seed: where in the noise to begin.

    Raises:
        ValueError: an unknown name, a missing file, or a volume below 0.
    """
    name = os.fspath(preset_or_path)
    if _is_path(name):
        _check_file("background_noise", name)
    elif name not in _PRESETS:
        raise ValueError(
            f"background_noise knows {', '.join(map(repr, _PRESETS))} and paths of WAV files, got {name!r}"
        )
    _check("background_noise", "volume", volume, volume >= 0, "at least 0")
    _check_snr("background_noise", snr_db)
    return _effect(background_noise, preset_or_path=name, volume=volume, snr_db=snr_db, seed=seed)


def multiple_voices(
    background_audio: str | os.PathLike[str] | None = None,
    *,
    snr_db: float | None = None,
    seed: int | None = None,
) -> Effect:
    """Speak while others talk.

    Args:
        background_audio: a WAV file; `None` is a babble of five voices. It is added with the factor 0.3.
        snr_db: instead of that factor, how many dB the voiced parts are above the others.
        seed: where in the babble to begin.

    Raises:
        ValueError: a missing file.
    """
    path = None if background_audio is None else os.fspath(background_audio)
    if path is not None:
        _check_file("multiple_voices", path)
    _check_snr("multiple_voices", snr_db)
    return _effect(multiple_voices, background_audio=path, snr_db=snr_db, seed=seed)


def static(intensity: float = 0.05, *, seed: int | None = None) -> Effect:
    """Add the hiss of a bad line: Gaussian noise.

    Args:
        intensity: its standard deviation, as a share of full scale.
        seed: of the noise.

    Raises:
        ValueError: a negative intensity.
    """
    _check("static", "intensity", intensity, intensity >= 0, "at least 0")
    return _effect(static, intensity=intensity, seed=seed)


def phone_quality() -> Effect:
    """Speak through a telephone: only 300 to 3400 Hz, and loud parts limited softly."""
    return _effect(phone_quality)


def low_quality(bitrate: float = 8000, *, alias: bool = False) -> Effect:
    """Speak through a codec of a low sampling rate.

    Args:
        bitrate: samples per second; from 24,000 on nothing changes.
        alias: whether frequencies above half of that fold back, as in a converter without a filter.

    Raises:
        ValueError: a rate below 1000.
    """
    _check("low_quality", "bitrate", bitrate, bitrate >= 1000, "at least 1000 Hz")
    return _effect(low_quality, bitrate=bitrate, alias=alias)


def packet_loss(
    probability: float = 0.05, chunk_ms: float = 20, *, conceal: bool = False, seed: int | None = None
) -> Effect:
    """Lose packets.

    Args:
        probability: of each packet to be lost.
        chunk_ms: milliseconds of audio in a packet.
        conceal: whether the last packet is repeated, ever softer, as telephones do, instead of silence.
        seed: of which packets are lost.

    Raises:
        ValueError: a probability outside of 0 to 1, or packets without length.
    """
    _check("packet_loss", "probability", probability, 0 <= probability <= 1, "from 0 to 1")
    _check("packet_loss", "chunk_ms", chunk_ms, chunk_ms > 0, "above 0 ms")
    return _effect(packet_loss, probability=probability, chunk_ms=chunk_ms, conceal=conceal, seed=seed)


def breaking_up(*, seed: int | None = None) -> Effect:
    """Speak where there is hardly any network: one fifth is lost, 100 ms at a time.

    Args:
        seed: of what is lost.
    """
    return _effect(breaking_up, seed=seed)


def echo(delay_ms: float = 200, decay: float = 0.5) -> Effect:
    """Hear the voice once more.

    Args:
        delay_ms: milliseconds until it comes back; the audio becomes longer by that.
        decay: factor of its loudness.

    Raises:
        ValueError: a negative value.
    """
    _check("echo", "delay_ms", delay_ms, delay_ms >= 0, "at least 0 ms")
    _check("echo", "decay", decay, decay >= 0, "at least 0")
    return _effect(echo, delay_ms=delay_ms, decay=decay)


def robotic() -> Effect:
    """Speak like a machine of old films: multiplied by a tone of 100 Hz."""
    return _effect(robotic)


def low_volume(factor: float = 0.5) -> Effect:
    """Speak softly.

    Args:
        factor: of the loudness.

    Raises:
        ValueError: a factor that is not above 0.
    """
    _check("low_volume", "factor", factor, factor > 0, "above 0")
    return _effect(low_volume, factor=factor)


def high_volume(factor: float = 1.5) -> Effect:
    """Speak loudly; what is too loud is clipped.

    Args:
        factor: of the loudness.

    Raises:
        ValueError: a factor below 1.
    """
    _check("high_volume", "factor", factor, factor >= 1, "at least 1")
    return _effect(high_volume, factor=factor)


def speaking_fast(factor: float = 1.3) -> Effect:
    """Speak fast, with the same voice.

    Args:
        factor: by which the duration is divided.

    Raises:
        ValueError: a factor that is not above 1.
    """
    _check("speaking_fast", "factor", factor, factor > 1, "above 1")
    return _effect(speaking_fast, factor=factor)


def speaking_slow(factor: float = 0.7) -> Effect:
    """Speak slowly, with the same voice.

    Args:
        factor: by which the duration is divided.

    Raises:
        ValueError: a factor outside of 0 to 1, both excluded.
    """
    _check("speaking_slow", "factor", factor, 0 < factor < 1, "between 0 and 1")
    return _effect(speaking_slow, factor=factor)


def custom(fn: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Use a function of yours as an effect, with its results checked.

    Args:
        fn: takes canonical audio and returns canonical audio.

    Raises:
        TypeError: it cannot be called; or, when it is applied, it returned something else than bytes.
        ValueError: when it is applied, it returned half a sample.
    """
    return CustomEffect(fn)


def _effect(function: Callable[..., Effect], **arguments: object) -> Effect:
    return Effect(function.__name__, arguments)


def _check(effect: str, name: str, value: float, valid: bool, expected: str) -> None:
    if not (valid and math.isfinite(value)):
        raise ValueError(f"{effect}: {name} must be {expected}, got {value!r}")


def _check_snr(effect: str, snr_db: float | None) -> None:
    if snr_db is not None:
        _check(effect, "snr_db", snr_db, True, "a finite number of dB")


def _check_file(effect: str, path: str) -> None:
    if not Path(path).is_file():
        raise ValueError(f"{effect}: there is no file {path!r}")


def _is_path(name: str) -> bool:
    return os.sep in name or "/" in name or name.lower().endswith(".wav")
