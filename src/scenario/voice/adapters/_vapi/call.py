"""A call that the provider has been asked for: where it is reached, and where it is ended.

Source: https://docs.vapi.ai/calls/websocket-transport and https://docs.vapi.ai/calls/call-features
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from scenario.voice._secret import Secret
from scenario.voice.adapters._connection.urls import checked_url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario.voice.errors import Fault

STATUS_FAULTS: Mapping[int, Fault] = {400: "agent", 402: "credentials", 404: "agent"}
"""What HTTP statuses mean here: 400 is a wrong assistant or wrong overrides of it, 402 an empty account."""


class Call(NamedTuple):
    """A call; whoever knows one of the addresses can take part in it.

    Attributes:
        url: for media; `None` when the provider has given none.
        control_url: takes commands; `None` when the assistant does not allow that.
    """

    url: Secret | None
    control_url: Secret | None


def request_body(assistant_id: str, overrides: Mapping[str, Any] | None, sample_rate: int) -> dict[str, Any]:
    """Return what asks for a call."""
    body: dict[str, Any] = {"assistantId": assistant_id}
    if overrides is not None:
        body["assistantOverrides"] = dict(overrides)
    audio = {"format": "pcm_s16le", "container": "raw", "sampleRate": sample_rate}
    body["transport"] = {"provider": "vapi.websocket", "audioFormat": audio}
    return body


def read_call(answer: object) -> Call:
    """Read what was answered."""
    return Call(
        _address(answer, "transport", "websocketCallUrl", ("wss", "ws")),
        _address(answer, "monitor", "controlUrl", ("https", "http")),
    )


def _address(answer: object, part: str, name: str, schemes: tuple[str, ...]) -> Secret | None:
    for key in (part, name):
        answer = cast("dict[str, object]", answer).get(key) if isinstance(answer, dict) else None
    if not isinstance(answer, str):
        return None
    try:
        return Secret(checked_url(answer, name=name, schemes=schemes, plain_only_on_loopback=True))
    except ValueError:
        return None  # an address that must not be used is none
