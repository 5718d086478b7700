"""What has come from the model and is handed on in its order: audio, its words, and the ends of turns."""

from __future__ import annotations

import base64
from collections import deque
from typing import TYPE_CHECKING

from scenario.voice._audio.converter import Decoder

if TYPE_CHECKING:
    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.adapters.base import VoiceAgentAdapter


class Incoming:
    """The adapter's transcripts grow with what is received, not with what has arrived.

    Attributes:
        received: bytes of audio that came on this connection.
        taken: those that were handed on or dropped.

    Args:
        adapter: whose transcripts are kept.
        inbox: takes audio, ends and errors.
    """

    def __init__(self, adapter: VoiceAgentAdapter, inbox: Inbox) -> None:
        self.received = self.taken = 0
        self._adapter = adapter
        self._inbox = inbox
        self._decoder = Decoder("pcm16/24000")
        self._words = ""  # that came and are spoken in the audio that comes next
        self._begins_at = 0
        self._ends: deque[str] = deque()  # the final text of each end of a turn in the inbox

    def begin(self) -> None:
        """A turn of the agent begins."""
        self._forget_pieces()
        self._begins_at = self.received

    def audio(self, delta: str) -> int:
        """Take in audio as it is sent; return how many bytes of it are whole samples by now."""
        pcm = self._decoder.push(base64.b64decode(delta))
        if pcm:
            self.received += len(pcm)
            words, self._words = self._words, ""
            self._inbox.put_audio(pcm, words or None)
        return len(pcm)

    def words(self, delta: str) -> None:
        """Take in words, which come a little before their audio."""
        self._words += delta

    def end(self, text: str) -> None:
        """The turn is over; `text` is all of it in its final form, or nothing if it was cut off."""
        self._forget_pieces()
        self._ends.append(text)
        self._inbox.end_turn()

    def fail(self, error: Exception) -> None:
        """The turn ends with an error."""
        self._forget_pieces()
        self._inbox.put_error(error)

    def drop(self) -> None:
        """Forget the audio that nobody has taken."""
        self._inbox.drop_audio()
        self.taken = self.received

    def hand_on(self, chunk: AudioChunk) -> AudioChunk:
        """Keep the transcripts for what is received now, and return it."""
        adapter = self._adapter
        if chunk.data:
            if self.taken == self._begins_at:
                adapter.streaming_transcript = ""
            self.taken += len(chunk.data)
            adapter.streaming_transcript += chunk.transcript or ""
        elif self._ends and (text := self._ends.popleft()):
            adapter.streaming_transcript = adapter.last_agent_transcript = text
        return chunk

    def _forget_pieces(self) -> None:
        self._words = ""
        self._decoder.flush()
