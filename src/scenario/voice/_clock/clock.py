"""What a clock offers to those who wait on it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable
    from contextlib import AbstractAsyncContextManager, AbstractContextManager


class Timer(Protocol):
    """A call that is due later."""

    def cancel(self) -> None:
        """Have it not made."""


class Clock(ABC):
    """Seconds that only grow, and ways to wait for them. A clock belongs to one event loop.

    Attributes:
        virtual: whether pauses, in which nothing but the clock is waited for, are skipped.
    """

    virtual: bool

    @abstractmethod
    def now(self) -> float:
        """Return the time in seconds; only differences have a meaning."""

    @abstractmethod
    def call_at(self, moment: float, callback: Callable[[], object]) -> Timer:
        """Have `callback` called on the running loop at `moment`, or at once if that has passed."""

    @abstractmethod
    def hold(self) -> AbstractContextManager[object]:
        """Hold the clock to real time while something outside is waited for: a model, a provider, a peer."""

    @abstractmethod
    def released(self) -> AbstractContextManager[object]:
        """Give back one hold while its owner waits on the clock alone."""

    async def sleep(self, seconds: float) -> None:
        """Wait for `seconds`."""
        await self.sleep_until(self.now() + seconds)

    async def sleep_until(self, moment: float) -> None:
        """Wait until `moment`."""
        if moment <= self.now():
            await asyncio.sleep(0)
            return
        woken = asyncio.get_running_loop().create_future()
        timer = self.call_at(moment, lambda: woken.done() or woken.set_result(None))
        try:
            await woken
        finally:
            timer.cancel()

    @asynccontextmanager
    async def timeout_at(self, moment: float) -> AsyncGenerator[None]:
        """Raise `TimeoutError` from the block if it has not ended at `moment`."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(None) as scope:

            def expire() -> None:
                if not timer_is_over:
                    scope.reschedule(loop.time())

            timer_is_over = False
            timer = self.call_at(moment, expire)
            try:
                yield
            finally:
                timer_is_over = True
                timer.cancel()

    def timeout(self, seconds: float) -> AbstractAsyncContextManager[None]:
        """Raise `TimeoutError` from the block if it takes longer than `seconds`."""
        return self.timeout_at(self.now() + seconds)
