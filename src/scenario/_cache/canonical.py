"""The canonical form of a value: JSON that is the same for equal values in every process.

JSON's own types stand for themselves. Everything else becomes an object with one key that starts with `!`,
so that different values never have the same form.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from enum import Enum
from functools import lru_cache, singledispatch
from pathlib import PurePath
from typing import Any

from pydantic import BaseModel

_LONG_TEXT = 4096
_PLAIN = frozenset({bool, int, float})
_SECRET_NAME = re.compile(r"(^|[-_])(api[-_]?key|authorization)$", re.IGNORECASE)
_MESSAGE_ROLES = frozenset({"assistant", "developer", "function", "system", "tool", "user"})
_MESSAGE_BODIES = frozenset({"content", "tool_calls", "function_call"})
_CHANGES_PER_RUN = frozenset({"id", "trace_id"})


class UnrepresentableError(Exception):
    """A value has no form that would be the same in another process.

    Attributes:
        type_name: the type of the value.
    """

    def __init__(self, value: object) -> None:
        self.type_name = type(value).__name__
        super().__init__(f"a {self.type_name} has no stable form")


def digest(value: object) -> str:
    """Return the SHA-256 of the canonical form of `value`, in hexadecimal.

    Raises:
        UnrepresentableError: `value`, or something in it, has no canonical form.
    """
    try:
        return _sha256(_dumps(canonical(value)))
    except (RecursionError, ValueError) as error:  # it contains itself, or an integer of 4300 digits
        raise UnrepresentableError(value) from error


def canonical(value: object) -> Any:
    """Return `value` as JSON types.

    Raises:
        UnrepresentableError: `value`, or something in it, has no canonical form.
    """
    if type(value) is str:
        return _text(value)
    if value is None or type(value) in _PLAIN:
        return value
    fingerprint = getattr(type(value), "_cache_fingerprint", None)
    return _form(value) if fingerprint is None else canonical_object(value, fingerprint(value))


def canonical_object(value: object, fields: Mapping[str, object]) -> Any:
    """Return the form of an object that is described by its class and `fields`."""
    return {"!object": [class_name(type(value)), canonical(fields)]}


def canonical_message(message: Mapping[str, object]) -> Any:
    """Return the form of a message of the conversation, without what differs between equal runs."""
    return canonical({name: value for name, value in message.items() if name not in _CHANGES_PER_RUN})


def class_name(cls: type) -> str:
    """Return the name under which `cls` is known in every process."""
    return f"{cls.__module__}.{cls.__qualname__}"


@lru_cache(maxsize=1024)
def names_a_secret(name: str) -> bool:
    """Tell whether a value of this name is an API key or an authorization header."""
    return _SECRET_NAME.search(name) is not None


@singledispatch
def _form(value: object) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return canonical_object(value, {f.name: getattr(value, f.name) for f in dataclasses.fields(value)})
    raise UnrepresentableError(value)


register = _form.register
"""Decorator that gives a type a form of its own."""


@register(str)
def _text(value: str) -> Any:
    if isinstance(value, Enum):
        return _enum(value)
    # The unbound method: subclasses that hide a secret override `__str__`.
    text = str.__str__(value)
    return text if len(text) <= _LONG_TEXT else {"!text": _sha256(text)}


@register(int)
def _int(value: int) -> Any:
    return _enum(value) if isinstance(value, Enum) else int(value)


@register(float)
def _float(value: float) -> Any:
    return _enum(value) if isinstance(value, Enum) else float(value)


@register(Enum)
def _enum(value: Enum) -> Any:
    return {"!enum": [class_name(type(value)), canonical(value.value)]}


@register(bytes)
@register(bytearray)
@register(memoryview)
def _bytes(value: bytes | bytearray | memoryview) -> Any:
    return {"!bytes": hashlib.sha256(value).hexdigest()}


@register(list)
def _list(value: list[object]) -> Any:
    return [canonical(item) for item in value]


@register(tuple)
def _tuple(value: tuple[object, ...]) -> Any:
    return {"!tuple": [canonical(item) for item in value]}


@register(set)
@register(frozenset)
def _set(value: frozenset[object]) -> Any:
    return {"!set": sorted((canonical(item) for item in value), key=_dumps)}


@register(Mapping)
def _mapping(value: Mapping[object, object]) -> Any:
    left_out = _CHANGES_PER_RUN if _is_message(value) else frozenset[object]()
    kept = {
        key: item
        for key, item in value.items()
        if key not in left_out and not (isinstance(key, str) and names_a_secret(key))
    }
    if all(type(key) is str and not key.startswith("!") for key in kept):
        return {key: canonical(item) for key, item in kept.items()}
    pairs = ([canonical(key), canonical(item)] for key, item in kept.items())
    return {"!mapping": sorted(pairs, key=_dumps)}


@register(date)
@register(datetime)
@register(time)
def _time(value: date | datetime | time) -> Any:
    return {"!time": value.isoformat()}


@register(PurePath)
def _path(value: PurePath) -> Any:
    return {"!path": value.as_posix()}


@register(BaseModel)
def _model(value: BaseModel) -> Any:
    fields = {
        name: getattr(value, name, None)
        for name, field in type(value).model_fields.items()
        if not field.exclude
    }
    return canonical_object(value, fields | (value.model_extra or {}))


def _is_message(value: Mapping[object, object]) -> bool:
    # A body is asked for, because {"id": 7, "role": "user"} may be a row of somebody's table.
    role = value.get("role")
    return isinstance(role, str) and role in _MESSAGE_ROLES and not _MESSAGE_BODIES.isdisjoint(value)


def _dumps(form: Any) -> str:
    return json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
