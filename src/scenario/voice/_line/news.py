"""A text that an adapter tells, and how often it has told it: an equal text told again is news."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, overload

if TYPE_CHECKING:
    from typing import Self

T = TypeVar("T")


class Told(Generic[T]):
    """An attribute of an adapter that counts how often it is set.

    Args:
        default: its value before it is set.
    """

    def __init__(self, default: T) -> None:
        self._default = default
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, adapter: None, owner: type) -> Self: ...
    @overload
    def __get__(self, adapter: object, owner: type | None = None) -> T: ...
    def __get__(self, adapter: object | None, owner: type | None = None) -> Self | T:
        if adapter is None:
            return self
        return adapter.__dict__.get(self._name, self._default)

    def __set__(self, adapter: object, text: T) -> None:
        adapter.__dict__[self._name] = text
        counter = _counter(self._name)
        adapter.__dict__[counter] = adapter.__dict__.get(counter, 0) + 1


class News(NamedTuple):
    """What an adapter told, and how often it had told something by then."""

    times: int
    text: Any

    def is_same(self, other: News) -> bool:
        """Whether nothing was told in between; an adapter's own plain attribute is not counted."""
        return self.times == other.times and self.text is other.text


def news(adapter: object, name: str) -> News:
    """Return what an adapter tells now in one of its texts."""
    return News(adapter.__dict__.get(_counter(name), 0), getattr(adapter, name))


def _counter(name: str) -> str:
    return f"_scenario_{name}_count"
