"""Twilio on loopback: its REST interface, its webhooks, and calls whose media it streams."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit
from xml.etree import ElementTree as ET

import httpx
from twilio.request_validator import RequestValidator

from tests.transports.peers.sockets import tcp_peer
from tests.transports.peers.twilio_leg import Leg

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.transports.peers.twilio_leg import Party

ENDED = ("completed", "busy", "failed", "no-answer", "canceled")
FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


class Request(NamedTuple):
    """A request of the REST interface, and what it said: query or form."""

    method: str
    path: str
    fields: dict[str, str]


@dataclass(eq=False)
class PhoneCall:
    """A call.

    Attributes:
        sid: its name.
        party: who is on the phone.
        placed: whether we were asked to place it, so that it costs the caller of the interface.
        status: as Twilio has it.
        digits: keys that were played into it by `<Play>`.
        legs: its media streams, in order.
        documents: the instructions it was given.
    """

    sid: str
    party: Any
    placed: bool
    status: str = "queued"
    digits: str = ""
    legs: list[Leg] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    task: asyncio.Task[None] | None = None

    async def until_streaming(self, count: int = 1) -> Leg:
        """Wait until a stream of the call is there."""
        async with asyncio.timeout(10):
            while len(self.legs) < count or self.legs[-1].socket is None:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return self.legs[-1]


class LoopbackTwilio:
    """One account.

    Attributes:
        url: of the REST interface.
        numbers: settings of the account's numbers, by sid.
        hosts: which local port answers for a public host: the tunnels of the Internet.
        requests: all that came.
        outcome: status of placed calls; `in-progress` is answered.
        troubles: statuses to be answered to coming requests whose `method path` matches a pattern.
        ring_seconds: how long placed calls ring.
        party: makes who is on the phone.
        start: what streams say at their start instead of the truth.
        keys: who may use the interface instead of the account, and their passwords.
        behind: seconds by which media is played later than it comes.
    """

    def __init__(self, account_sid: str, auth_token: str, party: Callable[[PhoneCall], Party]) -> None:
        self.url = ""
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.signer = RequestValidator(auth_token)
        self.numbers: dict[str, dict[str, str | None]] = {}
        self.hosts: dict[str, int] = {}
        self.requests: list[Request] = []
        self.outcome = "in-progress"
        self.troubles: list[tuple[str, int]] = []
        self.ring_seconds = 0.05
        self.party = party
        self.start: dict[str, Any] = {}
        self.keys: dict[str, str] = {}
        self.behind = 0.0
        self.calls: list[PhoneCall] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def add_number(self, number: str, voice_url: str = "") -> str:
        """Buy a number; return its sid."""
        sid = f"PN{len(self.numbers):032x}"
        self.numbers[sid] = {
            "sid": sid,
            "phone_number": number,
            "voice_url": voice_url,
            "voice_method": "GET",
            "voice_application_sid": None,
        }
        return sid

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[LoopbackTwilio]:
        """Serve the REST interface; calls end with it."""
        async with tcp_peer(self._serve) as url:
            self.url = url.replace("ws://", "http://")
            try:
                yield self
            finally:
                for task in self._tasks:
                    task.cancel()
                if self._tasks:
                    await asyncio.wait(self._tasks)

    # Calls

    async def ring(self, number_sid: str, caller: str = "+15557654321") -> PhoneCall:
        """Have somebody call a number; the webhook has been asked when this returns."""
        call = self._new_call(placed=False)
        number = self.numbers[number_sid]
        url = number["voice_url"]
        assert url
        form = {
            "CallSid": call.sid,
            "AccountSid": self.account_sid,
            "From": caller,
            "To": number["phone_number"] or "",
            "CallStatus": "ringing",
        }
        answer = await self.post_signed(url, form)
        answer.raise_for_status()
        self._follow(call, answer.text)
        return call

    async def post_signed(self, url: str, form: dict[str, str]) -> httpx.Response:
        """Send a signed form, by way of the tunnel, to a public address."""
        headers = {"X-Twilio-Signature": self.signer.compute_signature(url, form)}
        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            return await client.post(self.local(url), data=form, headers=headers)

    def local(self, url: str) -> str:
        """Return where a public address leads on this machine; TLS ends before."""
        parts = urlsplit(url)
        scheme = {"https": "http", "wss": "ws"}.get(parts.scheme, parts.scheme)
        port = self.hosts[parts.hostname or ""]
        return parts._replace(scheme=scheme, netloc=f"127.0.0.1:{port}").geturl()

    @property
    def calls_open(self) -> int:
        """How many placed calls go on."""
        return sum(call.placed and call.status not in ENDED for call in self.calls)

    def _new_call(self, *, placed: bool) -> PhoneCall:
        call = PhoneCall(f"CA{len(self.calls):032x}", None, placed)
        call.party = self.party(call)
        self.calls.append(call)
        return call

    def _follow(self, call: PhoneCall, document: str) -> None:
        call.documents.append(document)
        call.task = asyncio.create_task(self._execute(call, document))
        self._tasks.add(call.task)
        call.task.add_done_callback(self._tasks.discard)

    async def _execute(self, call: PhoneCall, document: str) -> None:
        call.status = "in-progress"
        for verb in ET.fromstring(document):
            if verb.tag == "Play":
                call.digits += verb.attrib["digits"]
                await asyncio.sleep(0.1)
            elif verb.tag == "Pause":
                await asyncio.sleep(float(verb.attrib["length"]))
            elif verb.tag == "Connect":
                await self._stream(call, verb[0])
            elif verb.tag == "Reject":
                call.status = "busy"
                return
        call.status = "completed"

    async def _stream(self, call: PhoneCall, stream: ET.Element) -> None:
        url = stream.attrib["url"]
        assert "?" not in url, "Twilio does not send a query"
        leg = Leg(call.party, stream_sid=f"MZ{len(call.legs):032x}", behind=self.behind)
        call.legs.append(leg)
        start = {
            "accountSid": self.account_sid,
            "callSid": call.sid,
            "tracks": ["inbound"],
            "customParameters": {item.attrib["name"]: item.attrib["value"] for item in stream},
            "mediaFormat": FORMAT,
            **self.start,
        }
        headers = {"X-Twilio-Signature": self.signer.compute_signature(url, {})}
        try:
            await leg.carry(self.local(url), headers, start)
        except asyncio.CancelledError:
            await leg.stop()
            raise

    async def end(self, call: PhoneCall, status: str = "completed") -> None:
        """Hang up."""
        if call.task is not None:
            call.task.cancel()
            await asyncio.wait({call.task})
        call.status = status

    # The REST interface

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, *lines = head.split("\r\n")
        method, target, _ = line.split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        parts = urlsplit(target)
        fields = dict(parse_qsl(parts.query if method == "GET" else body, keep_blank_values=True))
        status, answer = await self._answer(method, parts.path, fields, headers.get("authorization", ""))
        text = json.dumps(answer)
        writer.write(
            f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n"
            f"Connection: close\r\n\r\n{text}".encode()
        )
        await writer.drain()

    async def _answer(
        self, method: str, path: str, fields: dict[str, str], authorization: str
    ) -> tuple[int, Any]:
        self.requests.append(Request(method, path, fields))
        for number, (pattern, status) in enumerate(self.troubles):
            if re.fullmatch(pattern, f"{method} {path}"):
                del self.troubles[number]
                return status, {"code": 20500, "message": "trouble", "status": status}
        keys = self.keys or {self.account_sid: self.auth_token}
        known = [base64.b64encode(f"{user}:{word}".encode()).decode() for user, word in keys.items()]
        if authorization.removeprefix("Basic ") not in known:
            shown = f"Authenticate: {self.account_sid} {self.auth_token}"
            return 401, {"code": 20003, "message": shown, "status": 401}
        root, _, rest = path.partition(f"/2010-04-01/Accounts/{self.account_sid}/")
        if root or not rest.endswith(".json"):
            return 404, {"code": 20404, "message": "not found", "status": 404}
        kind, _, sid = rest.removesuffix(".json").partition("/")
        return await (self._numbers if kind == "IncomingPhoneNumbers" else self._calls)(method, sid, fields)

    async def _numbers(self, method: str, sid: str, fields: dict[str, str]) -> tuple[int, Any]:
        if not sid:
            found = [
                each
                for each in self.numbers.values()
                if fields["PhoneNumber"] in (each["phone_number"] or "")
            ]
            return 200, {"incoming_phone_numbers": found[: int(fields["PageSize"])]}
        if sid not in self.numbers:
            return 404, {"code": 20404, "message": "not found", "status": 404}
        if method == "POST":
            names = {"VoiceUrl": "voice_url", "VoiceMethod": "voice_method"}
            names["VoiceApplicationSid"] = "voice_application_sid"
            self.numbers[sid].update({names[name]: value or None for name, value in fields.items()})
        return 200, self.numbers[sid]

    async def _calls(self, method: str, sid: str, fields: dict[str, str]) -> tuple[int, Any]:
        if not sid:
            call = self._new_call(placed=True)
            ringing = asyncio.create_task(self._dial(call, fields))
            self._tasks.add(ringing)
            ringing.add_done_callback(self._tasks.discard)
            call.task = ringing
            return 201, {"sid": call.sid, "status": call.status}
        call = next(each for each in self.calls if each.sid == sid)
        if method == "POST" and call.status in ENDED:
            return 400, {"code": 21220, "message": "Call is not in-progress", "status": 400}
        if "Status" in fields:
            await self.end(call, fields["Status"])
        elif "Twiml" in fields:
            await self.end(call, "in-progress")
            self._follow(call, fields["Twiml"])
        return 200, {"sid": call.sid, "status": call.status}

    async def _dial(self, call: PhoneCall, fields: dict[str, str]) -> None:
        call.status = "ringing"
        await asyncio.sleep(self.ring_seconds)
        callee = [sid for sid, each in self.numbers.items() if each["phone_number"] == fields["To"]]
        if self.outcome != "in-progress":
            call.status = self.outcome
            return
        if callee and self.numbers[callee[0]]["voice_url"]:
            await self.ring(callee[0], fields["From"])
        call.documents.append(fields["Twiml"])
        await self._execute(call, fields["Twiml"])
