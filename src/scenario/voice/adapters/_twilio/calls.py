"""Taking and placing calls."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Literal

from scenario.voice._audio.dtmf import PAUSES
from scenario.voice.adapters._twilio import twiml
from scenario.voice.adapters._twilio.borrowed_number import BorrowedNumber
from scenario.voice.adapters._twilio.numbers import shortened
from scenario.voice.adapters._twilio.rest import ENDED
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from scenario.voice.adapters._twilio.connection import Connection
    from scenario.voice.errors import Fault

Mode = Literal["idle", "answer", "call"]
Attachment = Literal["self", "callee", "elsewhere"]
"""Which leg of a placed call carries our media: ours, the callee's, or one that somebody else looks after."""

_POLL_SECONDS = 2.0
_REATTACH_SECONDS = 10.0
_KEY_SECONDS = 0.5  # what Twilio needs at most to play a key
_METHODS = {"answer": "wait_for_call()", "call": "place_call()"}


class Calls:
    """The calls of one connection.

    Args:
        connection: whose they are.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._borrowed: dict[str, BorrowedNumber] = {}
        self._dial: asyncio.Task[str] | None = None
        self.mode: Mode = "idle"

    async def wait(self, timeout: float) -> None:
        """Have calls to our number come to us, and wait for one.

        Raises:
            TimeoutError: none came; the number's settings are restored.
        """
        connection = self._connection
        self._enter("answer")
        if connection.is_live:
            return
        number = self._borrowed.setdefault(connection.number_sid, self._number(connection.number_sid))
        async with self._restored_on_failure():
            await number.borrow()
            try:
                async with connection.adapter.clock.timeout(timeout):
                    await self._until(connection.adapter.live)
            except TimeoutError:
                shown = shortened(connection.adapter.phone_number)
                raise TimeoutError(f"nobody called {shown} within {timeout:g} s{self._refusal()}") from None

    async def place(self, to: str, timeout: float, attachment: Attachment) -> None:
        """Call a number, and wait until the media of the call is connected.

        Raises:
            VoiceTransportError: the call failed, or was not answered; the text has Twilio's status.
            TimeoutError: neither happened in time; the call is ended.
        """
        self._enter("call")
        connection = self._connection
        if connection.expected is not None:
            raise RuntimeError("a call is being placed already; wait until place_call() has returned")
        await self.hang_up()
        await connection.end_stream()
        connection.adapter.live.clear()
        async with self._restored_on_failure():
            if attachment == "callee":
                sid = await connection.rest.number_sid(to)
                await self._borrowed.setdefault(sid, self._number(sid)).borrow()
            try:
                async with connection.adapter.clock.timeout(timeout):
                    await self._call(to, attachment)
            except TimeoutError:
                text = f"the call to {shortened(to)} was not connected within {timeout:g} s{self._refusal()}"
                raise TimeoutError(text) from None

    async def press(self, digits: str) -> None:
        """Have Twilio press keys. This ends the stream; a new one goes on with the call.

        Raises:
            VoiceTransportError: Twilio refuses, or the new stream does not come.
        """
        connection = self._connection
        stream = connection.stream
        if stream is None:
            raise RuntimeError("there is no call")
        ticket = connection.tickets.issue(stream.call_sid, reattaches=True)
        connection.expected = ticket
        try:
            document = twiml.connect_stream(connection.addresses.stream, ticket.token, digits=digits)
            await connection.rest.redirect_call(stream.call_sid, document)
            seconds = sum(PAUSES.get(digit, _KEY_SECONDS) for digit in digits)
            async with connection.adapter.clock.timeout(seconds + _REATTACH_SECONDS):
                await self._until(ticket.attached)
        except TimeoutError:
            raise self._error("the media stream did not come back after the keys") from None
        finally:
            if not ticket.attached.is_set():
                connection.tickets.withdraw(ticket)
                connection.expected = None
                if stream.is_over:
                    connection.adapter.live.clear()
                    stream.inbox.fail(self._error("the media stream did not come back after the keys"))

    async def hang_up(self) -> None:
        """End the call that we have placed, if there is one."""
        dial = self._dial
        if dial is None:
            return
        await asyncio.wait({dial})  # a call that is being placed cannot be ended yet
        if not dial.cancelled() and dial.exception() is None:
            await self._connection.rest.end_call(dial.result())
        if self._dial is dial:
            self._dial = None

    async def abandon(self) -> None:
        """Wait no longer for Twilio to say whether it has placed a call."""
        dial, self._dial = self._dial, None
        if dial is not None:
            dial.cancel()
            await asyncio.gather(dial, return_exceptions=True)

    async def give_back(self) -> None:
        """Restore the settings of all numbers that we have changed.

        Raises:
            ExceptionGroup: of what went wrong, when all were tried.
        """
        numbers = list(self._borrowed.values())
        outcomes = await asyncio.gather(*(number.give_back() for number in numbers), return_exceptions=True)
        if errors := [outcome for outcome in outcomes if isinstance(outcome, Exception)]:
            raise errors[0]

    async def _call(self, to: str, attachment: Attachment) -> None:
        connection = self._connection
        ticket = None
        document = twiml.speak_and_hold()
        if attachment == "self":
            connection.expected = ticket = connection.tickets.issue()
            document = twiml.connect_stream(connection.addresses.stream, ticket.token)
        try:
            caller = connection.adapter.phone_number
            self._dial = asyncio.create_task(
                connection.rest.create_call(to=to, caller=caller, twiml=document), name="scenario twilio dial"
            )
            # Shielded: a request that was sent has a call, and only its answer says which one to end.
            call_sid = await asyncio.shield(self._dial)
            if ticket is not None and not ticket.call_sid.done():
                ticket.call_sid.set_result(call_sid)
            attached = connection.adapter.live if ticket is None else ticket.attached
            await self._until_connected(call_sid, attached if attachment != "elsewhere" else None)
        finally:
            if ticket is not None and not ticket.attached.is_set():
                connection.tickets.withdraw(ticket)
                connection.expected = None

    async def _until_connected(self, call_sid: str, attached: asyncio.Event | None) -> None:
        """Wait for the stream, or, where none is to come, for the callee to answer."""
        connection = self._connection
        while True:
            if attached is None:
                await connection.adapter.clock.sleep(_POLL_SECONDS / 4)
            elif await self._happened(attached):
                return
            status = await connection.rest.call_status(call_sid)
            if attached is None and status == "in-progress":
                return
            if status in ENDED and not (attached is not None and attached.is_set()):
                text = f"the call was not connected: its status is {status!r}{self._refusal()}"
                raise self._error(text, fault="number" if status == "failed" else "peer", reason=status)

    async def _happened(self, event: asyncio.Event) -> bool:
        try:
            async with self._connection.adapter.clock.timeout(_POLL_SECONDS):
                await self._until(event)
        except TimeoutError:
            return False
        return True

    async def _until(self, attached: asyncio.Event) -> None:
        """Wait for the stream.

        Raises:
            VoiceTransportError: it came, and has audio that we do not speak (fault `codec`).
        """
        routes = self._connection.routes
        waiting = [asyncio.create_task(event.wait()) for event in (attached, routes.other_format)]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        if not attached.is_set() and routes.other_format.is_set():
            raise self._error(f"a media stream came and was refused: {routes.refusal}", fault="codec")

    @asynccontextmanager
    async def _restored_on_failure(self) -> AsyncGenerator[None]:
        try:
            yield
        except BaseException:
            await self._connection.tell_twilio()
            raise

    def _enter(self, mode: Mode) -> None:
        if self.mode not in ("idle", mode):
            used, wanted = _METHODS[self.mode], _METHODS[mode]
            raise RuntimeError(
                f"this connection was used with {used} and cannot be used with {wanted}; disconnect() and "
                "connect() begin anew, and two adapters can do both at once"
            )
        self.mode = mode
        self._connection.routes.forget_refusals()

    def _number(self, sid: str) -> BorrowedNumber:
        connection = self._connection
        return BorrowedNumber(
            connection.rest,
            account_sid=connection.account_sid,
            number_sid=sid,
            url=connection.addresses.voice,
        )

    def _refusal(self) -> str:
        refusal = self._connection.routes.refusal
        return f"; a media stream came and was refused: {refusal}" if refusal else ""

    def _error(self, text: str, *, fault: Fault = "peer", reason: str = "") -> VoiceTransportError:
        name = type(self._connection.adapter).__name__
        return VoiceTransportError(text, adapter=name, fault=fault, reason=reason)
