"""What we tell the service.

Source: https://elevenlabs.io/docs/agents-platform/api-reference/agents-platform/websocket
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def initiation(
    *, prompt: str | None, first_message: str | None, dynamic_variables: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return what must be said first; only what was given is changed about the agent."""
    event: dict[str, Any] = {"type": "conversation_initiation_client_data"}
    agent: dict[str, Any] = {}
    if prompt is not None:
        agent["prompt"] = {"prompt": prompt}
    if first_message is not None:
        agent["first_message"] = first_message
    if agent:
        event["conversation_config_override"] = {"agent": agent}
    if dynamic_variables is not None:
        event["dynamic_variables"] = dict(dynamic_variables)
    return event


def audio(data: bytes) -> dict[str, Any]:
    """Return audio of the user, in the format that was announced."""
    return {"user_audio_chunk": base64.b64encode(data).decode()}


def pong(event_id: int | None) -> dict[str, Any]:
    """Return the answer to a ping."""
    return {"type": "pong", "event_id": event_id}


def tool_result(call_id: str, result: str, *, is_error: bool) -> dict[str, Any]:
    """Return what a tool said."""
    return {"type": "client_tool_result", "tool_call_id": call_id, "result": result, "is_error": is_error}


def user_message(text: str) -> dict[str, Any]:
    """Return something that the user writes instead of speaking."""
    return {"type": "user_message", "text": text}
