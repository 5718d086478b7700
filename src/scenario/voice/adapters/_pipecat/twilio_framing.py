"""Pipecat's Twilio framing: we play the telephone company that connects to the bot.

Source: https://www.twilio.com/docs/voice/media-streams/websocket-messages
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.converter import Decoder
from scenario.voice._audio.formats import AudioFormat
from scenario.voice.adapters._pipecat.bot import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario.voice.adapters._pipecat.framing import Frame, Listener

_ACCOUNT = "AC" + "0" * 32
_FRAME_MS = 20


class TwilioFraming:
    """JSON frames with µ-law in base64.

    Args:
        listener: is told what the bot's frames mean.
        stream_sid: id of the stream.
        call_sid: id of the call.
        custom_parameters: what bots read from the start of the stream.
    """

    def __init__(
        self, listener: Listener, *, stream_sid: str, call_sid: str, custom_parameters: Mapping[str, str]
    ) -> None:
        self.format = AudioFormat("mulaw", 8000)
        self.silence = b"\xff" * (8000 * _FRAME_MS // 1000)
        self._listener = listener
        self._stream_sid = stream_sid
        self._call_sid = call_sid
        self._parameters = dict(custom_parameters)
        self._decoder = Decoder(self.format)
        self._unknown = Unknown()
        self._number = 0
        self._chunk = 0

    def opening(self) -> list[Frame]:
        """Return what Twilio sends first."""
        start = {
            "streamSid": self._stream_sid,
            "accountSid": _ACCOUNT,
            "callSid": self._call_sid,
            "tracks": ["inbound"],
            "customParameters": self._parameters,
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
        }
        connected = json.dumps({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        return [connected, self._frame("start", start)]

    def audio(self, wire: bytes) -> Frame:
        """Return a `media` frame of the caller's voice."""
        timestamp = self._chunk * _FRAME_MS
        self._chunk += 1
        media = {
            "track": "inbound",
            "chunk": str(self._chunk),
            "timestamp": str(timestamp),
            "payload": b64encode(wire).decode(),
        }
        return self._frame("media", media)

    def digit(self, digit: str) -> Frame:
        """Return the frame of a key that the caller pressed."""
        return self._frame("dtmf", {"track": "inbound_track", "digit": digit})

    def closing(self) -> list[Frame]:
        """Return the end of the stream."""
        return [self._frame("stop", {"accountSid": _ACCOUNT, "callSid": self._call_sid})]

    def hear(self, frame: Frame) -> None:
        """Take `media` and `clear`."""
        try:
            message: Any = json.loads(frame)
            event = message["event"]
            payload = b64decode(message["media"]["payload"], validate=True) if event == "media" else b""
        except (ValueError, TypeError, KeyError):
            self._unknown.note("a frame that is no Media Streams message")
            return
        if event == "media":
            self._listener.audio(self._decoder.push(payload))
        elif event == "clear":
            self._decoder = Decoder(self.format)
            self._listener.stopped()
        else:
            self._unknown.note(f"event {event!r}")

    def _frame(self, event: str, content: Mapping[str, Any]) -> str:
        self._number += 1
        head = {"event": event, "sequenceNumber": str(self._number), "streamSid": self._stream_sid}
        return json.dumps({**head, event: content})
