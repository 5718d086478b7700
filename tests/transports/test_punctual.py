"""A hitch delays what is said once, and not everything that follows it."""

from __future__ import annotations

import numpy as np

from scenario.voice._audio.chunk import BYTES_PER_SECOND
from scenario.voice._clock import VirtualClock
from scenario.voice._line.playout import Playout
from scenario.voice.adapters._connection.punctual import Punctual
from tests.transports.contract.agent import tone

FRAME = 0.02


async def as_heard(media: bytes, hitches: dict[float, float]) -> tuple[np.ndarray, float]:
    """Return where there is sound when a run hears `media`, and where the last sound begins.

    Args:
        media: canonical audio.
        hitches: moments, and for how many seconds from then on nothing comes; then all of it comes at once.
    """
    clock = VirtualClock()
    began = clock.now()
    playout = Playout("agent", threshold_dbfs=-45.0, hear=None, edge=lambda *_: None)
    live, size = Punctual(clock), int(FRAME * BYTES_PER_SECOND)
    for at in range(0, len(media), size):
        due = at / BYTES_PER_SECOND
        late = max((start + length - due for start, length in hitches.items() if due >= start), default=0.0)
        await clock.sleep_until(began + due + max(late, 0.0))
        if pcm := live.push(media[at : at + size]):
            playout.place(pcm, clock.now() - began)
    playout.advance(playout.end)
    samples = np.frombuffer(playout.track.read(0, round(playout.end * 24_000)), "<i2").astype(int)
    (loud,) = np.nonzero(np.abs(samples) > 300)
    (pauses,) = np.nonzero(np.diff(loud) > 0.3 * 24_000)
    return loud, float(loud[pauses[-1] + 1] if len(pauses) else loud[0]) / 24_000


def silence(seconds: float) -> bytes:
    return bytes(int(seconds * 24_000) * 2)


async def test_words_after_a_hitch_are_heard_in_their_time_again():
    media = silence(1.0) + tone(440, 0.5) + silence(1.0) + tone(440, 0.5)
    in_time, begins = await as_heard(media, {})
    assert abs(begins - 2.5) < 0.005
    for hitch in ({0.4: 0.5}, {1.2: 0.3}, {0.2: 0.1, 0.5: 0.2, 1.6: 0.3}):
        late, begins = await as_heard(media, hitch)
        assert abs(begins - 2.5) < 0.045, hitch
        assert abs(len(late) - len(in_time)) < 240, hitch


async def test_nothing_that_is_said_is_left_out_for_it():
    media = silence(0.2) + tone(440, 2.0)
    in_time, _ = await as_heard(media, {})
    late, _ = await as_heard(media, {0.5: 0.4})
    assert len(late) == len(in_time)
