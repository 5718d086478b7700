"""What stands between `connect()` and `disconnect()`: REST, the web server, and the stream on the line."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from scenario.errors import exception_text
from scenario.voice._audio.converter import Encoder
from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._connection.urls import is_loopback
from scenario.voice.adapters._twilio.addresses import Addresses
from scenario.voice.adapters._twilio.borrowed_number import restore_leftovers
from scenario.voice.adapters._twilio.calls import Calls
from scenario.voice.adapters._twilio.media_stream import FORMAT, MediaStream
from scenario.voice.adapters._twilio.rest import TwilioRest
from scenario.voice.adapters._twilio.routes import Routes
from scenario.voice.adapters._twilio.server import WebServer
from scenario.voice.adapters._twilio.tickets import Ticket, Tickets

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from scenario.voice._secret import Secret
    from scenario.voice.adapters._twilio.routes import Arrival
    from scenario.voice.adapters.twilio import TwilioAgentAdapter

_logger = logging.getLogger("scenario.voice")

# Disconnecting takes 4.5 s at most: every step has a share that no other one can use up.
_REST_SECONDS = 3.0  # for what Twilio has to be told at the end
_STREAM_SECONDS = 0.3
_SERVER_SECONDS = 1.0
_CLIENT_SECONDS = 0.2


class Connection:
    """One connection of an adapter; the next one is another.

    Args:
        adapter: whose it is.
        public_base_url: where Twilio reaches us.
        account_sid: the account.
        auth_token: signs what Twilio sends us.
        user: of the REST interface.
        password: of the REST interface.

    Attributes:
        stream: the stream on the line, or the last one that was.
        expected: the only ticket whose stream is taken at the moment; `None` takes any on a free line.
    """

    def __init__(
        self,
        adapter: TwilioAgentAdapter,
        *,
        public_base_url: str,
        account_sid: Secret,
        auth_token: Secret,
        user: str,
        password: str,
    ) -> None:
        self.adapter = adapter
        self.account_sid = account_sid
        self.addresses = Addresses.below(public_base_url)
        self.tickets = Tickets()
        self.stream: MediaStream | None = None
        self.expected: Ticket | None = None
        self.rest = TwilioRest(
            adapter, adapter.base_url, account_sid=account_sid, user=user, password=password
        )
        self.routes = Routes(
            self.addresses,
            self.tickets,
            account_sid=account_sid,
            token=auth_token if adapter.validate_signature else None,
            allowed_callers=adapter.allowed_callers,
            is_free=self._is_free,
            carry=self._carry,
        )
        self.server = WebServer(self.routes.app(), adapter.http_host, adapter.http_port)
        self.calls = Calls(self)
        self.number_sid = ""

    async def open(self) -> None:
        """Look the number up, restore what a killed process has left, and start the server.

        Raises:
            VoiceTransportError: Twilio cannot be reached or refuses, or the account has no such number.
            OSError: the port is in use.
        """
        adapter = self.adapter
        Encoder(FORMAT)  # loads what conversion needs, which takes a moment: not when a call is on the line
        self.number_sid = await self.rest.number_sid(adapter.phone_number)
        await restore_leftovers(self.rest, self.account_sid)
        if not is_loopback(f"http://{adapter.http_host}"):
            _logger.warning(
                "%s listens on %s: other machines can reach it without the tunnel",
                type(adapter).__name__,
                adapter.http_host,
            )
        await self.server.start()

    async def close(self) -> None:
        """Give numbers back and hang up, end the stream, the server, and the client, in this order.

        Each step is taken whatever became of the others, a cancellation included.
        """
        async with AsyncExitStack() as steps:
            steps.push_async_callback(self._close_client)
            steps.push_async_callback(self.server.stop, _SERVER_SECONDS)
            steps.push_async_callback(self.end_stream)
            await self.tell_twilio()

    async def end_stream(self) -> None:
        """End the stream, if there is one."""
        if self.stream is not None:
            await self.stream.close(_STREAM_SECONDS)

    async def tell_twilio(self) -> None:
        """Give numbers back and hang up, at the same time; what does not work within 3 s is logged."""
        await asyncio.gather(
            self._attempt("the number's settings could not be restored", self.calls.give_back()),
            self._attempt("the call could not be ended", self.calls.hang_up()),
        )

    async def _attempt(self, failure: str, step: Awaitable[None], seconds: float = _REST_SECONDS) -> None:
        name = type(self.adapter).__name__
        try:
            async with asyncio.timeout(seconds):
                await step
        except TimeoutError:
            _logger.warning("%s: %s: Twilio did not answer within %g s", name, failure, seconds)
        except Exception as error:  # noqa: BLE001  # whatever went wrong, the other steps are taken
            _logger.warning("%s: %s: %s", name, failure, exception_text(error))

    async def _close_client(self) -> None:
        await self.calls.abandon()
        await self._attempt("the connections could not be closed", self.rest.close(), _CLIENT_SECONDS)

    @property
    def is_live(self) -> bool:
        """Whether a stream is on the line."""
        return self.stream is not None and not self.stream.is_over

    # What the routes ask

    def _is_free(self, ticket: Ticket) -> bool:
        return ticket is self.expected if self.expected is not None else not self.is_live

    async def _carry(self, arrival: Arrival) -> None:
        former, ticket = self.stream, arrival.ticket
        goes_on = ticket.reattaches and former is not None
        inbox = former.inbox if goes_on and former is not None else Inbox(self.adapter)
        stream = MediaStream(self.adapter, arrival, inbox, on_dtmf=self.adapter.on_dtmf)
        self.stream, self.expected = stream, None
        self.adapter.live.set()
        ticket.attached.set()
        if former is not None:
            await former.close(_STREAM_SECONDS)
        ended = stream.lost
        try:
            ended = await stream.carry()
        finally:
            if self.stream is stream and not (self.expected is not None and self.expected.reattaches):
                self.adapter.live.clear()
                inbox.fail(ended)
            await stream.close(_STREAM_SECONDS)
