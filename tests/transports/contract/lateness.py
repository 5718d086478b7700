"""How late the event loop is: what a test says of time holds only where there is time."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

_PERIOD = 0.01


class Lateness:
    """Watches how late the loop of this task is, while the block lasts."""

    def __init__(self) -> None:
        self._moments: list[float] = []
        self._late: list[float] = []

    async def __aenter__(self) -> Lateness:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.cancel()
        await asyncio.wait({self._task})

    def most_since(self, moment: float) -> float:
        """Return by how many seconds the loop was late at worst since `moment` of its time."""
        return max(self._late[bisect_left(self._moments, moment) :], default=0.0)

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _PERIOD
            await asyncio.sleep(_PERIOD)
            self._moments.append(loop.time())
            self._late.append(loop.time() - due)
