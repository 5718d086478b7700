"""Words for speech that came without any: transcribed when somebody is about to read them."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from scenario.voice._clock import RealClock, using_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.types import Message
    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice._recording.segment import AudioSegment
    from scenario.voice._speech.stt import STTProvider

_log = logging.getLogger("scenario")
_REAL = RealClock()


@dataclass(slots=True)
class _Wanted:
    """A turn without words.

    Attributes:
        chunk: its audio.
        payload: what its message carries, which is the same string in all copies of the message.
        ending: follows the words in the message.
        segment: the turn as recorded, once it is.
        task: hears the words.
    """

    chunk: AudioChunk
    payload: str
    ending: str
    segment: AudioSegment | None
    task: asyncio.Task[str] | None = None


class Transcripts:
    """Transcribes turns, and puts the text into their messages and segments.

    Args:
        provider: what transcribes; `None` takes the global one when it is first needed.
    """

    def __init__(self, provider: STTProvider | None) -> None:
        self._provider = provider
        self._wanted: list[_Wanted] = []

    def want(
        self,
        chunk: AudioChunk,
        message: Message,
        *,
        segment: AudioSegment | None = None,
        ending: str = "",
        at_once: bool = False,
    ) -> None:
        """Have a message's audio transcribed before somebody reads the message.

        Args:
            chunk: the audio.
            message: has it as its audio part.
            segment: the turn as recorded, if it is.
            ending: follows the words in the message.
            at_once: nobody need be about to read it.
        """
        payload = _payload(message)
        if payload is None or any(wanted.payload is payload for wanted in self._wanted):
            return
        wanted = _Wanted(chunk, payload, ending, segment)
        self._wanted.append(wanted)
        if at_once:
            self._begin(wanted)

    def recorded(self, message: Message, segment: AudioSegment) -> None:
        """A message has become a segment."""
        payload = _payload(message)
        for wanted in self._wanted:
            if wanted.payload is payload:
                wanted.segment = segment

    async def finish(self, messages: Sequence[Message], *, begun_only: bool = False) -> bool:
        """Complete the conversation, and return whether it changed.

        Args:
            messages: the conversation.
            begun_only: only with what is being transcribed already.
        """
        pending = [wanted for wanted in self._wanted if wanted.task is not None or not begun_only]
        tasks = [self._begin(wanted) for wanted in pending]
        changed = False
        for wanted, task in zip(pending, tasks, strict=True):
            text = await task
            self._wanted.remove(wanted)
            if text and wanted.segment is not None:
                wanted.segment.transcript = text
                if wanted.segment.transcript_truncated:
                    wanted.segment.heard_transcript = text
            if text:
                changed |= _complete(messages, wanted.payload, text + wanted.ending)
        return changed

    async def close(self) -> None:
        """Stop what is being transcribed."""
        tasks = [wanted.task for wanted in self._wanted if wanted.task is not None]
        self._wanted.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_UNWIND)

    def _begin(self, wanted: _Wanted) -> asyncio.Task[str]:
        if wanted.task is None:
            wanted.task = asyncio.create_task(self._transcribe(wanted.chunk), name="transcription of a turn")
        return wanted.task

    async def _transcribe(self, chunk: AudioChunk) -> str:
        from scenario.voice._speech.stt import get_stt_provider

        try:
            with using_clock(_REAL):  # nobody on the line waits for it
                return await (self._provider or get_stt_provider()).transcribe(chunk)
        except Exception as error:  # noqa: BLE001  # a turn without words is still a turn
            _log.warning("a turn could not be transcribed, it stays without text: %s", error)
            return ""


_UNWIND = 2.0  # seconds that a provider has to heed its cancellation


def _payload(message: Message) -> str | None:
    """Return what the first audio part of a message carries."""
    for part in _parts(message):
        sound = part.get(str(part.get("type")))
        if part.get("type") in ("input_audio", "audio") and isinstance(sound, dict):
            return cast("dict[str, Any]", sound).get("data")
    return None


def _parts(message: Message) -> list[dict[str, Any]]:
    content = message.get("content")
    if not isinstance(content, list):
        return []
    return [cast("dict[str, Any]", part) for part in cast("list[object]", content) if isinstance(part, dict)]


def _complete(messages: Sequence[Message], payload: str, text: str) -> bool:
    """Make `text` the first part of the message with this audio."""
    for message in reversed(messages):
        if _payload(message) is payload:
            parts = cast("list[dict[str, Any]]", message["content"])
            parts[:] = [part for part in parts if part.get("type") != "text"]
            parts.insert(0, {"type": "text", "text": text})
            return True
    return False
