"""What stands between `connect()` and `disconnect()`: REST, the web server, and the stream on the line."""

from __future__ import annotations

import asyncio
import logging
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

_REST_SECONDS = 4.0  # for what Twilio has to be told at the end


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
        """Give numbers back, hang up, end the stream and the server; each whatever became of the others."""
        try:
            # At the same time: neither may use up the time of the other.
            await asyncio.gather(
                self.attempt("the number's settings could not be restored", self.calls.give_back()),
                self.attempt("the call could not be ended", self.calls.hang_up()),
            )
        finally:
            try:
                if self.stream is not None:
                    await self.stream.close()
            finally:
                try:
                    await self.server.stop()
                finally:
                    await self.rest.close()

    async def attempt(self, failure: str, step: Awaitable[None]) -> None:
        """Take a step that is given up after some seconds, and whose failure is only logged."""
        name = type(self.adapter).__name__
        try:
            async with asyncio.timeout(_REST_SECONDS):
                await step
        except TimeoutError:
            _logger.warning("%s: %s: Twilio did not answer within %g s", name, failure, _REST_SECONDS)
        except Exception as error:  # noqa: BLE001  # whatever went wrong, the other steps are taken
            _logger.warning("%s: %s: %s", name, failure, exception_text(error))

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
            await former.close()
        ended = stream.lost
        try:
            ended = await stream.carry()
        finally:
            if self.stream is stream and not (self.expected is not None and self.expected.reattaches):
                self.adapter.live.clear()
                inbox.fail(ended)
            await stream.close()
