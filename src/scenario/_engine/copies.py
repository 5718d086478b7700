"""Copies of messages: containers are copied, strings are shared, so that a copy of audio costs nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, SupportsIndex, cast, overload

from scenario._ids import MESSAGE

if TYPE_CHECKING:
    from scenario.types import Message

MAX_DEPTH = 100
_PREFIX = f"{MESSAGE}_"
_WITHOUT_ID, _WITH_ID = ("trace_id",), ("trace_id", "id")


def copy_json(value: Any, *, depth: int = 0) -> Any:
    """Return a copy of a JSON-like value with new containers and the same strings.

    Objects with a `model_dump` (pydantic) become their dump without unset fields.

    Raises:
        TypeError: the value, or one in it, has no form in JSON, or it is nested too deeply.
    """
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if depth > MAX_DEPTH:
        raise TypeError(f"it is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, Mapping):
        copy: dict[str, Any] = {}
        for key, item in cast("Mapping[Any, Any]", value).items():
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is not a string")
            copy[key] = copy_json(item, depth=depth + 1)
        return copy
    if isinstance(value, list | tuple):
        return [copy_json(item, depth=depth + 1) for item in cast("Iterable[Any]", value)]
    dump = getattr(value, "model_dump", None)
    if callable(dump):
        # What a mock object dumps is a mock object again: only what is JSON at last is a copy.
        return copy_json(dump(mode="json", exclude_unset=True, exclude_none=True), depth=depth + 1)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def copy_message(message: Mapping[str, Any]) -> Message:
    """Return a copy of a message of the conversation as an agent may see it."""
    hidden = _hidden(message)
    return {key: copy_json(item) for key, item in message.items() if key not in hidden}


def as_seen(message: Mapping[str, Any]) -> Message:
    """Return a message without what is the run's own: `trace_id`, and an `id` that the run gave it."""
    hidden = _hidden(message)
    return {key: item for key, item in message.items() if key not in hidden}


def _hidden(message: Mapping[str, Any]) -> tuple[str, ...]:
    given = message.get("id")
    return _WITH_ID if isinstance(given, str) and given.startswith(_PREFIX) else _WITHOUT_ID


class MessageView(list[Any]):
    """A list of the conversation's messages that copies each one when it is looked at.

    Handing every agent a fresh deep copy of the whole conversation at every call would make a run quadratic
    in its length. This is a true list, of messages without `trace_id`; whatever Python code takes out of it
    is a copy of its own, made at that moment and kept. C code that reads a list's storage directly
    (serialisers, validators) sees the right content without a copy.
    """

    def __init__(self, clean: list[Message], source: list[Message]) -> None:
        super().__init__(clean)
        self._source: list[Message] | None = list(source)
        self._owned: set[int] = set()

    def _own_all(self) -> None:
        if self._source is not None:
            for index in range(len(self._source)):
                self._own(index)
            self._source = None

    def _own(self, index: int) -> Any:
        if self._source is not None and index not in self._owned:
            super().__setitem__(index, copy_message(self._source[index]))
            self._owned.add(index)
        return super().__getitem__(index)

    @overload
    def __getitem__(self, index: SupportsIndex) -> Any: ...
    @overload
    def __getitem__(self, index: slice) -> list[Any]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        positions = range(len(self))[index]
        return [self._own(i) for i in positions] if isinstance(positions, range) else self._own(positions)

    def __iter__(self) -> Iterator[Any]:
        index = 0
        while index < len(self):
            yield self._own(index)
            index += 1

    def __reversed__(self) -> Iterator[Any]:
        return (self._own(index) for index in range(len(self) - 1, -1, -1))

    def copy(self) -> list[Any]:
        """Return a plain list of copies."""
        return list(self)

    def __add__(self, other: Any) -> list[Any]:
        return list(self) + list(other)

    def __radd__(self, other: Any) -> list[Any]:
        return list(other) + list(self)

    def __mul__(self, times: SupportsIndex) -> list[Any]:
        return list(self) * times

    def __reduce__(self) -> tuple[Any, ...]:
        return (list, (list(self),))


def _owning(name: str) -> Any:
    """Return the list method `name`, which first makes every message the view's own."""
    method = getattr(list, name)

    def owning(self: MessageView, *args: Any, **kwargs: Any) -> Any:
        self._own_all()  # pyright: ignore[reportPrivateUsage]  # a method of the class, made outside its body
        return method(self, *args, **kwargs)

    owning.__name__ = name
    return owning


# After any change of its length or order the positions no longer match the conversation's.
for _name in (
    "__setitem__", "__delitem__", "__iadd__", "__imul__", "append", "clear", "extend", "insert", "pop",
    "remove", "reverse", "sort",
):  # fmt: skip
    setattr(MessageView, _name, _owning(_name))
