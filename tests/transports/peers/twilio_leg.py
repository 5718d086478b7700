"""One media stream of a call as Twilio has it: frames every 20 ms in both directions, silence included."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from scenario.voice._audio.converter import Decoder, Encoder
from tests.transports.peers.sockets import QUIET

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

FRAME = 160
SILENCE = b"\xff" * FRAME
SECONDS = 0.02
_QUIET_AFTER = 0.04  # a frame that is later than this was not sent


class Party(Protocol):
    """Who is on the phone.

    Attributes:
        is_speaking: whether it sends audio itself; otherwise the line sends silence for it.
    """

    is_speaking: bool

    def hear(self, pcm: bytes) -> None:
        """Canonical audio is heard."""


class Leg:
    """A stream that is open.

    Attributes:
        behind: seconds by which media is played later than it comes.
        frames: every message that came over the socket.
        arrived: when each of its media frames came.
        marks: names of the marks that have been played.
        heard_until: moment up to which the party has heard, in seconds of the loop.
        outgoing: mu-law of the party that is still to be sent.
        close_code: with which the other side closed the socket.
    """

    def __init__(self, party: Party, *, stream_sid: str, behind: float = 0.0) -> None:
        self.party = party
        self.behind = behind
        self.stream_sid = stream_sid
        self.frames: list[dict[str, Any]] = []
        self.arrived: list[float] = []
        self.marks: list[str] = []
        self.outgoing = bytearray()
        self.close_code: int | None = None
        self.started = asyncio.Event()
        self.heard_until = 0.0
        self._queue: deque[bytes | str] = deque()
        self._arrival = asyncio.Event()
        self._encoder, self._decoder = Encoder("mulaw/8000"), Decoder("mulaw/8000")
        self._numbers = 0
        self._position = 0
        self.socket: ClientConnection | None = None

    async def carry(self, url: str, headers: dict[str, str], start: dict[str, Any]) -> None:
        """Connect, and carry media until either side ends it."""
        try:
            async with connect(
                url, additional_headers=headers, logger=QUIET, proxy=None, compression=None
            ) as self.socket:
                await self.send(
                    {"event": "connected", "protocol": "Call", "version": "1.0.0"}, numbered=False
                )
                await self.send({"event": "start", "start": {**start, "streamSid": self.stream_sid}})
                async with asyncio.TaskGroup() as tasks:
                    both = [tasks.create_task(self._play()), tasks.create_task(self._speak())]
                    try:
                        await self._read()
                    finally:
                        for task in both:
                            task.cancel()
        except* ConnectionClosed:  # of one of the tasks, or of the first message
            pass
        finally:
            if self.socket is not None:
                self.close_code = self.socket.close_code

    async def stop(self) -> None:
        """Say that the stream is over, and close it."""
        if self.socket is not None and self.socket.close_code is None:
            await self.send({"event": "stop", "stop": {"accountSid": "AC", "callSid": "CA"}})
            await self.socket.close(1000)

    async def send(self, message: dict[str, Any], *, numbered: bool = True) -> None:
        """Send a message as Twilio frames it."""
        if numbered:
            self._numbers += 1
            message = {**message, "sequenceNumber": str(self._numbers), "streamSid": self.stream_sid}
        assert self.socket is not None
        await self.socket.send(json.dumps(message))

    async def media(self, mulaw: bytes, *, stamp: int | None = None) -> None:
        """Send a frame of media; `stamp` is its place in the stream in ms, by default after the last one."""
        at = self._position // 8 if stamp is None else stamp
        self._position = at * 8 + len(mulaw)
        media = {
            "track": "inbound",
            "chunk": str(self._numbers),
            "timestamp": str(at),
            "payload": base64.b64encode(mulaw).decode(),
        }
        await self.send({"event": "media", "media": media})

    def say(self, pcm: bytes) -> None:
        """Have canonical audio be sent at the speed of speech."""
        self.outgoing += self._encoder.push(pcm)

    async def say_now(self, pcm: bytes, *, first: bool) -> None:
        """Send canonical audio as fast as it can be; the first of an utterance fills a frame from its end."""
        self.say(pcm)
        if first:
            self.outgoing[:0] = SILENCE[: -len(self.outgoing) % FRAME]
        while len(self.outgoing) >= FRAME:
            await self._send_frame()

    def finish(self) -> None:
        """Have what is left of an utterance be sent."""
        self.outgoing += self._encoder.flush()

    async def press(self, digit: str) -> None:
        """Press a key, which Twilio takes out of the media and reports."""
        await self.send({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": digit}})

    async def _read(self) -> None:
        assert self.socket is not None
        loop = asyncio.get_running_loop()
        async for text in self.socket:
            message = json.loads(text)
            self.frames.append(message)
            self.started.set()
            if message["event"] == "media":
                self.arrived.append(loop.time())
                self._queue.append(base64.b64decode(message["media"]["payload"]))
            elif message["event"] == "mark":
                self._queue.append(message["mark"]["name"])
            elif message["event"] == "clear":
                self._queue = deque(item for item in self._queue if isinstance(item, str))
            self._arrival.set()

    async def _speak(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if len(self.outgoing) >= FRAME:
                await self._send_frame()
            elif not self.party.is_speaking:
                await self.media(bytes(self.outgoing) + SILENCE[len(self.outgoing) :])
                self.outgoing.clear()
            due += SECONDS
            await asyncio.sleep(due - loop.time())

    async def _play(self) -> None:
        """Let the party hear frames as they come, one after the other, and silence between them."""
        loop = asyncio.get_running_loop()
        self.heard_until = loop.time()
        is_quiet = True
        while True:
            if not self._queue:
                self._arrival.clear()
                try:
                    async with asyncio.timeout_at(self.heard_until + SECONDS + _QUIET_AFTER):
                        await self._arrival.wait()
                except TimeoutError:
                    is_quiet = True
                    self._hear(SILENCE)
                continue
            item = self._queue.popleft()
            if isinstance(item, str):
                await asyncio.sleep(self.heard_until - loop.time())
                self.marks.append(item)
                await self.send({"event": "mark", "mark": {"name": item}})
                continue
            while is_quiet and self.heard_until + SECONDS < loop.time():
                self._hear(SILENCE)
            if is_quiet:
                self.heard_until = loop.time()
                for _ in range(round(self.behind / SECONDS)):
                    await asyncio.sleep(self.heard_until - loop.time())
                    self._hear(SILENCE)
            is_quiet = False
            await asyncio.sleep(self.heard_until - loop.time())
            self._hear(item)

    def _hear(self, frame: bytes) -> None:
        self.heard_until += SECONDS
        self.party.hear(self._decoder.push(frame))

    async def _send_frame(self) -> None:
        frame = bytes(self.outgoing[:FRAME])
        del self.outgoing[:FRAME]
        await self.media(frame)
