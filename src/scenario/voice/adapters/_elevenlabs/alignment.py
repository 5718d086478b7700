"""Which words are spoken where in a piece of audio."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, cast

from scenario.voice._audio.chunk import BYTES_PER_SECOND


def spoken_pieces(pcm: bytes, alignment: object) -> list[tuple[bytes, str]]:
    """Cut canonical audio into words, so that an interruption tells heard words from unheard ones.

    Args:
        pcm: audio of one event.
        alignment: `chars` and `char_start_times_ms` of the event, if it has them.

    Returns:
        Audio and what is said in it; words with the blanks before them.
    """
    given = cast("dict[str, Any]", alignment) if isinstance(alignment, dict) else {}
    chars, starts = given.get("chars"), given.get("char_start_times_ms")
    if not isinstance(chars, list) or not isinstance(starts, list):
        return [(pcm, "")]
    text = [str(char) for char in cast("list[object]", chars)]
    times = [start for start in cast("list[object]", starts) if isinstance(start, int | float)]
    if len(text) != len(times) or not text:
        return [(pcm, "".join(text))]
    begins = [0] + [at for at in range(1, len(text)) if text[at].isspace() and not text[at - 1].isspace()]
    cuts = [0] + [min(len(pcm), int(times[at] / 1000 * BYTES_PER_SECOND) // 2 * 2) for at in begins[1:]]
    words = ["".join(text[first:last]) for first, last in pairwise([*begins, len(text)])]
    ends = [*cuts[1:], len(pcm)]
    return [(pcm[cut : max(cut, end)], word) for cut, end, word in zip(cuts, ends, words, strict=True)]
