"""Checks on audio for tests: level, tone, silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from scenario.voice._audio.chunk import BYTES_PER_SAMPLE, SAMPLE_RATE, AudioChunk

if TYPE_CHECKING:
    from scenario.voice._audio.arrays import Int16s

Audio: TypeAlias = AudioChunk | bytes
"""A chunk, or canonical PCM: 16 bit little-endian, 24,000 Hz, mono."""


def assert_audio_level(
    audio: Audio,
    dbfs: float,
    *,
    tolerance: float = 1.0,
    start: float = 0.0,
    end: float | None = None,
) -> None:
    """Assert that audio has a level.

    Args:
        audio: what to check.
        dbfs: the expected root mean square in dB of full scale; the loudest sine has -3.
        tolerance: how far it may be off, in dB.
        start: seconds at which the checked part begins.
        end: seconds at which it ends; `None` is the end of the audio.

    Raises:
        AssertionError: the level is another one, or there is no audio in that part.
    """
    from scenario.voice._audio.levels import dbfs as level_of

    part = _part(audio, start, end)
    level = level_of(part)
    if not abs(level - dbfs) <= tolerance:
        raise AssertionError(
            f"expected {dbfs:g} dBFS ± {tolerance:g} dB {_where(start, end)}, got {level:.1f} dBFS"
        )


def assert_tone(
    audio: Audio,
    frequency: float,
    *,
    tolerance: float = 5.0,
    purity: float = 0.5,
    start: float = 0.0,
    end: float | None = None,
) -> None:
    """Assert that audio is mainly one steady tone.

    Args:
        audio: what to check.
        frequency: of the tone, in Hz.
        tolerance: how far it may be off, in Hz.
        purity: least share of the audio's power, from 0 to 1, that the tone makes up.
        start: seconds at which the checked part begins.
        end: seconds at which it ends; `None` is the end of the audio.

    Raises:
        AssertionError: another frequency is the strongest, other sound drowns it, or there is no audio.
    """
    from scenario.voice._audio.levels import dbfs as level_of
    from scenario.voice._audio.tones import dominant_frequency, tone_level

    part = _part(audio, start, end)
    found = dominant_frequency(part)
    if not found:
        raise AssertionError(f"expected a tone of {frequency:g} Hz {_where(start, end)}, got silence")
    if abs(found - frequency) > tolerance:
        raise AssertionError(
            f"expected a tone of {frequency:g} Hz ± {tolerance:g} Hz {_where(start, end)}, the strongest is "
            f"{found:.1f} Hz"
        )
    share = 10 ** ((tone_level(part, found) - level_of(part)) / 10)
    if share < purity:
        raise AssertionError(
            f"expected a tone of {frequency:g} Hz to be at least {purity:.0%} of the power "
            f"{_where(start, end)}, it is {share:.0%}"
        )


def assert_silence(
    audio: Audio,
    *,
    below_dbfs: float = -60.0,
    start: float = 0.0,
    end: float | None = None,
) -> None:
    """Assert that nothing is heard: every 20 ms of the audio are quieter than `below_dbfs`.

    Args:
        audio: what to check.
        below_dbfs: level that counts as sound.
        start: seconds at which the checked part begins.
        end: seconds at which it ends; `None` is the end of the audio.

    Raises:
        AssertionError: something is heard, with the moment of the first sound; or there is no audio.
    """
    from scenario.voice._audio.levels import dbfs as level_of

    part = _part(audio, start, end)
    frame = SAMPLE_RATE // 50
    for at in range(0, len(part), frame):
        level = level_of(part[at : at + frame])
        if level >= below_dbfs:
            raise AssertionError(
                f"expected silence (below {below_dbfs:g} dBFS) {_where(start, end)}, got {level:.1f} dBFS at "
                f"{start + at / SAMPLE_RATE:.2f} s"
            )


def _part(audio: Audio, start: float, end: float | None) -> Int16s:
    from scenario.voice._audio.arrays import from_pcm

    data = audio.data if isinstance(audio, AudioChunk) else audio
    stop = None if end is None else round(end * SAMPLE_RATE) * BYTES_PER_SAMPLE
    part = data[round(start * SAMPLE_RATE) * BYTES_PER_SAMPLE : stop]
    if not part:
        length = len(data) / BYTES_PER_SAMPLE / SAMPLE_RATE
        raise AssertionError(f"there is no audio {_where(start, end)}: it lasts {length:.2f} s")
    return from_pcm(part)


def _where(start: float, end: float | None) -> str:
    return f"from {start:g} s to " + ("the end" if end is None else f"{end:g} s")
