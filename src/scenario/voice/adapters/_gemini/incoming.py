"""A frame of the server, read once into what it means."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, cast

_KNOWN = frozenset(
    {
        "setupComplete",
        "serverContent",
        "toolCall",
        "toolCallCancellation",
        "goAway",
        "sessionResumptionUpdate",
        "voiceActivity",
        "usageMetadata",
    }
)
_OUTPUT_RATE = 24_000
_RATE = re.compile(r"rate=(\d+)")
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s")


class FrameError(ValueError):
    """A frame that is no JSON object, or whose audio is not base64."""


class Sound(NamedTuple):
    """A piece of the model's audio; `rate` is `None` when it is not PCM."""

    data: bytes
    rate: int | None
    mime_type: str


class FunctionCall(NamedTuple):
    """A tool call; `arguments` is a JSON object."""

    id: str
    name: str
    arguments: dict[str, Any]


class ResumptionUpdate(NamedTuple):
    """Whether the session could go on elsewhere at this moment, and with which handle."""

    resumable: bool
    handle: str


@dataclass(frozen=True)
class ServerFrame:
    """What one frame says.

    Attributes:
        setup_complete: the session is open.
        interrupted: the model was stopped by the user.
        sounds: what it says.
        agent_text: words of the model; the text of its thoughts is none.
        user_text: words of the user, as the server understood them.
        generation_complete: all audio of the response has come.
        turn_complete: the response is over, and no other one follows by itself.
        reason: why it is over, when that is out of the ordinary.
        calls: tools that the model calls.
        cancelled: ids of calls that need no answer any more.
        time_left: seconds until the server ends the connection.
        resumption: news about resuming.
        speech: the server heard the user begin or stop speaking.
        unknown: what this module does not know.
    """

    setup_complete: bool = False
    interrupted: bool = False
    sounds: list[Sound] = field(default_factory=list[Sound])
    agent_text: str = ""
    user_text: str = ""
    generation_complete: bool = False
    turn_complete: bool = False
    reason: str = ""
    calls: list[FunctionCall] = field(default_factory=list[FunctionCall])
    cancelled: list[str] = field(default_factory=list[str])
    time_left: float | None = None
    resumption: ResumptionUpdate | None = None
    speech: Literal["start", "end"] | None = None
    unknown: list[str] = field(default_factory=list[str])


def read_frame(frame: str | bytes) -> ServerFrame:
    """Read a text or binary frame.

    Raises:
        FrameError: it is no JSON object, or its audio is not base64.
    """
    try:
        parsed: object = json.loads(frame)
    except ValueError as error:
        raise FrameError(f"not JSON: {error}") from None
    if not isinstance(parsed, dict):
        raise FrameError(f"expected a JSON object, got {type(parsed).__name__}")
    message = cast("dict[str, Any]", parsed)
    content = _object(message, "serverContent")
    update = _object(message, "sessionResumptionUpdate")
    call = _object(message, "toolCall")
    return ServerFrame(
        setup_complete="setupComplete" in message,
        interrupted=content.get("interrupted") is True,
        sounds=[
            _sound(part) for part in _objects(_object(content, "modelTurn"), "parts") if "inlineData" in part
        ],
        agent_text=_text(_object(content, "outputTranscription"), "text"),
        user_text=_text(_object(content, "inputTranscription"), "text"),
        generation_complete=content.get("generationComplete") is True,
        turn_complete=_is_over(content),
        reason=_text(content, "turnCompleteReason"),
        calls=[_call(item) for item in _objects(call, "functionCalls")],
        cancelled=_texts(_object(message, "toolCallCancellation"), "ids"),
        time_left=_time_left(message),
        resumption=ResumptionUpdate(update.get("resumable") is True, _text(update, "newHandle"))
        if update
        else None,
        speech=_speech(_object(message, "voiceActivity")),
        unknown=[key for key in message if key not in _KNOWN],
    )


def _is_over(content: dict[str, Any]) -> bool:
    """A model that goes on by itself says so beside `turnComplete`."""
    status = _text(content, "interactionStatus")
    if status and not status.endswith("UNSPECIFIED"):
        return status == "IDLE"
    return content.get("turnComplete") is True


def _sound(part: dict[str, Any]) -> Sound:
    blob = _object(part, "inlineData")
    mime_type = _text(blob, "mimeType")
    text = _text(blob, "data")
    try:
        # Some clients of Google's write the URL-safe alphabet; both are base64.
        data = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error as error:
        raise FrameError(f"audio is not base64: {error}") from None
    if not mime_type.startswith("audio/pcm"):
        return Sound(data, None, mime_type)
    rate = _RATE.search(mime_type)
    return Sound(data, int(rate[1]) if rate else _OUTPUT_RATE, mime_type)


def _call(item: dict[str, Any]) -> FunctionCall:
    return FunctionCall(_text(item, "id"), _text(item, "name"), _object(item, "args"))


def _time_left(message: dict[str, Any]) -> float | None:
    if "goAway" not in message:
        return None
    seconds = _SECONDS.fullmatch(_text(_object(message, "goAway"), "timeLeft"))
    return float(seconds[1]) if seconds else 0.0


def _speech(activity: dict[str, Any]) -> Literal["start", "end"] | None:
    """Return the edge; the official SDK reads `type`, and names it `voiceActivityType` in its own type."""
    kind = _text(activity, "type") or _text(activity, "voiceActivityType")
    if kind.endswith("ACTIVITY_START"):
        return "start"
    return "end" if kind.endswith("ACTIVITY_END") else None


def _object(parent: dict[str, Any], key: str) -> dict[str, Any]:
    value = parent.get(key)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _objects(parent: dict[str, Any], key: str) -> list[dict[str, Any]]:
    values = parent.get(key)
    if not isinstance(values, list):
        return []
    return [cast("dict[str, Any]", value) for value in cast("list[Any]", values) if isinstance(value, dict)]


def _text(parent: dict[str, Any], key: str) -> str:
    value = parent.get(key)
    return value if isinstance(value, str) else ""


def _texts(parent: dict[str, Any], key: str) -> list[str]:
    values = parent.get(key)
    return (
        [value for value in cast("list[Any]", values) if isinstance(value, str)]
        if isinstance(values, list)
        else []
    )
