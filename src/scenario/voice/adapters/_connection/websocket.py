"""A WebSocket to a peer: it connects or says why not, reads all the time, and ends in time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from scenario.voice.adapters._connection.dialling import KEEP_ALIVE, KeepAlive, dial
from scenario.voice.adapters._connection.faults import close_error, reason_of, secrets_in
from scenario.voice.adapters._connection.urls import Url, host_of
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from websockets.asyncio.client import ClientConnection
    from websockets.exceptions import ConnectionClosed

    from scenario.voice.adapters.base import VoiceAgentAdapter
    from scenario.voice.errors import Fault

CLOSE_SECONDS = 3.0
"""Of the 5 s that an adapter has to disconnect; the rest is for its own goodbye, and for a busy machine."""


class WebSocketLink:
    """One connection of an adapter; the next connection is another link.

        self._inbox = Inbox(self)
        self._link = WebSocketLink(self, url, headers={"x-api-key": key}, on_frame=self._on_frame,
                                   on_lost=self._inbox.fail)
        await self._link.open()       # in connect()
        await self._link.send(frame)  # text or bytes
        await self._link.close()      # in disconnect(); never raises

    Frames of up to 16 MiB are accepted; the peer's pings are answered at once, ours go out every 20 s.
    Headers, the URL's query and frames are never logged, nor is what a peer echoes of them shown in errors.

    Args:
        adapter: whose connection it is; gives its name to errors, and the clock.
        url: `ws://` or `wss://`.
        on_frame: awaited for every frame by the one reader task. It must not wait for long: while it does,
            nothing is read. What it raises ends the connection, as `VoiceTransportError`.
        on_lost: called once when the connection ends before `close()`.
        headers: of the handshake.
        subprotocols: offered ones, in order of preference.
        status_faults: what HTTP statuses of the handshake mean here, e.g. `{404: "agent"}`.
        close_faults: what close codes mean here, e.g. `{4001: "credentials"}`.
        secrets: what must not appear in errors, besides what headers and URL give away.
        tls: what to trust instead of the system's authorities.
        keep_alive: our pings, and for how long their answers are waited for.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        url: str,
        *,
        on_frame: Callable[[str | bytes], Awaitable[None]],
        on_lost: Callable[[VoiceTransportError], None],
        headers: Mapping[str, str] | None = None,
        subprotocols: Sequence[str] | None = None,
        status_faults: Mapping[int, Fault] | None = None,
        close_faults: Mapping[int, Fault] | None = None,
        secrets: Iterable[str] = (),
        tls: ssl.SSLContext | None = None,
        keep_alive: KeepAlive = KEEP_ALIVE,
    ) -> None:
        self._adapter = adapter
        self._name = type(adapter).__name__
        self._url = Url(url)
        self.host = host_of(url)
        """The peer as errors name it."""
        self._on_frame = on_frame
        self._on_lost = on_lost
        self._headers = dict(headers or {})
        self._subprotocols = subprotocols
        self._status_faults = status_faults
        self._close_faults = close_faults
        self._secrets = {*secrets, *secrets_in(url, self._headers)}
        self._tls = tls
        self._keep_alive = keep_alive
        self._connection: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._closing = False
        self.error: VoiceTransportError | None = None
        """Why the connection ended, if it did so before `close()`."""

    @property
    def subprotocol(self) -> str | None:
        """The subprotocol that the peer chose."""
        return self._connection.subprotocol if self._connection is not None else None

    async def open(self) -> None:
        """Connect, within 30 s in all; refused connections, 429 and 5xx are tried three times.

        Raises:
            VoiceTransportError: the peer cannot be reached or refuses; `fault` says what is wrong.
            MissingVoiceDependencyError: the package `websockets` is missing.
        """
        self._connection = connection = await dial(
            self._url,
            adapter=self._name,
            clock=self._adapter.clock,
            headers=self._headers,
            subprotocols=self._subprotocols,
            faults=self._status_faults,
            secrets=self._secrets,
            tls=self._tls,
            keep_alive=self._keep_alive,
        )
        self._reader = asyncio.create_task(self._read(connection), name=f"{self._name} reader")

    async def send(self, frame: str | bytes) -> None:
        """Send a frame.

        Raises:
            VoiceTransportError: the connection is lost.
            RuntimeError: it is not open.
        """
        from websockets.exceptions import ConnectionClosed

        if self.error is not None:
            raise self.error.with_traceback(None)
        if self._connection is None or self._closing:
            raise self._adapter.not_connected()
        try:
            await self._connection.send(frame)
        except ConnectionClosed as closed:
            self._lose(self._closed(closed))
        if self.error is not None:
            raise self.error.with_traceback(None)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Say goodbye, close and end the reader, within 3 s; whatever the peer does, nothing is raised."""
        self._closing = True
        connection, self._connection = self._connection, None
        reader, self._reader = self._reader, None
        if connection is None:
            return
        connection.close_timeout = CLOSE_SECONDS
        try:
            with suppress(Exception):  # the connection ends either way
                async with asyncio.timeout(CLOSE_SECONDS):
                    await connection.close(code, reason)
        finally:
            connection.transport.abort()
            if reader is not None:
                reader.cancel()
                await asyncio.wait({reader})

    # Reading

    async def _read(self, connection: ClientConnection) -> None:
        from websockets.exceptions import ConnectionClosed

        try:
            while True:
                frame = await connection.recv()
                if not self._closing:
                    await self._on_frame(frame)
        except ConnectionClosed as closed:
            self._lose(self._closed(closed))
        except VoiceTransportError as error:
            self._lose(error)
        except Exception as error:  # noqa: BLE001  # a frame that nobody understands ends the connection
            why = reason_of(f"{type(error).__name__}: {error}", self._secrets)
            lost = self._error("protocol", "a frame of the peer cannot be used", why)
            lost.__cause__ = error
            self._lose(lost)

    def _lose(self, error: VoiceTransportError) -> None:
        if self.error is None and not self._closing:
            self.error = error
            self._on_lost(error)

    def _closed(self, closed: ConnectionClosed) -> VoiceTransportError:
        said = closed.rcvd
        if said is None and closed.sent is not None:
            # We ended it: for a frame that breaks the protocol, or because pings were not answered.
            fault: Fault = "peer" if closed.sent.code == 1011 else "protocol"
            text = "the connection was ended because of what the peer did"
            why = f"{closed.sent.code} {closed.sent.reason}".strip()
            return self._error(fault, text, reason_of(why, self._secrets))
        return close_error(
            said.code if said is not None else None,
            said.reason if said is not None else "",
            adapter=self._name,
            host=self.host,
            faults=self._close_faults,
            secrets=self._secrets,
        )

    def _error(self, fault: Fault, text: str, reason: str = "") -> VoiceTransportError:
        return VoiceTransportError(text, adapter=self._name, fault=fault, host=self.host, reason=reason)
