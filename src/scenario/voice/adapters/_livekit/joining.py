"""Joining a room in such a way that giving up leaves nobody in it."""

from __future__ import annotations

import asyncio

from livekit import rtc

_ATTEMPT_SECONDS = 5.0
_PATIENCE_SECONDS = 3.0
_abandoned: set[asyncio.Task[None]] = set()
"""Attempts that outlived those who made them; each leaves the room as soon as it is in it."""


async def join(room: rtc.Room, url: str, token: str) -> str | None:
    """Join `room`; return why that was refused, or `None` when we are in.

    The native client cannot be stopped while it connects: if nobody waited for it, it would stay in the room,
    leak sockets and may end the process (github.com/livekit/rust-sdks/issues/1340). So a cancelled attempt is
    waited for, for 3 s at most, and then goes on without us until it is over.
    """
    connecting = asyncio.create_task(_connect(room, url, token), name="scenario-livekit-join")
    try:
        return await asyncio.shield(connecting)
    except asyncio.CancelledError:
        leaving = asyncio.create_task(_leave(room, connecting), name="scenario-livekit-leave")
        await asyncio.wait({leaving}, timeout=_PATIENCE_SECONDS)
        if not leaving.done():
            _abandoned.add(leaving)
            leaving.add_done_callback(_abandoned.discard)
        raise


async def _connect(room: rtc.Room, url: str, token: str) -> str | None:
    # One connection for each direction is what every version of the server speaks.
    options = rtc.RoomOptions(
        auto_subscribe=True, connect_timeout=_ATTEMPT_SECONDS, single_peer_connection=False
    )
    try:
        await room.connect(url, token, options)
    except rtc.ConnectError as error:  # its text is judged where nothing of it can hang on to what is raised
        return error.message
    return None


async def _leave(room: rtc.Room, connecting: asyncio.Task[str | None]) -> None:
    await asyncio.wait({connecting})
    if connecting.exception() is None and room.isconnected():
        await room.disconnect()
