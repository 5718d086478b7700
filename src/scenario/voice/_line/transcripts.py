"""Words for speech that came without any: transcribed while the run goes on, in time for who reads them."""

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


@dataclass(slots=True)
class _Pending:
    task: asyncio.Task[str]
    payload: str
    segment: AudioSegment


class Transcripts:
    """Transcribes turns in the background, and puts the text into their messages when it is needed.

    Args:
        provider: what transcribes; `None` takes the global one when it is first needed.
    """

    def __init__(self, provider: STTProvider | None) -> None:
        self._provider = provider
        self._pending: list[_Pending] = []

    def begin(self, chunk: AudioChunk, message: Message, segment: AudioSegment) -> None:
        """Transcribe a message's audio from now on."""
        task = asyncio.create_task(self._transcribe(chunk), name="transcription of a turn")
        self._pending.append(_Pending(task, _payload(message), segment))

    async def finish(self, messages: Sequence[Message]) -> bool:
        """Wait for what is being transcribed, complete the conversation, and return whether it changed."""
        changed = False
        while self._pending:
            pending = self._pending[0]
            text = await pending.task
            self._pending.remove(pending)
            if text:
                pending.segment.transcript = text
                changed |= _complete(messages, pending.payload, text)
        return changed

    async def close(self) -> None:
        """Stop what is being transcribed."""
        tasks = [pending.task for pending in self._pending]
        self._pending.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _transcribe(self, chunk: AudioChunk) -> str:
        from scenario.voice._speech.stt import get_stt_provider

        try:
            with using_clock(_REAL):  # nobody on the line waits for it
                return await (self._provider or get_stt_provider()).transcribe(chunk)
        except Exception as error:  # noqa: BLE001  # a turn without words is still a turn
            _log.warning("a turn could not be transcribed, it stays without text: %s", error)
            return ""


_REAL = RealClock()


def _payload(message: Message) -> str:
    for part in cast("list[dict[str, Any]]", message["content"]):
        if part.get("type") == "input_audio":
            return part["input_audio"]["data"]
    raise ValueError("the message has no audio")


def _complete(messages: Sequence[Message], payload: str, text: str) -> bool:
    """Make `text` the first part of the message with this audio; strings are shared by all its copies."""
    for message in reversed(messages):
        content = message.get("content")
        if not isinstance(content, list):
            continue
        parts = cast("list[dict[str, Any]]", content)
        sounds = (part["input_audio"]["data"] for part in parts if part.get("type") == "input_audio")
        if any(sound is payload for sound in sounds):
            parts[:] = [part for part in parts if part.get("type") != "text"]
            parts.insert(0, {"type": "text", "text": text})
            return True
    return False
