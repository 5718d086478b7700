"""The messages of one run on the wire, kept in step with the live conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._events.wire import WireMessage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.types import Message


class WireConversation:
    """Follows the live list of messages and keeps one `WireMessage`, and so one id, for each."""

    def __init__(self) -> None:
        self._seen: list[Message] = []
        self._wires: list[WireMessage] = []
        self._changed = False

    def withdraw(self, index: int) -> None:
        """Forget the messages from `index` on; what comes in their place is new and gets new ids."""
        if index < len(self._seen):
            del self._seen[index:], self._wires[index:]
            self._changed = True

    def follow(self, messages: Sequence[Message]) -> tuple[WireMessage, ...] | None:
        """Take over what changed in `messages`; return all of it, or `None` if nothing did since last time.

        Messages already known cost one comparison of identity each: they are not built or copied again.
        """
        if messages[: len(self._seen)] != self._seen:
            self._realign(messages)
        for message in messages[len(self._seen) :]:
            self._seen.append(message)
            self._wires.append(WireMessage(message))
            self._changed = True
        if not self._changed:
            return None
        self._changed = False
        return tuple(self._wires)

    def _realign(self, messages: Sequence[Message]) -> None:
        """Match messages that were removed, moved or replaced directly in the list.

        A message that took the place of one that is gone is a new version of it and keeps its id.
        """
        known = {id(message): wire for message, wire in zip(self._seen, self._wires, strict=True)}
        still_there = {id(message) for message in messages}
        wires: list[WireMessage] = []
        for position, message in enumerate(messages):
            wire = known.get(id(message))
            if wire is None:
                replaced = position < len(self._seen) and id(self._seen[position]) not in still_there
                wire = WireMessage(message, id=self._wires[position].id if replaced else None)
            wires.append(wire)
        self._seen, self._wires, self._changed = list(messages), wires, True
