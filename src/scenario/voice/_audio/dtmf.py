"""The tones of a telephone's keys.

Source: ITU-T Recommendation Q.23 (11/88): each key sounds the frequency of its row and of its column.
"""

from __future__ import annotations

from scenario.voice._audio.chunk import SAMPLE_RATE, silent_chunk

ROWS = (697, 770, 852, 941)
COLUMNS = (1209, 1336, 1477, 1633)
KEYS = ("123A", "456B", "789C", "*0#D")
PAUSES = {"w": 0.5, "W": 1.0}
"""Seconds that a letter of a tone string waits."""

TONE_SECONDS = 0.1
GAP_SECONDS = 0.05
LEVEL_DBFS = -6.0


def check_tones(tones: str) -> None:
    """Raise a `ValueError` that names what in `tones` is neither a key nor a pause."""
    if unknown := sorted(set(tones) - set("".join(KEYS)) - set(PAUSES)):
        raise ValueError(
            f"DTMF tones are 0-9, *, #, A-D, w (waits 0.5 s) and W (waits 1 s), got {''.join(unknown)!r} "
            f"in {tones!r}"
        )
    if not tones:
        raise ValueError("DTMF needs at least one tone, got an empty string")


def dtmf_audio(tones: str) -> bytes:
    """Return the sound of keys as canonical PCM: 100 ms of tone at -6 dBFS and 50 ms of silence for each.

    Args:
        tones: keys `0-9 * # A-D`, and pauses `w` (0.5 s) and `W` (1 s).

    Raises:
        ValueError: another character, or no character.
    """
    check_tones(tones)
    return b"".join(silent_chunk(PAUSES[tone]).data if tone in PAUSES else _key_audio(tone) for tone in tones)


def _key_audio(key: str) -> bytes:
    from scenario.voice._audio.arrays import FULL_SCALE, np, to_pcm
    from scenario.voice._audio.levels import amplitude

    row = next(number for number, keys in enumerate(KEYS) if key in keys)
    frequencies = np.array([ROWS[row], COLUMNS[KEYS[row].index(key)]])
    moments = np.arange(int(TONE_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    # Two sines of amplitude 1 have together a root mean square of 1.
    sines = np.sin(2 * np.pi * np.outer(frequencies, moments)).sum(axis=0)
    return to_pcm(sines * amplitude(LEVEL_DBFS) * FULL_SCALE) + silent_chunk(GAP_SECONDS).data
