"""What had come on a line before the run began to listen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._line.playout import is_sound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.voice._audio.chunk import AudioChunk

_PAUSE = 0.5


def still_said(chunks: Sequence[AudioChunk]) -> list[AudioChunk]:
    """Return what of a live line's backlog is part of what is being said at this moment.

    What was said and what was silent before the recording is no part of it: heard late, it would make
    everything that follows late as well.
    """
    silent, begins = 0.0, None
    for index, chunk in enumerate(chunks):
        if is_sound(chunk.data):
            begins, silent = index if begins is None else begins, 0.0
            continue
        silent += chunk.duration_seconds
        if silent >= _PAUSE:
            begins = None
    return [] if begins is None else list(chunks[begins:])
