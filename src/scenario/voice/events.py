"""What happened in a voice run, as entries of its timeline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class VoiceEvent:
    """An entry of the timeline.

    Attributes:
        time: media time in seconds from the start of the recording.
        type: `user_start_speaking`, `user_stop_speaking`, `agent_start_speaking`, `agent_stop_speaking`,
            `user_interrupt`, `agent_interrupt`, `tool_call`, `tool_result`, `silence`, `dtmf_sent`,
            `dtmf_received`, `agent_turn_truncated`, `transport_speech`, `transport_error`,
            `transport_message`.
        name: name of a tool.
        args: arguments of a tool call, or of a step (`{"tones": ...}`).
        result: result of a tool.
        latency: seconds between the user's last voiced sample and the agent's first one; negative when the
            agent talks over the user.
        metadata: further facts, by type.
    """

    time: float
    type: str
    name: str | None = None
    args: Any = None
    result: Any = None
    latency: float | None = None
    metadata: Mapping[str, Any] | None = None
