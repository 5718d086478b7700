"""The ids by which segments are linked with the messages that they became."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._ids import MESSAGE, new_id

if TYPE_CHECKING:
    from scenario.types import Message


def identified(message: Message) -> Message:
    """Return a message with its own id, or with one of the run: in results and events, seen by no agent."""
    return message if message.get("id") else {**message, "id": new_id(MESSAGE)}
