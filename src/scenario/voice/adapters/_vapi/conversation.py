"""What the assistant says and hears: frames become audio, texts and turn ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.converter import Decoder
from scenario.voice._line.playout import is_sound
from scenario.voice.adapters._connection.ignored import Ignored

if TYPE_CHECKING:
    from scenario.voice._audio.formats import AudioFormat
    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.adapters._vapi.messages import Message
    from scenario.voice.adapters.base import VoiceAgentAdapter


class Conversation:
    """The assistant's side of a call.

    Args:
        adapter: whose call it is; it gets the texts.
        inbox: gets audio and ends of turns.
        format: of the assistant's audio.
    """

    def __init__(self, adapter: VoiceAgentAdapter, inbox: Inbox, format: AudioFormat) -> None:
        self._adapter = adapter
        self._inbox = inbox
        self._ignored = Ignored(type(adapter).__name__)
        self._format = format
        self._decoder = Decoder(format)
        self._is_open = False  # the assistant is speaking
        self._spoken: list[str] = []  # final transcripts of its turn
        self._written = ""  # what its model has written; it counts until there is a transcript
        self._user_said: list[str] = []  # final transcripts of the user's turn

    def hear(self, data: bytes) -> None:
        """Take in audio of the assistant, or silence."""
        pcm = self._decoder.push(data)
        if is_sound(pcm):
            self._begin()
        self._inbox.put_audio(pcm)

    def take(self, message: Message) -> None:
        """Take in a message; those that mean nothing here are left alone."""
        match message.type:
            case "speech-update":
                self._speech_update(message)
            case "transcript":
                self._transcript(message)
            case "model-output":
                self._written += message.text("output")
                if not self._spoken and self._written:
                    self._adapter.streaming_transcript = self._written
            case "user-interrupted":
                self._interrupted()
            case "tool-calls":
                for call in message.tool_calls:
                    self._adapter.line.tool_call(call.name, call.arguments, call.id)
            case "hang":
                metadata = {"type": "hang", "text": "the assistant is delayed"}
                self._adapter.line.notice("transport_message", metadata=metadata)
            case _:
                self._ignored.note(f"messages {message.type!r}")

    def _begin(self) -> None:
        if not self._is_open:
            self._is_open = True
            self._spoken, self._user_said = [], []

    def _end(self) -> None:
        if self._is_open:
            self._close()
            self._inbox.end_turn()

    def _close(self) -> None:
        self._is_open = False
        self._written = ""  # not when the next turn begins: the model writes before it speaks

    def _speech_update(self, message: Message) -> None:
        status = message.text("status")
        if message.text("role") == "user":
            edge = {"started": "start", "stopped": "end"}.get(status)
            if edge is not None:
                metadata = {"source": "transport", "edge": edge}
                self._adapter.line.notice("transport_speech", metadata=metadata)
            return
        self._adapter.turn_end = "explicit"
        if status == "started":
            self._begin()
        elif status == "stopped":
            self._end()

    def _transcript(self, message: Message) -> None:
        text = message.text("transcript").strip()
        is_final = message.text("transcriptType") == "final"
        if not text:
            return
        if message.text("role") == "user":
            if is_final:
                self._user_said.append(text)
                self._adapter.last_user_transcript = " ".join(self._user_said)
                if self._adapter.turn_end == "vad":
                    self._close()  # nothing else says that the assistant's turn was over
            return
        self._adapter.streaming_transcript = " ".join([*self._spoken, text])
        if is_final:
            self._spoken.append(text)
            self._adapter.last_agent_transcript = self._adapter.streaming_transcript

    def _interrupted(self) -> None:
        self._decoder = Decoder(self._format)
        self._inbox.drop_audio()
        self._adapter.line.drop_unplayed()
        self._end()
