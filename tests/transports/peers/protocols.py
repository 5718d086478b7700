"""Two protocols of users: the least that makes one, and all that one can have."""

from __future__ import annotations

import base64
import json

from scenario.voice import AudioChunk, WebSocketProtocol


class Raw(WebSocketProtocol):
    def encode_audio(self, audio):
        return audio

    def decode_response(self, message):
        return AudioChunk(message) if isinstance(message, bytes) else None


class Talkative(WebSocketProtocol):
    """JSON with every hook: what a vendor's own protocol looks like."""

    def encode_audio(self, audio):
        half = len(audio) // 4 * 2
        return [self.frame("audio", base64.b64encode(part).decode()) for part in (audio[:half], audio[half:])]

    def decode_response(self, message):
        event = json.loads(message)
        if event["type"] != "audio":
            return None
        return AudioChunk(base64.b64decode(event["data"]), transcript=event.get("text"))

    def on_connect(self):
        return self.frame("hello")

    def on_disconnect(self):
        return self.frame("bye")

    def end_of_user_turn(self):
        return self.frame("end")

    def interrupt(self):
        return self.frame("stop")

    def is_turn_end(self, message):
        return json.loads(message)["type"] == "done"

    def reply(self, message):
        return self.frame("pong") if json.loads(message)["type"] == "ping" else None

    @staticmethod
    def frame(type: str, data: str = "") -> str:
        return json.dumps({"type": type, "data": data})
