"""Tokens with which a media stream shows that it belongs to a call that we know of."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field

_MOST = 100  # unused tokens that are remembered; callers who hang up early leave theirs behind


def _new_future() -> asyncio.Future[str]:
    return asyncio.get_running_loop().create_future()


@dataclass(eq=False)
class Ticket:
    """What a token stands for.

    Attributes:
        call_sid: the call, `""` if there is none; known only when Twilio has said which it is.
        attached: set when the stream is there.
        reattaches: whether the stream goes on with a call whose former stream we have ended.
        token: the token.
    """

    call_sid: asyncio.Future[str] = field(default_factory=_new_future)
    attached: asyncio.Event = field(default_factory=asyncio.Event)
    reattaches: bool = False
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


class Tickets:
    """The tokens that are out."""

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}

    def issue(self, call_sid: str | None = None, *, reattaches: bool = False) -> Ticket:
        """Return a new ticket."""
        ticket = Ticket(reattaches=reattaches)
        if call_sid is not None:
            ticket.call_sid.set_result(call_sid)
        self._tickets[ticket.token] = ticket
        if len(self._tickets) > _MOST:
            self.withdraw(next(iter(self._tickets.values())))
        return ticket

    def redeem(self, token: str) -> Ticket | None:
        """Return a token's ticket, once."""
        return self._tickets.pop(token, None)

    def withdraw(self, ticket: Ticket) -> None:
        """Make a ticket worthless."""
        self._tickets.pop(ticket.token, None)
        if not ticket.call_sid.done():
            ticket.call_sid.set_result("")
