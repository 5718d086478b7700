"""The media of one call: 20 ms of mu-law every 20 ms, over a WebSocket that Twilio has opened.

Source: "Media Streams - WebSocket Messages" of Twilio's documentation
(twilio.com/docs/voice/media-streams/websocket-messages).
"""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocketDisconnect

from scenario.errors import exception_text
from scenario.voice._audio.chunk import silent_chunk
from scenario.voice._audio.converter import Decoder, Encoder
from scenario.voice.adapters._connection.pacer import Pacer
from scenario.voice.adapters._twilio.routes import part, read_frame
from scenario.voice.adapters._twilio.schedule import Schedule, is_silent
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.adapters._twilio.routes import Arrival
    from scenario.voice.adapters.base import VoiceAgentAdapter

_logger = logging.getLogger("scenario.voice")

FORMAT = "mulaw/8000"
_RATE = 8000
_FRAME_SECONDS = 0.02
_FRAME_BYTES = 160
_SILENCE = b"\xff" * _FRAME_BYTES


class MediaStream:
    """One stream, from its start to its end.

    Args:
        adapter: whose call it is.
        arrival: the stream.
        inbox: takes what the other side says. A call whose stream is replaced keeps its inbox.
        on_dtmf: is told the keys that the other side presses.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        arrival: Arrival,
        inbox: Inbox,
        *,
        on_dtmf: Callable[[str], object] | None,
    ) -> None:
        self.call_sid = arrival.call_sid
        self.inbox = inbox
        self.is_over = False
        self._adapter = adapter
        self._name = type(adapter).__name__
        self._socket = arrival.socket
        self._sid = arrival.stream_sid
        self._on_dtmf = on_dtmf
        self._encoder = Encoder(FORMAT)
        self._decoder = Decoder(FORMAT)
        self._schedule = Schedule()
        self._marks = 0
        self._last_mark = ""  # whose return tells when the user's turn has been heard
        self._unknown: set[str] = set()
        self._callbacks: set[asyncio.Task[None]] = set()
        self._pacer = Pacer(
            adapter.clock,
            self._send_media,
            frame_seconds=_FRAME_SECONDS,
            frame_bytes=_FRAME_BYTES,
            silence=_SILENCE,
        )

    @property
    def lost(self) -> VoiceTransportError:
        """The error of a stream that ends without a word."""
        return self._error("the media stream was lost")

    # Receiving

    async def carry(self) -> VoiceTransportError:
        """Carry media until the stream ends; return what ended it."""
        self._pacer.start()
        try:
            while (frame := await read_frame(self._socket)) is not None:
                if frame.get("event") == "stop":
                    return self._error("the call, or its media stream, was ended by the other side")
                self._take(frame)
            return self.lost
        finally:
            self.is_over = True
            await self._pacer.stop()
            for task in self._callbacks:
                task.cancel()
            if self._callbacks:
                await asyncio.wait(self._callbacks)

    def _take(self, frame: dict[str, Any]) -> None:
        event = frame.get("event")
        if event == "media":
            self._take_media(part(frame, "media"))
        elif event == "dtmf":
            self._take_key(str(part(frame, "dtmf").get("digit", "")))
        elif event == "mark":
            self._take_mark(part(frame, "mark").get("name"))
        else:
            self._ignore(f"event {event!r}")

    def _take_media(self, media: dict[str, Any]) -> None:
        if media.get("track", "inbound") != "inbound":
            self._ignore("media of another track")
            return
        try:
            payload = base64.b64decode(media["payload"], validate=True)
        except (KeyError, ValueError, TypeError):
            self._ignore("media that is no base64")
            return
        seconds = len(payload) / _RATE
        lead = self._schedule.lead(_seconds(media.get("timestamp")), self._adapter.clock.now())
        if lead < 0 and is_silent(payload):
            self._schedule.left_out(seconds)
            return
        silence = max(0.0, lead)
        self._schedule.heard(silence, seconds)
        if silence:
            self.inbox.put_audio(self._decoder.flush() + silent_chunk(silence).data)
        self.inbox.put_audio(self._decoder.push(payload))

    def _take_mark(self, name: object) -> None:
        if name == self._last_mark:
            self._adapter.line.user_heard(self._schedule.due(self._adapter.clock.now()))
        self._adapter.line.notice("transport_message", name="mark", args={"name": name, "played": True})

    def _take_key(self, digit: str) -> None:
        self._adapter.line.notice("dtmf_received", args={"tones": digit})
        if self._on_dtmf is not None:
            task = asyncio.create_task(self._tell(self._on_dtmf, digit))
            self._callbacks.add(task)
            task.add_done_callback(self._callbacks.discard)

    async def _tell(self, on_dtmf: Callable[[str], object], digit: str) -> None:
        try:
            outcome = on_dtmf(digit)
            if inspect.isawaitable(outcome):
                await outcome
        except Exception as error:  # noqa: BLE001  # a user's code; the call goes on
            name = type(error).__name__
            _logger.warning("%s: on_dtmf(%r) raised %s: %s", self._name, digit, name, exception_text(error))

    def _ignore(self, kind: str) -> None:
        if kind not in self._unknown and len(self._unknown) < 100:
            self._unknown.add(kind)
            _logger.debug("%s: ignored %s", self._name, kind)

    # Sending

    async def play(self, pcm: bytes) -> None:
        """Send canonical audio at the speed of speech; returns when its last frame was sent.

        Raises:
            VoiceTransportError: the stream has ended.
        """
        await self._pace(self._encoder.push(pcm))

    async def flush(self) -> None:
        """Send what the last audio has left unfinished."""
        await self._pace(self._encoder.flush())

    async def end_turn(self) -> None:
        """Send what is left of a turn, and a mark, which comes back when all of it has been heard."""
        await self.flush()
        self._marks += 1
        self._last_mark = f"turn-{self._marks}"
        await self._send({"event": "mark", "mark": {"name": self._last_mark}})

    async def clear(self) -> None:
        """Have Twilio drop what it has not played yet; the marks in it come back at once."""
        self._last_mark = ""
        await self._send({"event": "clear"})

    async def close(self, seconds: float) -> None:
        """End the stream, also one that Twilio has only said to be over; when it is closed, do nothing."""
        with suppress(Exception):  # it ends either way
            async with asyncio.timeout(seconds):
                await self._socket.close(1000)

    async def _pace(self, frames: bytes) -> None:
        if not frames:
            return
        try:
            await self._pacer.play(frames)
        except VoiceTransportError:
            raise
        except RuntimeError:
            self.inbox.raise_if_failed()
            raise self._error("the media stream has ended") from None

    async def _send_media(self, frame: bytes) -> None:
        await self._send({"event": "media", "media": {"payload": base64.b64encode(frame).decode()}})

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            await self._socket.send_text(json.dumps({**message, "streamSid": self._sid}))
        except (WebSocketDisconnect, RuntimeError):
            self.inbox.raise_if_failed()
            raise self.lost from None

    def _error(self, text: str) -> VoiceTransportError:
        hint = "place_call() or wait_for_call() begin another call"
        return VoiceTransportError(f"{text}; {hint}", adapter=self._name, fault="peer")


def _seconds(timestamp: object) -> float | None:
    """Return a time stamp, which is text or a number of milliseconds."""
    try:
        return float(timestamp) / 1000  # pyright: ignore[reportArgumentType]  # anything else raises
    except (TypeError, ValueError):
        return None
