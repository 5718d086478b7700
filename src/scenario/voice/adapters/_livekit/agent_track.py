"""The agent's voice: frames of its track, as canonical audio."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from livekit import rtc

from scenario.voice._audio.converter import Decoder

if TYPE_CHECKING:
    from collections.abc import Callable

FORMAT = "pcm16/48000"
_CLOSE_SECONDS = 1.0


async def hear_track(track: rtc.RemoteAudioTrack, hear: Callable[[bytes], None]) -> None:
    """Give `hear` what comes on `track`, canonical, until it ends or this is cancelled."""
    decoder = Decoder(FORMAT)
    stream = rtc.AudioStream(track, sample_rate=48_000, num_channels=1, frame_size_ms=20)
    try:
        async for event in stream:
            hear(decoder.push(bytes(event.frame.data)))
        hear(decoder.flush())
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_SECONDS):
                await stream.aclose()
