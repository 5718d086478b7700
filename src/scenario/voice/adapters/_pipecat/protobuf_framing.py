"""Pipecat's protobuf framing: PCM16 at any rate, interruptions in both directions, and RTVI messages."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.converter import Decoder
from scenario.voice._audio.formats import AudioFormat
from scenario.voice.adapters._pipecat.bot import Unknown
from scenario.voice.adapters._pipecat.protobuf import DecodeError
from scenario.voice.adapters._pipecat.protobuf import Frame as Message
from scenario.voice.adapters._pipecat.rtvi import client_ready

if TYPE_CHECKING:
    from scenario.voice.adapters._pipecat.framing import Frame, Listener
    from scenario.voice.adapters._pipecat.rtvi import Rtvi


class ProtobufFraming:
    """Binary frames.

    Args:
        listener: is told what the bot's frames mean.
        rtvi: follows its messages.
        rate: samples per second of the user's audio.
    """

    def __init__(self, listener: Listener, rtvi: Rtvi, rate: int) -> None:
        self.format = AudioFormat("pcm16", rate)
        self.silence = bytes(rate // 50 * 2)
        self._listener = listener
        self._rtvi = rtvi
        self._ids = count(1)
        self._decoder = Decoder(self.format)
        self._unknown = Unknown()

    def opening(self) -> list[Frame]:
        """Ask for RTVI messages."""
        return [Message(message={"data": json.dumps(client_ready())}).SerializeToString()]

    def audio(self, wire: bytes) -> Frame:
        """Return an `audio` frame of the user's voice."""
        head: dict[str, Any] = {"id": next(self._ids), "name": "scenario"}
        audio = {**head, "audio": wire, "sample_rate": self.format.rate, "num_channels": 1}
        return Message(audio=audio).SerializeToString()

    def interruption(self) -> Frame:
        """Return the frame that stops the bot."""
        return Message(interruption={"id": next(self._ids), "name": "scenario"}).SerializeToString()

    def closing(self) -> list[Frame]:
        """Nothing: bots go by the closing of the connection."""
        return []

    def hear(self, frame: Frame) -> None:
        """Take `audio`, `interruption` and `message`; text and transcriptions come as messages too."""
        try:
            message = Message.FromString(frame)
            kind = message.WhichOneof("frame")
            data = json.loads(message.message.data) if kind == "message" else None
        except (DecodeError, TypeError, ValueError):
            self._unknown.note("a frame that is no protobuf frame")
            return
        if kind == "audio":
            self._audio(message.audio)
        elif kind == "interruption":
            self._decoder = Decoder(self._decoder.format)
            self._listener.stopped()
        elif kind == "message":
            self._rtvi.hear(data)
        else:
            self._unknown.note(f"a {kind} frame")

    def _audio(self, audio: Any) -> None:
        from scenario.voice._audio.arrays import from_pcm, to_pcm

        if audio.sample_rate != self._decoder.format.rate:
            try:
                self._decoder = Decoder(AudioFormat("pcm16", audio.sample_rate))
            except ValueError:
                self._unknown.note(f"audio at {audio.sample_rate} Hz")
                return
        pcm, channels = audio.audio, max(audio.num_channels, 1)
        if channels > 1:
            samples = from_pcm(pcm)
            pcm = to_pcm(samples[: len(samples) // channels * channels].reshape(-1, channels).mean(axis=1))
        self._listener.audio(self._decoder.push(pcm))
