"""The body of the request that posts an event."""

from __future__ import annotations

from scenario._events.jsonable import json_text
from scenario._events.model import ScenarioEvent, ScenarioMessageSnapshotEvent
from scenario._media import elide_media

MAX_BYTES = 8 * 1024 * 1024


def encode(event: ScenarioEvent, *, media: bool) -> bytes:
    """Return `event` as JSON in UTF-8.

    Args:
        event: the event.
        media: whether a snapshot keeps its media; a body over 8 MiB never does.
    """
    if isinstance(event, ScenarioMessageSnapshotEvent):
        body = _encode_snapshot(event, media=media)
        if media and len(body) > MAX_BYTES:
            body = _encode_snapshot(event, media=False)
        return body
    body = _utf8(json_text(event.to_dict()))
    return _utf8(elide_media(body.decode())) if len(body) > MAX_BYTES else body


def _encode_snapshot(event: ScenarioMessageSnapshotEvent, *, media: bool) -> bytes:
    messages = ",".join(wire.text if media else wire.lean_text for wire in event.wires if not wire.omitted)
    return _utf8(f'{json_text(event.head())[:-1]},"messages":[{messages}]}}')


def _utf8(text: str) -> bytes:
    # Lone surrogates have no form in UTF-8; one of them is no reason to lose an event.
    return text.encode("utf-8", "replace")
