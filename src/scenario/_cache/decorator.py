"""The decorator `scenario.cache`."""

from __future__ import annotations

import functools
import inspect
import types
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from scenario._cache.key import KeyedFunction
from scenario._cache.replay import replaying, replaying_async

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

F = TypeVar("F", bound="Callable[..., Any] | classmethod[Any, Any, Any]")

_BINDINGS: frozenset[Any] = frozenset({classmethod, staticmethod})


class _Decorator(Protocol):
    def __call__(self, function: F, /) -> F: ...


@overload
def cache(ignore: F) -> F: ...
@overload
def cache(ignore: Iterable[str] = ()) -> _Decorator: ...
def cache(ignore: Any = ()) -> Any:
    """Replay the result of a function or method when it is called again with equal arguments.

    It acts inside a run that has a `cache_key`; in any other place the function is just called. The key is
    made of the `cache_key`, the run's default model and `max_turns`, the function's name, and all arguments
    except `self` and `cls`. Variables that a nested function takes from around it are not part of the key.
    Results are files below `SCENARIO_CACHE_DIR` (default `~/.scenario/cache`); another `cache_key` starts
    afresh. It works for sync and `async` functions, with and without parentheses:

        @scenario.cache(ignore=["client"])
        async def answer(client, messages): ...

    Args:
        ignore: names of parameters that do not matter to the result, or have no stable form (a client).

    Raises:
        TypeError: the decorated object is not a function or method, or `ignore` is not a list of names.
    """
    if callable(ignore) or isinstance(ignore, classmethod):
        return _cached(ignore, frozenset())
    if isinstance(ignore, str) or not all(isinstance(name, str) for name in ignore):
        raise TypeError(f"ignore must be a list of parameter names such as ['client'], got {ignore!r}")
    return functools.partial(_cached, ignore=frozenset(ignore))


def _cached(function: Any, ignore: frozenset[str]) -> Any:
    binding = function.__class__
    if binding in _BINDINGS:
        return binding(_cached(function.__func__, ignore))
    if inspect.ismethod(function):
        return types.MethodType(_cached(function.__func__, ignore), function.__self__)
    if not inspect.isfunction(function):
        raise TypeError(f"scenario.cache decorates functions and methods, got {function!r}")
    replay = replaying_async if inspect.iscoroutinefunction(function) else replaying
    return replay(function, KeyedFunction(function, ignore))
