"""The key of a call: one hash over the run, the function and what it is called with."""

from __future__ import annotations

import inspect
import logging
from typing import TYPE_CHECKING, Any

from scenario._cache import own_forms as own_forms  # registers the forms of our own types
from scenario._cache.canonical import UnrepresentableError, class_name, digest, names_a_secret
from scenario._cache.entry import FORMAT_VERSION
from scenario._cache.scope import current_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scenario._cache.scope import CacheScope

_logger = logging.getLogger("scenario")


class KeyedFunction:
    """A cached function as its keys see it.

    Args:
        function: the function; a first parameter called `self` or `cls` is its owner.
        ignore: names of parameters that do not enter the key.
    """

    def __init__(self, function: Callable[..., Any], ignore: frozenset[str]) -> None:
        self._name = f"{function.__module__}.{function.__qualname__}"
        self._signature = inspect.signature(function)
        first = next(iter(self._signature.parameters), "")
        self._owner = first if first in ("self", "cls") else ""
        self._ignore = ignore | {self._owner}
        self._warned = False

    def key(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str | None:
        """Return the key of this call, or `None` if it is not to be cached."""
        scope = current_scope()
        if scope is None:
            return None
        try:
            bound = self._signature.bind(*args, **kwargs)
        except TypeError:
            return None  # The call itself raises the same error, with the function in its traceback.
        bound.apply_defaults()
        try:
            return digest(
                {
                    "format": FORMAT_VERSION,
                    "function": self._name,
                    "scope": _scope_digests(scope),
                    "owner": _owner_digest(bound.arguments.get(self._owner)),
                    "arguments": self._argument_digests(bound),
                }
            )
        except _UnkeyedError as error:
            self.warn_once(str(error))
            return None

    def warn_once(self, reason: str) -> None:
        """Say why a call is not cached, for the first such call of this function."""
        if not self._warned:
            self._warned = True
            _logger.warning("%s() runs uncached: %s", self._name, reason)

    def _argument_digests(self, bound: inspect.BoundArguments) -> dict[str, str]:
        return {
            label: _digest(
                value,
                f"its argument {name!r}",
                remedy=f"; use @scenario.cache(ignore=[{name!r}]) to leave it out",
            )
            for label, name, value in self._arguments(bound)
            if name not in self._ignore and not names_a_secret(name)
        }

    def _arguments(self, bound: inspect.BoundArguments) -> Iterator[tuple[str, str, Any]]:
        for name, value in bound.arguments.items():
            if self._signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
                # A further keyword may be called like a positional-only parameter, so its label differs.
                yield from ((f"**{keyword}", keyword, item) for keyword, item in value.items())
            else:
                yield name, name, value


class _UnkeyedError(Exception):
    """Part of a call has no canonical form; the text says which."""


def _scope_digests(scope: CacheScope) -> dict[str, str]:
    return {
        "cache_key": digest(scope.cache_key),
        "default_model": _digest(scope.default_model, "the run's default_model"),
        "max_turns": digest(scope.max_turns),
    }


def _owner_digest(owner: Any) -> str | None:
    """Return what stands for `self` or `cls`: the class and, of built-in agents, their settings."""
    if owner is None:
        return None
    cls = owner if isinstance(owner, type) else type(owner)
    settings = owner if owner is not cls and hasattr(cls, "_cache_fingerprint") else None
    return _digest([class_name(cls), settings], f"the settings of {cls.__name__}")


def _digest(value: Any, subject: str, *, remedy: str = "") -> str:
    try:
        return digest(value)
    except UnrepresentableError as error:
        raise _UnkeyedError(
            f"{subject} holds a {error.type_name}, which has no stable form for a cache key{remedy}"
        ) from error
