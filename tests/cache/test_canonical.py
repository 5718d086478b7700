"""core.md 5.2: the canonical form of values."""

from __future__ import annotations

import enum
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, PrivateAttr

from scenario._cache.canonical import UnrepresentableError, digest

text = st.text(max_size=8)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | text | st.binary(max_size=8)
)
hashable = scalars | st.tuples(scalars, scalars)
values = st.recursive(
    scalars | st.dates() | st.times(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(text | st.just("!set") | st.integers() | st.booleans(), inner, max_size=4)
        | st.frozensets(hashable, max_size=4)
    ),
    max_leaves=12,
)


def marked(value: Any) -> Any:
    """The value with its types, comparable: in Python 1 == True == 1.0 and 0.0 == -0.0."""
    if isinstance(value, dict):
        return "dict", frozenset((marked(key), marked(item)) for key, item in value.items())
    if isinstance(value, frozenset):
        return "set", frozenset(marked(item) for item in value)
    if isinstance(value, list | tuple):
        return type(value).__name__, tuple(marked(item) for item in value)
    return type(value).__name__, repr(value)


def rebuilt(value: Any) -> Any:
    """An equal value of other objects, with its dicts in the opposite order."""
    if isinstance(value, dict):
        return {key: rebuilt(item) for key, item in reversed(value.items())}
    if isinstance(value, list | tuple):
        return type(value)(rebuilt(item) for item in value)
    if isinstance(value, frozenset):
        return frozenset(sorted((rebuilt(item) for item in value), key=repr, reverse=True))
    return value


@given(values)
def test_equal_values_have_equal_digests(value: Any) -> None:
    assert digest(value) == digest(rebuilt(value))


@given(values, values)
def test_different_values_have_different_digests(left: Any, right: Any) -> None:
    assert (digest(left) == digest(right)) == (marked(left) == marked(right))


class Point(NamedTuple):
    x: int
    y: int


class Colour(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1


class Name(enum.StrEnum):
    RED = "red"


@dataclass
class Place:
    name: str
    tags: tuple[str, ...] = ()


class Order(BaseModel, extra="allow"):
    item: str
    place: Place | None = None
    handle: Any = Field(default=None, exclude=True)
    _cached: Any = PrivateAttr(default=None)


class Hidden(str):
    def __str__(self) -> str:
        return "***"


KINDS = [
    1,
    1.0,
    True,
    "1",
    None,
    "red",
    Colour.RED,
    Colour.BLUE,
    Level.LOW,
    Name.RED,
    b"red",
    ["red"],
    ("red",),
    {"red"},
    {"red": 1},
    {"red": True},
    {1: 1},
    {"1": 1},
    {"!set": ["red"]},
    Place("red"),
    Place("red", ("a",)),
    {"name": "red", "tags": ()},
    Order(item="red"),
    Order(item="red", place=Place("x")),
    Order(item="red", colour="x"),
    PurePosixPath("red"),
    date(2020, 1, 2),
    datetime(2020, 1, 2, tzinfo=UTC),
    time(1, 2),
    "2020-01-02",
    "x" * 5000,
    "x" * 5001,
    b"x" * 5000,
    "\ud800",
]


def test_every_kind_of_value_has_a_form_of_its_own() -> None:
    assert len({digest(value) for value in KINDS}) == len(KINDS)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"a": 1, "b": 2}, OrderedDict(b=2, a=1)),
        ({1, 2, "x"}, frozenset(["x", 2, 1])),
        (Point(1, 2), (1, 2)),
        (b"ab", bytearray(b"ab")),
        (PurePosixPath("a/b"), PureWindowsPath("a\\b")),
        (Place("a"), Place("a")),
        (Order(item="a", handle=object()), Order(item="a", handle=object())),
        (Hidden("secret"), "secret"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_equal_in_effect_have_equal_digests(left: Any, right: Any) -> None:
    assert digest(left) == digest(right)


@pytest.mark.parametrize(
    "value", [object(), len, Order, iter([1]), 1j, {"a": [lambda: 1]}], ids=lambda v: type(v).__name__
)
def test_anything_else_has_no_form(value: Any) -> None:
    with pytest.raises(UnrepresentableError):
        digest(value)


def test_the_error_names_the_type_that_has_no_form() -> None:
    with pytest.raises(UnrepresentableError) as caught:
        digest({"a": [1, (object(),)]})
    assert caught.value.type_name == "object"
