"""Opening a WebSocket, with patience for a peer that is just starting, and none for a wrong key."""

from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING, Any, NamedTuple

from scenario.voice.adapters._connection.faults import (
    Refusal,
    diagnose,
    is_retryable_status,
    reason_of,
    status_error,
)
from scenario.voice.adapters._connection.urls import host_of, is_loopback
from scenario.voice.errors import MissingVoiceDependencyError, VoiceTransportError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping, Sequence

    from websockets.asyncio.client import ClientConnection
    from websockets.protocol import Event

    from scenario.voice._clock import Clock
    from scenario.voice.errors import Fault

CONNECT_SECONDS = 30.0
RETRY_DELAYS = (0.5, 1.0)
"""Seconds before the second and the third attempt."""
_MAX_FRAME_BYTES = 16 * 1024 * 1024
_GOODBYE_SECONDS = 0.5
"""How long a peer that said goodbye may keep the socket open before its loss is reported."""
_UNACKNOWLEDGED_SECONDS = 40.0
"""How long a peer's machine may leave data unacknowledged, where its program may be slow to answer pings."""


class KeepAlive(NamedTuple):
    """How a connection is kept from being idle, and how it is found out that the peer is gone.

    Attributes:
        interval: seconds between our pings.
        patience: seconds that the peer has to answer one; with `None` it may take as long as it likes, and
            only a peer whose machine acknowledges nothing is gone.
    """

    interval: float = 20.0
    patience: float | None = 20.0


KEEP_ALIVE = KeepAlive()


async def dial(
    url: str,
    *,
    adapter: str,
    clock: Clock,
    headers: Mapping[str, str],
    subprotocols: Sequence[str] | None = None,
    faults: Mapping[int, Fault] | None = None,
    secrets: Iterable[str] = (),
    tls: ssl.SSLContext | None = None,
    keep_alive: KeepAlive = KEEP_ALIVE,
) -> ClientConnection:
    """Connect within 30 s in all; refused connections, 429 and 5xx are tried three times.

    Args:
        url: `ws://` or `wss://`.
        adapter: class name of the adapter, for errors.
        clock: it is held to real time meanwhile.
        headers: of the handshake.
        subprotocols: offered ones, in order of preference.
        faults: what HTTP statuses mean for this adapter.
        secrets: what must not appear in errors.
        tls: what to trust instead of the system's authorities.
        keep_alive: our pings.

    Raises:
        VoiceTransportError: the peer cannot be reached or refuses; `fault` says what is wrong.
        MissingVoiceDependencyError: the package `websockets` is missing.
    """
    attempt = _Attempt(url, adapter, headers, subprotocols, faults, secrets, tls, keep_alive)
    try:
        with clock.hold():
            async with clock.timeout(CONNECT_SECONDS):
                outcome = await attempt.make()
                for delay in RETRY_DELAYS:
                    if isinstance(outcome, Refusal) and outcome.retryable:
                        await clock.sleep(delay)
                        outcome = await attempt.make()
    except TimeoutError:
        late = f"the host does not answer within {CONNECT_SECONDS:g} s"
        raise attempt.refusal("host", late).error from None
    if isinstance(outcome, Refusal):
        raise outcome.error
    return outcome


class _Attempt:
    """One way to connect, to be made as often as needed."""

    def __init__(
        self,
        url: str,
        adapter: str,
        headers: Mapping[str, str],
        subprotocols: Sequence[str] | None,
        faults: Mapping[int, Fault] | None,
        secrets: Iterable[str],
        tls: ssl.SSLContext | None,
        keep_alive: KeepAlive,
    ) -> None:
        self._url = url
        self._host = host_of(url)
        self._adapter = adapter
        self._faults = faults
        self._secrets = secrets
        self._options: dict[str, Any] = {
            "additional_headers": headers,
            "subprotocols": subprotocols or None,
            "open_timeout": None,
            "close_timeout": _GOODBYE_SECONDS,
            "ping_interval": keep_alive.interval,
            "ping_timeout": keep_alive.patience,
            "max_size": _MAX_FRAME_BYTES,
            "proxy": None if is_loopback(url) else True,
            "logger": _SILENT,
        }
        if tls is not None and url.startswith("wss"):
            self._options["ssl"] = tls

    async def make(self) -> ClientConnection | Refusal:
        try:
            from websockets.asyncio.client import ClientConnection, connect
            from websockets.exceptions import InvalidHandshake, InvalidProxy, InvalidStatus, ProxyError
            from websockets.frames import Frame, Opcode
        except ImportError as missing:
            raise MissingVoiceDependencyError(
                feature=self._adapter, package="websockets", extra="voice"
            ) from missing

        class ConnectOnce(connect):
            """Follows no redirect: it would take our headers, and the keys in them, to another host."""

            def process_redirect(self, exc: Exception) -> Exception | str:
                return exc

        class Connection(ClientConnection):
            """Ends soon after the peer's goodbye; the library waits for the peer to close the socket too."""

            def process_event(self, event: Event) -> None:
                super().process_event(event)
                if isinstance(event, Frame) and event.opcode is Opcode.CLOSE:
                    self.loop.call_later(_GOODBYE_SECONDS, self.transport.abort)

        try:
            connection = await ConnectOnce(self._url, create_connection=Connection, **self._options)
        except InvalidStatus as refused:
            return self._refused(refused.response.status_code, bytes(refused.response.body or b""))
        except (InvalidProxy, ProxyError):
            return self.refusal("host", "the proxy that this machine's environment names does not work")
        except InvalidHandshake as failure:
            if isinstance(failure.__cause__, ConnectionError):
                return self.refusal("host", "the host broke off the handshake")
            why = f"{failure} ({failure.__cause__})" if failure.__cause__ is not None else str(failure)
            return self.refusal("protocol", "what answers there is no WebSocket server", why)
        except OSError as failure:
            if (diagnosis := diagnose(failure, tls=self._url.startswith("wss"))) is None:
                return self.refusal("host", "the host cannot be reached", str(failure))
            return Refusal(self.refusal(diagnosis.fault, diagnosis.text).error, diagnosis.retryable)
        _expect_acknowledgements(connection)
        return connection

    def refusal(self, fault: Fault, text: str, reason: str = "") -> Refusal:
        return Refusal(
            VoiceTransportError(
                text,
                adapter=self._adapter,
                fault=fault,
                host=self._host,
                reason=reason_of(reason, self._secrets),
            )
        )

    def _refused(self, status: int, body: bytes) -> Refusal:
        error = status_error(
            status,
            body,
            adapter=self._adapter,
            host=self._host,
            faults=self._faults,
            secrets=self._secrets,
        )
        return Refusal(error, is_retryable_status(status))


def _expect_acknowledgements(connection: ClientConnection) -> None:
    """Have the system end the connection when the peer's machine is gone, before it has tried for 15 minutes.

    Where a system has no such option (https://man7.org/linux/man-pages/man7/tcp.7.html, `TCP_USER_TIMEOUT`)
    the run's own time-outs notice.
    """
    raw = connection.transport.get_extra_info("socket")
    if raw is not None and (option := getattr(socket, "TCP_USER_TIMEOUT", None)) is not None:
        raw.setsockopt(socket.IPPROTO_TCP, option, int(_UNACKNOWLEDGED_SECONDS * 1000))


def _silent_logger() -> logging.Logger:
    """Return a logger outside of the hierarchy, which no configuration turns on.

    The library would log headers and frames, keys included. What it has to say about failures is in the
    errors that are raised.
    """
    logger = logging.Logger("scenario.voice.websocket", logging.CRITICAL + 1)  # noqa: LOG001
    logger.disabled = True
    return logger


_SILENT = _silent_logger()
