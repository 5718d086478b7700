"""The adapter at the end of a line: taken into a run, connected, called, and let go."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from scenario.errors import ScenarioError, exception_text
from scenario.voice._audio.chunk import AudioChunk
from scenario.voice._line.ends import NO_LINE
from scenario.voice._line.reach import Reach
from scenario.voice._line.within import TookTooLongError, within
from scenario.voice.errors import UnsupportedCapabilityError, VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.voice._line.ends import LineEnd
    from scenario.voice.adapters.base import VoiceAgentAdapter

_log = logging.getLogger("scenario")


class Link:
    """One adapter during one run. An adapter whose user has connected it stays connected.

    Attributes:
        has_served: an earlier run used this connection.

    Args:
        adapter: the adapter.
    """

    def __init__(self, adapter: VoiceAgentAdapter) -> None:
        self._adapter = adapter
        self._name = type(adapter).__name__
        self._is_ours = not adapter.is_held
        self._reach = Reach(adapter.home_loop if adapter.is_held else None)
        self._is_taken = False
        self.has_served = adapter.is_held and adapter._scenario_has_served  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    async def connect(self, end: LineEnd, timeout: float) -> None:
        """Take the adapter into the run, and connect it unless its user has done so.

        Args:
            end: what the adapter sees of the run.
            timeout: in seconds.

        Raises:
            VoiceTransportError: it could not connect, or did not in time.
            RuntimeError: it serves another run.
        """
        if self._adapter._scenario_line is not NO_LINE:  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            raise RuntimeError(
                f"{self._name} takes part in another run at this moment: give each run its own"
            )
        self._adapter._scenario_line = end  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # its other end
        self._is_taken = True
        if not self._is_ours:
            return
        try:
            connecting = self._reach.call(self._adapter.connect)
            await within(timeout, connecting, name=f"{self._name}.connect()")
        except (ScenarioError, UnsupportedCapabilityError) as error:
            if isinstance(error, VoiceTransportError) and not error.adapter:
                error.adapter = self._name
                error.args = (f"{self._name}: {error}",)
            raise
        except asyncio.CancelledError as error:
            if _is_cancelled():
                raise
            raise VoiceTransportError("its connecting was cancelled", adapter=self._name) from error
        except TookTooLongError as error:
            text = f"connecting took longer than {timeout:g} s (VoiceOptions.connect_timeout)"
            raise VoiceTransportError(text, adapter=self._name) from error
        except Exception as error:
            text = f"could not connect: {exception_text(error)}"
            raise VoiceTransportError(text, adapter=self._name) from error

    async def disconnect(self, timeout: float) -> None:
        """Let the adapter go, and disconnect it unless it is its user's. Never raises."""
        if not self._is_taken:
            return
        try:
            if self._is_ours:
                leaving = self._reach.call(self._adapter.disconnect)
                await within(timeout, leaving, name=f"{self._name}.disconnect()")
        except asyncio.CancelledError as error:
            if _is_cancelled():
                raise
            _log.warning("%s failed to disconnect: %r", self._name, error)
        except TookTooLongError:
            _log.warning("%s did not disconnect within %g s", self._name, timeout)
        except Exception as error:  # noqa: BLE001  # the run has its result
            _log.warning("%s failed to disconnect: %r", self._name, error)
        finally:
            self._is_taken = False
            self._adapter._scenario_has_served = True  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            self._adapter._scenario_line = NO_LINE  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    async def call(self, method: Callable[..., Any], *args: Any) -> Any:
        """Call a method of the adapter, on the loop on which it was connected."""
        return await self._reach.call(method, *args)

    def here(self, callback: Callable[[], object]) -> None:
        """Run a callback of the adapter on the run's loop: at once if that is the running one."""
        self._reach.here(callback)

    async def send(self, method: Callable[..., Any], *args: Any) -> Any:
        """Call a method of the adapter that sends something.

        Real time limits it, to what the audio takes and as much more as the agent has for its answer.

        Raises:
            VoiceTransportError: it could not be sent, or was not in time.
        """
        audio = sum(arg.duration_seconds for arg in args if isinstance(arg, AudioChunk))
        limit = audio + self._adapter.response_timeout
        scope = asyncio.timeout(limit)
        try:
            async with scope:
                return await self._reach.call(method, *args)
        except (OSError, EOFError) as error:
            if scope.expired():
                text = f"{method.__name__}() did not return within {limit:g} s"
                raise VoiceTransportError(text, adapter=self._name) from error
            raise self.failure(error, f"{method.__name__}() failed") from error

    def failure(self, error: BaseException, what: str) -> BaseException:
        """Return an error of the operating system as one of the transport, and any other as it is."""
        if isinstance(error, ScenarioError) or not isinstance(error, OSError | EOFError):
            return error
        failure = VoiceTransportError(f"{what}: {exception_text(error)}", adapter=self._name)
        failure.__cause__ = error
        return failure


def _is_cancelled() -> bool:
    """Whether the current task is cancelled, and not just something that the adapter awaited."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0
