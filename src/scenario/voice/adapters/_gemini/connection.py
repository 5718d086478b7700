"""One connection of a session, open once the server has taken the setup."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from scenario.voice.adapters._connection.dialling import CONNECT_SECONDS, KeepAlive
from scenario.voice.adapters._connection.faults import reason_of
from scenario.voice.adapters._connection.websocket import WebSocketLink
from scenario.voice.adapters._gemini.incoming import FrameError, read_frame
from scenario.voice.adapters._gemini.refusals import explained
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scenario.voice.adapters._gemini.incoming import ServerFrame
    from scenario.voice.adapters.base import VoiceAgentAdapter

_KEEP_ALIVE = KeepAlive(patience=None)
"""The service answers pings late while the model is busy; after 8 to 30 s, as has been measured. Clients that
wait for 20 s only end sessions that live (https://github.com/aicc2025/sip-to-ai/pull/14, and
https://github.com/googleapis/python-genai/issues/2935 of the official one)."""


class Connection:
    """A WebSocket to the service.

    Args:
        adapter: whose connection it is.
        url: of the service.
        api_key: sent in a header, never in the URL.
        on_frame: called with every frame after the setup, by the reader.
        on_lost: called once when the connection ends before `close()`, and after it was open.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        url: str,
        api_key: str,
        *,
        on_frame: Callable[[ServerFrame], Awaitable[None]],
        on_lost: Callable[[VoiceTransportError], None],
    ) -> None:
        self._adapter = adapter
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._api_key = api_key
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._link = WebSocketLink(
            adapter,
            url,
            headers={"x-goog-api-key": api_key},
            on_frame=self._take,
            on_lost=self._lose,
            keep_alive=_KEEP_ALIVE,
        )

    async def open(self, setup: dict[str, Any]) -> None:
        """Connect and have the setup accepted, within 30 s in all.

        Raises:
            VoiceTransportError: the service cannot be reached or refuses; `fault` says what is wrong.
        """
        clock = self._adapter.clock
        try:
            with clock.hold():
                async with clock.timeout(CONNECT_SECONDS):
                    await self._link.open()
                    await self._link.send(json.dumps(setup))
                    await self._ready
        except TimeoutError:
            await self.close()
            late = f"the setup is not confirmed within {CONNECT_SECONDS:g} s"
            raise self._error(late) from None
        except VoiceTransportError as error:
            await self.close()
            raise explained(error) from None
        except BaseException:
            await self.close()
            raise

    async def send(self, frame: dict[str, Any]) -> None:
        """Send a frame.

        Raises:
            VoiceTransportError: the connection is lost.
        """
        await self._link.send(json.dumps(frame))

    async def close(self) -> None:
        """Close; never raises."""
        if self._ready.done() and not self._ready.cancelled():
            self._ready.exception()  # whoever waited for it has had it, or was cancelled
        await self._link.close()

    async def _take(self, frame: str | bytes) -> None:
        try:
            read = read_frame(frame)
        except FrameError as error:
            raise self._error(f"a frame of the peer cannot be used: {self._shown(str(error))}") from None
        if read.setup_complete and not self._ready.done():
            self._ready.set_result(None)
        await self._on_frame(read)

    def _lose(self, error: VoiceTransportError) -> None:
        if not self._ready.done():
            self._ready.set_exception(error)
        else:
            self._on_lost(explained(error))

    def _shown(self, text: str) -> str:
        return reason_of(text, {self._api_key})

    def _error(self, text: str) -> VoiceTransportError:
        name = type(self._adapter).__name__
        return VoiceTransportError(text, adapter=name, fault="protocol", host=self._link.host)
