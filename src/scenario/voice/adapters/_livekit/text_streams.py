"""The words that agents send along: text streams, and the events of older agents.

Source: "Text and transcriptions" of LiveKit's documentation (docs.livekit.io/agents/build/text).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple

from livekit.rtc.data_stream import StreamError

from scenario.voice.adapters._livekit.room_events import on

if TYPE_CHECKING:
    from collections.abc import Callable

    from livekit import rtc

_TOPIC = "lk.transcription"
_FINAL = "lk.transcription_final"
_SEGMENT = "lk.segment_id"
_TRACK = "lk.transcribed_track_id"


class Words(NamedTuple):
    """A version of what a segment of speech says.

    Attributes:
        identity: of the participant that said it.
        track: id of the track on which it was said; empty if that is not told.
        segment: id of the segment.
        text: all of the segment.
        final: whether it stays so.
    """

    identity: str
    track: str
    segment: str
    text: str
    final: bool


class TextStreams:
    """Reads what is written in a room; register it before the room is joined.

    Args:
        room: the room.
        take: is given every version of every segment.
    """

    def __init__(self, room: rtc.Room, take: Callable[[Words], None]) -> None:
        self._take = take
        self._reading: set[asyncio.Task[None]] = set()
        self._has_streams = False
        room.register_text_stream_handler(_TOPIC, self._opened)
        on(room, "transcription_received", self._received)

    async def close(self) -> None:
        """Read no more."""
        for task in self._reading:
            task.cancel()
        if self._reading:
            await asyncio.wait(self._reading)

    def _opened(self, reader: rtc.TextStreamReader, identity: str) -> None:
        self._has_streams = True
        task = asyncio.create_task(self._read(reader, identity), name="scenario-livekit-text")
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _read(self, reader: rtc.TextStreamReader, identity: str) -> None:
        """Read one stream: a segment as it grows, or one version of it."""
        attributes = reader.info.attributes or {}
        segment = attributes.get(_SEGMENT) or reader.info.stream_id
        track = attributes.get(_TRACK, "")
        text = ""
        try:
            async for piece in reader:
                text += piece
                self._take(Words(identity, track, segment, text, final=False))
        except StreamError:  # broken off with the connection, which is reported where it is noticed
            return
        finally:
            reader.close()
        # Whether it is final stands at the beginning or, if it was not known then, at the end.
        final = (reader.info.attributes or {}).get(_FINAL) == "true"
        self._take(Words(identity, track, segment, text, final))

    def _received(
        self,
        segments: list[rtc.TranscriptionSegment],
        participant: rtc.Participant | None,
        publication: rtc.TrackPublication | None,
    ) -> None:
        if self._has_streams:  # agents that send both send the same
            return
        identity = "" if participant is None else participant.identity
        track = "" if publication is None else publication.sid
        for segment in segments:
            self._take(Words(identity, track, segment.id, segment.text, segment.final))
