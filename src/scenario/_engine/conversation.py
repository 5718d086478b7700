"""The conversation of a run: its messages, and for every agent the queue of those it has not seen."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any, cast

from scenario._engine.copies import MessageView, as_seen, copy_json, copy_message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scenario.types import Message


class Conversation:
    """Messages in order and one queue per agent, agents being known by their position.

    `messages` is the live list that `ScenarioState` shows: a stored message has `trace_id`, what agents get
    has not.
    """

    def __init__(self, agents: int) -> None:
        self.messages: list[Message] = []
        self._queues: list[list[Message]] = [[] for _ in range(agents)]
        # The messages without `trace_id`, and the content of `messages` from which they were made: users may
        # append to the live list directly.
        self._clean: list[Message] = []
        self._mirrored: list[Message] = []

    def add(
        self, message: Mapping[str, Any], *, trace_id: str | None, producer: int | None = None
    ) -> Message:
        """Store a copy of a message, queue it for every agent but its producer, and return what is stored.

        Raises:
            ValueError: it is not a dict with a string `role`, or its content has no form in JSON.
        """
        stored = checked_copy(message)
        stored["trace_id"] = trace_id
        self.messages.append(stored)
        for position, queue in enumerate(self._queues):
            if position != producer:
                queue.append(stored)
        return stored

    def view(self) -> list[Message]:
        """Return the whole conversation as an agent may see it."""
        self._mirror()
        return MessageView(self._clean, self.messages)

    def take(self, position: int) -> list[Message]:
        """Empty an agent's queue and return what was in it, as stored."""
        taken, self._queues[position] = self._queues[position], []
        return taken

    def put_back(self, position: int, taken: Sequence[Message]) -> None:
        """Put what an unsuccessful call had taken in front again, unless it was withdrawn meanwhile."""
        alive = {id(message) for message in self.messages}
        self._queues[position][:0] = [message for message in taken if id(message) in alive]

    def withdraw_from(self, index: int) -> list[Message]:
        """Remove the messages from `index` on, from the queues too, and return them.

        Raises:
            ValueError: `index` is negative.
        """
        if index < 0:
            raise ValueError(f"the index to roll back to must be at least 0, got {index!r}")
        removed = self.messages[index:]
        del self.messages[index:]
        gone = {id(message) for message in removed}
        for queue in self._queues:
            queue[:] = [message for message in queue if id(message) not in gone]
        return removed

    def _mirror(self) -> None:
        same = len(self._mirrored)
        # Lists compare their items by identity first, so this costs nanoseconds a message.
        if self.messages[:same] != self._mirrored:
            pairs = zip(self._mirrored, self.messages, strict=False)
            same = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs))
        self._clean[same:] = [as_seen(message) for message in self.messages[same:]]
        self._mirrored[same:] = self.messages[same:]


def checked_copy(message: Any) -> Message:
    """Return a copy of a message.

    Raises:
        ValueError: it is not a dict with a string `role`, or its content has no form in JSON.
    """
    role: Any = cast("Message", message).get("role") if isinstance(message, dict) else None
    if not isinstance(role, str):
        raise ValueError(f"a message is a dict with a string 'role', got {shown(message)}")  # noqa: TRY004  # spec
    try:
        return copy_json(message)
    except TypeError as error:
        raise ValueError(f"a message must be JSON-serialisable: {error}") from error


def shown(value: Any) -> str:
    """Return `repr(value)`, cut to 100 characters."""
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:97]}..."


def fresh_copies(messages: Sequence[Message]) -> list[Message]:
    """Return copies of stored messages as an agent may see them."""
    return [copy_message(message) for message in messages]
