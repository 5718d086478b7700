"""Listening to the events of a room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from livekit import rtc
    from livekit.rtc.room import EventTypes


def on(room: rtc.Room, event: EventTypes, callback: Callable[..., None]) -> None:
    """Have `callback` called with the arguments of `event`, or with as many of them as it takes."""
    cast("Any", room).on(event, callback)  # the client does not say what its callbacks take
