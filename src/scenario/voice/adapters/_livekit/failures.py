"""What LiveKit's client says when a room cannot be joined or is lost, as errors of ours.

The client is native code: it raises one class of error, whose text tells what happened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scenario.voice.adapters._connection.faults import reason_of, status_error
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scenario.voice.errors import Fault

_STATUS = re.compile(r"(?:client|server|handshake) error: (\d{3})[^-]*(?:- (.*))?", re.DOTALL)

_PHRASES: tuple[tuple[str, Fault, str], ...] = (
    ("connection refused", "host", "nothing listens there: the connection was refused"),
    ("lookup address", "host", "the host name cannot be resolved; check its spelling and the network"),
    ("certificate", "host", "the host's certificate is not trusted"),
    ("tls", "host", "no TLS with the host; check scheme and port"),
    ("joinresponse", "host", "the host does not answer as a LiveKit server does"),
    ("pc_connection", "media", "the room was joined, but no media connection came about"),
    ("peer connection", "media", "the room was joined, but no media connection came about"),
    ("timeout", "host", "the host does not answer"),
    ("timed out", "host", "the host does not answer"),
    ("signal failure", "host", "the host broke off before the room was joined"),
)
_REASONS: Mapping[str, Fault] = {
    "DUPLICATE_IDENTITY": "room",
    "ROOM_DELETED": "room",
    "ROOM_CLOSED": "room",
    "JOIN_FAILURE": "room",
    "CONNECTION_TIMEOUT": "media",
    "MEDIA_FAILURE": "media",
}
_HINTS: Mapping[str, str] = {
    "DUPLICATE_IDENTITY": "; another participant has joined with the same identity=",
}


def join_error(text: str, *, adapter: str, host: str, secrets: Iterable[str]) -> VoiceTransportError:
    """Return the error for a room that could not be joined.

    Args:
        text: what the client says.
        adapter: class name of the adapter.
        host: the server.
        secrets: what must not be shown; servers echo keys.
    """
    if found := _STATUS.search(text):
        return refusal_error(int(found[1]), found[2] or "", adapter=adapter, host=host, secrets=secrets)
    fault, meaning = _meaning_of(text.lower())
    return VoiceTransportError(
        meaning, adapter=adapter, fault=fault, host=host, reason=reason_of(text, secrets)
    )


def refusal_error(
    status: int, body: str, *, adapter: str, host: str, secrets: Iterable[str]
) -> VoiceTransportError:
    """Return the error for an HTTP answer that does not let us in.

    Args:
        status: of the answer.
        body: of the answer; LiveKit's servers say there what is wrong.
        adapter: class name of the adapter.
        host: the server.
        secrets: what must not be shown.
    """
    if status in (400, 401, 403, 404) and "room" in body.lower():
        text = "the server does not let this token into the room; check room= and whether it exists"
        fault: Fault = "room"
    elif status in (401, 403, 404, 407, 429) or status >= 500:
        return status_error(status, body, adapter=adapter, host=host, secrets=secrets)
    elif status == 400 and not body.lstrip().startswith("<"):
        text, fault = "the server does not take this token", "credentials"
    else:
        text, fault = "the host does not answer as a LiveKit server does; check url=", "host"
    return VoiceTransportError(
        text, adapter=adapter, fault=fault, host=host, code=status, reason=reason_of(body, secrets)
    )


def left_error(reason: str, *, adapter: str, host: str) -> VoiceTransportError:
    """Return the error for a room that was left without our asking.

    Args:
        reason: name of LiveKit's `DisconnectReason`.
        adapter: class name of the adapter.
        host: the server.
    """
    text = f"the connection to the room is over{_HINTS.get(reason, '')}"
    fault = _REASONS.get(reason, "peer")
    return VoiceTransportError(text, adapter=adapter, fault=fault, host=host, reason=reason)


def _meaning_of(text: str) -> tuple[Fault, str]:
    for phrase, fault, meaning in _PHRASES:
        if phrase in text:
            return fault, meaning
    return "protocol", "the room could not be joined"
