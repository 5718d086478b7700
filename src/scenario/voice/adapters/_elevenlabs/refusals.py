"""What the service means when it closes the connection: its codes say less than its reasons.

Before it closes because of an error it sends one, whose `error_type` is made for programs; not always, and to
some clients without details. Then the words of the reason count, and where they are new, the code.

Source: `WebSocketCloseCode` and `ErrorType` in
https://github.com/elevenlabs/packages/blob/main/packages/types/schemas/agent.asyncapi.yaml; an error without
`error_event`, and a close with 1000 after it: https://github.com/elevenlabs/packages/issues/911
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario.voice.adapters._elevenlabs.server_events import ServerEvent
    from scenario.voice.errors import Fault

STATUS_FAULTS: Mapping[int, Fault] = {404: "agent", 402: "credentials", 422: "agent"}
"""What HTTP statuses mean here."""

CLOSE_FAULTS: Mapping[int, Fault] = {1002: "peer", 1008: "agent"}
"""The same for close codes: 1002 is a failure of a model or a time-out, 1008 is what was sent."""


class _Meaning(NamedTuple):
    fault: Fault
    text: str


_QUOTA = _Meaning("credentials", "the account behind the key has no quota left")
_SETTINGS = _Meaning(
    "agent",
    "the agent's settings do not go with what was sent: allow overrides in its security settings, and pass "
    "the dynamic variables that it needs",
)
_AGENT = _Meaning("agent", "there is no such agent; check agent_id")
_KEY = _Meaning("credentials", "the agent cannot be reached with this key")
_TOOLS = _Meaning("agent", "a tool of the agent is not set up as it must be")
_SENT = _Meaning("protocol", "the service does not understand what was sent")

_TYPES: Mapping[str, _Meaning] = {
    "override_error": _SETTINGS,
    "missing_dynamic_variable": _SETTINGS,
    "missing_dynamic_variable_transfer": _SETTINGS,
    "mcp_tool_error": _TOOLS,
    "mcp_https_error": _TOOLS,
    "invalid_message": _SENT,
    "missing_fields": _SENT,
    "value_error": _SENT,
}
_WORDS: tuple[tuple[re.Pattern[str], _Meaning], ...] = (
    (re.compile(r"quota|credits?\b|payment|billing|subscription", re.IGNORECASE), _QUOTA),
    (re.compile(r"override|dynamic variable", re.IGNORECASE), _SETTINGS),
    (re.compile(r"does not exist|not found|no such agent", re.IGNORECASE), _AGENT),
    (
        re.compile(r"authori[sz]|authenticat|api[ _-]?key|permission|signature|signed url", re.IGNORECASE),
        _KEY,
    ),
)
_CODES: Mapping[int, _Meaning] = {
    1008: _Meaning(
        "agent",
        "the service refuses what was sent: check api_key and agent_id, allow overrides in the agent's "
        "security settings, and pass the dynamic variables that it needs",
    ),
    3000: _KEY,
}


def explained(
    error: VoiceTransportError, report: ServerEvent | None = None, shown: str = ""
) -> VoiceTransportError:
    """Return an error that says what is wrong, where the service tells.

    Args:
        error: of the connection.
        report: the last error that the service has sent.
        shown: what it says, without secrets.
    """
    if not isinstance(error.code, int) or error.code < 1000:
        return error
    meaning = _meaning(report.text("error_type") if report else "", f"{error.reason} {shown}", error.code)
    if meaning is None and not shown:
        return error
    return VoiceTransportError(
        meaning.text if meaning else "the service has ended the conversation because of an error",
        adapter=error.adapter,
        fault=meaning.fault if meaning else error.fault,
        host=error.host,
        code=error.code,
        reason=error.reason or shown,
    )


def _meaning(error_type: str, words: str, code: int) -> _Meaning | None:
    if (meaning := _TYPES.get(error_type)) is not None:
        return meaning
    return next((meaning for pattern, meaning in _WORDS if pattern.search(words)), _CODES.get(code))
