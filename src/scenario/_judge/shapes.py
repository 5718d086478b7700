"""Type guards for values of unknown shape: what agents and models hand over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard


def is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    """Whether `value` is a dict or the like."""
    return isinstance(value, Mapping)


def is_array(value: Any) -> TypeGuard[Sequence[Any]]:
    """Whether `value` is what JSON calls an array: a list or a tuple."""
    return isinstance(value, (list, tuple))
