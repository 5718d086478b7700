"""What a call of a cached function does: look up, or call and store, or share with who does.

The two functions are one in two colours: a sync function must not wait for a loop, an `async` one must not
block it.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from scenario._cache import store
from scenario._cache.entry import Entry, UnstorableError
from scenario._cache.flight import NoResult, board
from scenario._off_loop import off_loop

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from scenario._cache.flight import Landing
    from scenario._cache.key import KeyedFunction

P = ParamSpec("P")
R = TypeVar("R")


def replaying(function: Callable[P, R], keyed: KeyedFunction) -> Callable[P, R]:
    """Return `function` with its results cached."""

    @functools.wraps(function)
    def replay(*args: P.args, **kwargs: P.kwargs) -> R:
        key = keyed.key(args, kwargs)
        while key is not None:
            flight, leads = board(key)
            if leads:
                with flight:
                    if found := store.load(key):
                        flight.land(found.entry)
                        _record_hit()
                        return found.result
                    result = function(*args, **kwargs)
                    flight.land(_stored(key, result, keyed))
                    return result
            landing = flight.wait()
            if isinstance(landing, Entry):
                _record_hit()
                return landing.result()
            if landing is NoResult.CALL_YOURSELF:
                break
        return function(*args, **kwargs)

    return replay


def replaying_async(
    function: Callable[P, Awaitable[R]], keyed: KeyedFunction
) -> Callable[P, Coroutine[Any, Any, R]]:
    """Return the coroutine function `function` with its awaited results cached."""

    @functools.wraps(function)
    async def replay(*args: P.args, **kwargs: P.kwargs) -> R:
        key = keyed.key(args, kwargs)
        while key is not None:
            flight, leads = board(key)
            if leads:
                with flight:
                    if found := await off_loop(store.load, key):
                        flight.land(found.entry)
                        _record_hit()
                        return found.result
                    result = await function(*args, **kwargs)
                    flight.land(await off_loop(_stored, key, result, keyed))
                    return result
            landing = await flight.landed()
            if isinstance(landing, Entry):
                _record_hit()
                return await off_loop(landing.result)
            if landing is NoResult.CALL_YOURSELF:
                break
        return await function(*args, **kwargs)

    return replay


def _stored(key: str, result: object, keyed: KeyedFunction) -> Landing:
    try:
        return store.save(key, result)
    except UnstorableError as error:
        keyed.warn_once(str(error))
        return NoResult.CALL_YOURSELF


def _record_hit() -> None:
    from scenario._model import current_meter

    meter = current_meter()
    if meter is not None:
        meter.record_hit()
