"""What the service means when it closes the connection: its codes say less than its reasons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario.voice.errors import Fault

STATUS_FAULTS: Mapping[int, Fault] = {404: "agent", 402: "credentials", 422: "agent"}
"""What HTTP statuses mean here."""

_REASONS: tuple[tuple[re.Pattern[str], Fault, str], ...] = (
    (
        re.compile(r"quota|credits?\b|payment|billing|subscription", re.IGNORECASE),
        "credentials",
        "the account behind the key has no quota left",
    ),
    (
        re.compile(r"override|dynamic variable", re.IGNORECASE),
        "agent",
        "the agent's settings do not go with what was sent: allow overrides in its security settings, and "
        "pass the dynamic variables that it needs",
    ),
    (
        re.compile(r"does not exist|not found|no such agent", re.IGNORECASE),
        "agent",
        "there is no such agent; check agent_id",
    ),
    (
        re.compile(r"authori[sz]|authenticat|api[ _-]?key|permission|signature|signed url", re.IGNORECASE),
        "credentials",
        "the agent cannot be reached with this key",
    ),
)


def explained(error: VoiceTransportError) -> VoiceTransportError:
    """Return an error that says what is wrong, where the service's reason tells."""
    if not isinstance(error.code, int) or error.code < 1000:
        return error
    for pattern, fault, text in _REASONS:
        if pattern.search(error.reason):
            return VoiceTransportError(
                text,
                adapter=error.adapter,
                fault=fault,
                host=error.host,
                code=error.code,
                reason=error.reason,
            )
    return error
