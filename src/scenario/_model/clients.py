"""The SDK clients that are held between calls, one set per event loop.

A client's connections belong to the loop on which they were opened, so each loop has clients of its own. They
are closed by `aclose_clients()`, or by the loop itself when it closes its asynchronous generators, which
`asyncio.run` and test runners make it do.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Hashable

logger = logging.getLogger("scenario.model")


class Client(Protocol):
    """Anything that holds connections."""

    async def aclose(self) -> None:
        """Close the connections."""
        ...


C = TypeVar("C", bound=Client)
_Clients: TypeAlias = "dict[Hashable, Any]"


class _Holder:
    """The clients of one loop, and the generator through which the loop closes them."""

    def __init__(self) -> None:
        self.clients: _Clients = {}
        self.closer = _closing(self.clients)


_holders: WeakKeyDictionary[asyncio.AbstractEventLoop, _Holder] = WeakKeyDictionary()
_lock = threading.Lock()


async def held_client(key: Hashable, create: Callable[[], C]) -> C:
    """Return the running loop's client for `key`, created at the first call.

    Args:
        key: everything that distinguishes the client from others.
        create: makes the client; only called when there is none.
    """
    loop = asyncio.get_running_loop()
    holder = _holders.get(loop)
    if holder is None:
        holder = _Holder()
        with _lock:
            _drop_closed_loops()
            _holders[loop] = holder
        await anext(holder.closer)
    if key not in holder.clients:
        holder.clients[key] = create()
    return holder.clients[key]


async def aclose_clients() -> None:
    """Close the clients of the running loop; later calls make new ones."""
    with _lock:
        holder = _holders.pop(asyncio.get_running_loop(), None)
    if holder is not None:
        await holder.closer.aclose()


async def _closing(clients: _Clients) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        while clients:
            _, client = clients.popitem()
            await _aclose(client)


async def _aclose(client: Client) -> None:
    try:
        await client.aclose()
    except Exception:
        # Any SDK may raise anything here, and the other clients must be closed all the same.
        logger.debug("closing a model client failed", exc_info=True)


def _drop_closed_loops() -> None:
    # Connections refer to their loop, so the entry of a loop that was closed unasked keeps itself alive.
    for loop in [loop for loop in _holders if loop.is_closed()]:
        del _holders[loop]
