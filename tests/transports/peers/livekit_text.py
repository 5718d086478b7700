"""Words as LiveKit's agents send them along with their speech: a text stream for each segment."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from livekit.protocol.models import DataStream

if TYPE_CHECKING:
    from tests.transports.peers.livekit import Session


class SpokenText:
    """One text stream.

    Args:
        session: whose client reads it.
        segment: id of the segment of speech.
        track: the track on which it is said; empty leaves that out.
        identity: of the participant that says it.
    """

    def __init__(self, session: Session, *, segment: str, track: str = "", identity: str = "agent") -> None:
        self._session = session
        self._identity = identity
        self._attributes = {"lk.segment_id": segment}
        if track:
            self._attributes["lk.transcribed_track_id"] = track
        self._id = uuid.uuid4().hex
        self._chunks = 0

    async def begin(self, *, final: bool = False) -> None:
        """Open it."""
        header = DataStream.Header(
            stream_id=self._id,
            timestamp=int(time.time() * 1000),
            topic="lk.transcription",
            mime_type="text/plain",
            attributes={**self._attributes, "lk.transcription_final": str(final).lower()},
            text_header=DataStream.TextHeader(),
        )
        await self._session.data(identity=self._identity, stream_header=header)

    async def add(self, text: str) -> None:
        """Write some more."""
        chunk = DataStream.Chunk(stream_id=self._id, chunk_index=self._chunks, content=text.encode())
        self._chunks += 1
        await self._session.data(identity=self._identity, stream_chunk=chunk)

    async def end(self, *, final: bool | None = None) -> None:
        """Close it, and say whether it was the final version."""
        attributes = {} if final is None else {"lk.transcription_final": str(final).lower()}
        trailer = DataStream.Trailer(stream_id=self._id, attributes=attributes)
        await self._session.data(identity=self._identity, stream_trailer=trailer)


async def write(
    session: Session, text: str, *, segment: str, final: bool, track: str = "", identity: str = "agent"
) -> None:
    """Send one version of a segment as a stream of its own, as is done for what the user says."""
    stream = SpokenText(session, segment=segment, track=track, identity=identity)
    await stream.begin(final=final)
    await stream.add(text)
    await stream.end()
