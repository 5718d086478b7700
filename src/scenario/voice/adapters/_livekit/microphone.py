"""The user's voice in the room: a published track on which something flows all the time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from livekit import rtc
from livekit.rtc.participant import UnpublishTrackError

from scenario.voice._audio.converter import Encoder
from scenario.voice.adapters._connection.pacer import Pacer

if TYPE_CHECKING:
    from scenario.voice._clock import Clock

FORMAT = "pcm16/48000"
_RATE = 48_000
_FRAME_SECONDS = 0.02
_FRAME_SAMPLES = int(_RATE * _FRAME_SECONDS)
_SILENCE = bytes(2 * _FRAME_SAMPLES)
_QUEUE_MS = 200
_BEHIND_SECONDS = 0.03
_GOODBYE_SECONDS = 1.0
_HEARD_SECONDS = 3.0


class Microphone:
    """Publishes a track and speaks on it, frame by frame, by absolute time.

    Args:
        clock: what the frames are paced on.
    """

    def __init__(self, clock: Clock) -> None:
        self._source = rtc.AudioSource(_RATE, 1, queue_size_ms=_QUEUE_MS)
        self._track = rtc.LocalAudioTrack.create_audio_track("scenario-user", self._source)
        self._encoder = Encoder(FORMAT)
        self._publication: rtc.LocalTrackPublication | None = None
        self._error: Exception | None = None
        self._pacer = Pacer(
            clock,
            self._capture,
            frame_seconds=_FRAME_SECONDS,
            frame_bytes=len(_SILENCE),
            silence=_SILENCE,
            continuous=True,
        )

    @property
    def track_sid(self) -> str:
        """The server's id of the track; empty before it is published."""
        return "" if self._publication is None else self._publication.sid

    async def publish(self, room: rtc.Room) -> None:
        """Publish the track in `room`, and send silence on it from now on."""
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        self._publication = await room.local_participant.publish_track(self._track, options)
        self._pacer.start()

    async def heard(self) -> None:
        """Wait until someone gets the track: what is said before is lost. Old servers do not tell."""
        assert self._publication is not None  # it has been published
        with suppress(TimeoutError):
            async with asyncio.timeout(_HEARD_SECONDS):
                await self._publication.wait_for_subscription()

    async def play(self, pcm: bytes) -> None:
        """Say canonical audio; return when its last frame has left. Cancelled, fall silent at once."""
        try:
            await self._pacer.play(self._encoder.push(pcm))
        except asyncio.CancelledError:
            self._encoder = Encoder(FORMAT)
            self._source.clear_queue()
            raise

    async def flush(self) -> None:
        """Say what the conversion of rates holds back of an utterance."""
        await self._pacer.play(self._encoder.flush())

    def fail(self, error: Exception) -> None:
        """The room is lost: have `error` raised by what is playing."""
        self._error = error

    async def close(self, room: rtc.Room) -> None:
        """Fall silent, and take the track back."""
        await self._pacer.stop()
        try:
            if self._publication is not None and room.isconnected():
                with suppress(UnpublishTrackError, TimeoutError):  # the room is left in any case
                    async with asyncio.timeout(_GOODBYE_SECONDS):
                        await room.local_participant.unpublish_track(self._publication.sid)
        finally:
            await self._source.aclose()

    async def _capture(self, frame: bytes) -> None:
        if self._error is not None:
            raise self._error
        # What piled up in the queue while the machine was busy would delay all that is said later: it is
        # made up for where nothing is said.
        if frame is _SILENCE and self._source.queued_duration > _BEHIND_SECONDS:
            return
        await self._source.capture_frame(rtc.AudioFrame(frame, _RATE, 1, _FRAME_SAMPLES))
