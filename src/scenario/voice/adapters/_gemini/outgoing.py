"""The frames that we send after the setup."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

INPUT_RATE = 16_000
_LONGEST = INPUT_RATE * 2  # one second of PCM16
_OPENING = "Please begin the conversation."


def activity_start() -> dict[str, Any]:
    """The user begins a turn."""
    return {"realtimeInput": {"activityStart": {}}}


def activity_end() -> dict[str, Any]:
    """The user's turn is over."""
    return {"realtimeInput": {"activityEnd": {}}}


def audio(pcm: bytes) -> Iterator[dict[str, Any]]:
    """Yield the frames that carry PCM16 at 16,000 Hz, in pieces of at most one second."""
    for at in range(0, len(pcm), _LONGEST):
        data = base64.b64encode(pcm[at : at + _LONGEST]).decode("ascii")
        yield {"realtimeInput": {"audio": {"data": data, "mimeType": f"audio/pcm;rate={INPUT_RATE}"}}}


def stream_end() -> dict[str, Any]:
    """The user is silent: what the server still keeps of the stream is to be taken as it is."""
    return {"realtimeInput": {"audioStreamEnd": True}}


def opening(*, as_content: bool, marked: bool) -> Iterator[dict[str, Any]]:
    """Yield what has the model speak first.

    Args:
        as_content: the model takes `clientContent`; else the request is realtime text.
        marked: realtime text must stand between marks, as nobody else finds the turn in it.
    """
    if as_content:
        turn = {"role": "user", "parts": [{"text": _OPENING}]}
        yield {"clientContent": {"turns": [turn], "turnComplete": True}}
        return
    if marked:
        yield activity_start()
    yield {"realtimeInput": {"text": _OPENING}}
    if marked:
        yield activity_end()


def tool_response(results: Sequence[tuple[str, str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Give the model results of its calls, each as id, name and response."""
    return {
        "toolResponse": {
            "functionResponses": [
                {"id": call_id, "name": name, "response": dict(response)}
                for call_id, name, response in results
            ]
        }
    }
