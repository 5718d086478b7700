"""An event of the service, read once.

Source: https://elevenlabs.io/docs/agents-platform/api-reference/agents-platform/websocket
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any, NamedTuple, cast

_BODIES = {
    "user_transcript": ("user_transcription_event",),
    "client_tool_call": ("client_tool_call",),
    "agent_tool_request": ("agent_tool_request", "agent_tool_request_event"),
    "agent_tool_response": ("agent_tool_response", "agent_tool_response_event"),
    "client_error": ("error_event", "client_error_event"),
}
"""Where an event keeps its facts; all others under `<type>_event`."""


class FrameError(ValueError):
    """A frame that is no JSON object, or whose audio is not base64."""


class ServerEvent(NamedTuple):
    """An event.

    Attributes:
        type: what happened; empty when the service does not say.
        facts: about it, whether they were nested or at the top.
    """

    type: str
    facts: dict[str, Any]

    def text(self, name: str) -> str:
        """Return a fact that is text, without blanks around it; empty when it is not there."""
        value = self.facts.get(name)
        return value.strip() if isinstance(value, str) else ""

    def number(self, name: str) -> int | None:
        """Return a fact that is a number, which the service may send as text."""
        value = self.facts.get(name)
        try:
            return None if isinstance(value, bool) else int(cast("Any", value))
        except (TypeError, ValueError, OverflowError):
            return None

    @property
    def complaint(self) -> str:
        """What it says of an error; the details, where the client is told them."""
        names = ("code", "error_type", "error_name", "message", "reason", "debug_message")
        return " ".join(str(self.facts[name]) for name in names if self.facts.get(name))

    @property
    def audio(self) -> bytes:
        """The audio in it.

        Raises:
            FrameError: it is not base64.
        """
        try:
            return base64.b64decode(self.text("audio_base_64"), validate=True)
        except (binascii.Error, ValueError):
            raise FrameError("audio that is not base64") from None


def read_event(frame: str | bytes) -> ServerEvent:
    """Read a frame.

    Raises:
        FrameError: it is no JSON object.
    """
    try:
        event: object = json.loads(frame)
    except ValueError:
        event = None
    if not isinstance(event, dict):
        raise FrameError("a frame that is no JSON object")
    facts = cast("dict[str, Any]", event)
    kind = facts.get("type")
    kind = kind if isinstance(kind, str) else ""
    for name in _BODIES.get(kind, (f"{kind}_event",)):
        if isinstance(body := facts.get(name), dict):
            return ServerEvent(kind, {**facts, **cast("dict[str, Any]", body)})
    return ServerEvent(kind, facts)
