"""What Twilio asks of us: what to do with a call, and to take its media."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute

from scenario.voice.adapters._twilio import addresses, signature, twiml
from scenario.voice.adapters._twilio.numbers import shortened

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping

    from starlette.datastructures import Headers
    from starlette.requests import Request
    from starlette.websockets import WebSocket

    from scenario.voice.adapters._twilio.addresses import Addresses
    from scenario.voice.adapters._twilio.tickets import Ticket, Tickets

_logger = logging.getLogger("scenario.voice")

_START_SECONDS = 10.0
_LARGEST_BODY = 64 * 1024
_REFUSED = 1008
_MEDIA_FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


class Arrival(NamedTuple):
    """A stream that may be taken.

    Attributes:
        socket: its WebSocket.
        stream_sid: of the stream.
        call_sid: of its call.
        ticket: what it has shown.
    """

    socket: WebSocket
    stream_sid: str
    call_sid: str
    ticket: Ticket


class Routes:
    """The application of one connection.

    Args:
        addresses: ours, as Twilio knows them.
        tickets: issued to callers, and redeemed by streams.
        account_sid: whose streams are taken.
        token: that requests are signed with; `None` takes unsigned ones too.
        allowed_callers: whose calls are taken; `None` takes all.
        is_free: tells whether a stream with this ticket can be taken now.
        carry: carries the media of a stream to its end.
    """

    def __init__(
        self,
        addresses: Addresses,
        tickets: Tickets,
        *,
        account_sid: str,
        token: str | None,
        allowed_callers: Collection[str] | None,
        is_free: Callable[[Ticket], bool],
        carry: Callable[[Arrival], Awaitable[None]],
    ) -> None:
        self._addresses = addresses
        self._tickets = tickets
        self._account_sid = account_sid
        self._token = token
        self._allowed_callers = None if allowed_callers is None else frozenset(allowed_callers)
        self._is_free = is_free
        self._carry = carry
        self.refusal = ""
        """Why the last stream that had a signature was not taken."""
        self.other_format = asyncio.Event()
        """Set when a stream was not taken only because of its audio's format."""

    def forget_refusals(self) -> None:
        """Let what was refused before say nothing about the next call."""
        self.refusal = ""
        self.other_format.clear()

    def app(self) -> Starlette:
        """Return the application."""
        paths = self._addresses.paths
        app = Starlette(
            routes=[
                *(Route(path, self._voice, methods=["POST"]) for path in paths(addresses.VOICE)),
                *(Route(path, self._health, methods=["GET"]) for path in paths(addresses.HEALTH)),
                *(WebSocketRoute(path, self._stream) for path in paths(addresses.STREAM)),
                *(WebSocketRoute(f"{path}/", self._stream) for path in paths(addresses.STREAM)),
            ]
        )
        app.router.redirect_slashes = False
        return app

    # The webhook

    async def _health(self, request: Request) -> Response:
        headers = {"X-Content-Type-Options": "nosniff"}
        return PlainTextResponse(request.query_params.get("nonce", ""), headers=headers)

    async def _voice(self, request: Request) -> Response:
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > _LARGEST_BODY:
                return PlainTextResponse("too large", status_code=413)
        fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        query = request.url.query
        url = self._addresses.voice + (f"?{query}" if query else "")
        if not self._is_signed([url], fields, request.headers):
            _logger.warning("a request without a valid signature of Twilio was refused")
            return PlainTextResponse("the signature is missing or wrong", status_code=403)
        form = dict(reversed(fields))
        caller = form.get("From", "")
        if self._allowed_callers is not None and caller not in self._allowed_callers:
            _logger.info("a call from %s was rejected: not among allowed_callers", shortened(caller))
            return _xml(twiml.REJECT)
        ticket = self._tickets.issue(form.get("CallSid", ""))
        return _xml(twiml.connect_stream(self._addresses.stream, ticket.token))

    def _is_signed(self, urls: Iterable[str], fields: list[tuple[str, str]], headers: Headers) -> bool:
        if self._token is None:
            return True
        return signature.is_signed(
            urls,
            fields,
            headers.get(signature.HEADER, ""),
            token=self._token,
            settings=headers.get(signature.SETTINGS_HEADER, ""),
        )

    # The stream

    async def _stream(self, socket: WebSocket) -> None:
        await socket.accept()
        query = socket.url.query
        url = self._addresses.stream
        urls = [f"{form}{slash}{f'?{query}' if query else ''}" for form in _forms(url) for slash in ("", "/")]
        if not self._is_signed(urls, [], socket.headers):
            _logger.warning("a media stream without a valid signature of Twilio was refused")
            await socket.close(_REFUSED, "the signature is missing or wrong")
            return
        arrival: Arrival | str
        try:
            async with asyncio.timeout(_START_SECONDS):
                arrival = await self._arrival(socket)
        except TimeoutError:
            arrival = f"it did not start within {_START_SECONDS:g} s"
        if isinstance(arrival, Arrival):
            await self._carry(arrival)
        else:
            self.refusal = arrival
            _logger.warning("a media stream of Twilio was refused: %s", arrival)
            await socket.close(_REFUSED, "refused")

    async def _arrival(self, socket: WebSocket) -> Arrival | str:
        """Return the stream that begins on a socket, or why it is not taken."""
        while (frame := await read_frame(socket)) is not None:
            if frame.get("event") == "start":
                return await self._checked(socket, frame)
        return "it ended before it had started"

    async def _checked(self, socket: WebSocket, frame: dict[str, Any]) -> Arrival | str:
        start = part(frame, "start")
        ticket = self._tickets.redeem(str(part(start, "customParameters").get("token")))
        if ticket is None:
            return "its token is unknown or was used before"
        if start.get("accountSid") != self._account_sid:
            return "it belongs to another account"
        stream_sid = frame.get("streamSid") or start.get("streamSid")
        if not isinstance(stream_sid, str):
            return "it has no streamSid"
        call_sid = await asyncio.shield(ticket.call_sid)
        if not call_sid or start.get("callSid") != call_sid:
            return "it belongs to another call"
        if not self._is_free(ticket):
            return "another stream is on the line"
        media_format = {name: part(start, "mediaFormat").get(name) for name in _MEDIA_FORMAT}
        if media_format != _MEDIA_FORMAT:
            self.other_format.set()
            return f"its audio is {_described(media_format)}, and must be {_described(_MEDIA_FORMAT)}"
        return Arrival(socket, stream_sid, call_sid, ticket)


async def read_frame(socket: WebSocket) -> dict[str, Any] | None:
    """Return the next frame of a socket, `None` at its end; `{}` is one that says nothing."""
    message = await socket.receive()
    if message["type"] != "websocket.receive":
        return None
    try:
        frame = json.loads(message.get("text") or "")
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", frame) if isinstance(frame, dict) else {}


def part(frame: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object within a frame; `{}` if there is none."""
    found = frame.get(name)
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _described(media_format: Mapping[str, object]) -> str:
    encoding, rate, channels = media_format.values()
    return f"{encoding} at {rate} Hz with {channels} channel{'' if channels == 1 else 's'}"


def _forms(url: str) -> set[str]:
    """Return a stream's URL as it may have been signed: Twilio speaks TLS also where tests do not."""
    return {url, f"wss:{url.partition(':')[2]}"}


def _xml(document: str) -> Response:
    return Response(document, media_type="application/xml")
