"""RTVI, the messages that a bot sends beside its audio: what it says, when, and what it understood.

Source: https://docs.pipecat.ai/client/rtvi-standard
"""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scenario.voice.adapters._pipecat.bot import Unknown, fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.voice.adapters.base import VoiceAgentAdapter

_LABEL = "rtvi-ai"
_TEXTS = ("bot-tts-text", "bot-output", "bot-transcription")
"""Three ways to tell what the bot says. Bots send several of them; the first to come is used."""


def client_ready() -> dict[str, Any]:
    """Return the message that asks a bot for what follows here."""
    data = {"version": "1.0.0", "about": {"library": "scenario"}}
    return {"label": _LABEL, "type": "client-ready", "id": uuid.uuid4().hex[:8], "data": data}


class Rtvi:
    """Follows the messages of one connection, and tells the adapter and its run.

    Args:
        adapter: whose connection it is.
        stopped: called when the bot has stopped itself.
    """

    def __init__(self, adapter: VoiceAgentAdapter, stopped: Callable[[], None]) -> None:
        self._adapter = adapter
        self._stopped = stopped
        self._source: str | None = None
        self._is_silent = True
        self._user_is_speaking = self._user_has_spoken = False
        self._unknown = Unknown()

    def user_turn_begins(self) -> None:
        """What the bot says from now on is an answer, unless it is still speaking."""
        self._user_is_speaking = True

    def user_turn_ends(self) -> None:
        """Whatever the bot says from now on is an answer: some say late that they had stopped."""
        self._user_is_speaking, self._user_has_spoken = False, True

    def hear(self, message: Any) -> None:
        """Take a message; what is no RTVI is ignored."""
        said = fields(message)
        kind = said.get("type") if said.get("label") == _LABEL else None
        if not isinstance(kind, str):
            self._unknown.note("a message that is no RTVI")
            return
        data = fields(said.get("data"))
        if kind in _TEXTS:
            self._text(kind, data)
        elif kind in ("bot-started-speaking", "bot-stopped-speaking"):
            self._bot_speaks(kind == "bot-started-speaking")
        elif kind in ("user-started-speaking", "user-stopped-speaking"):
            self._notice_speech("user", kind == "user-started-speaking")
        elif kind == "bot-ready":
            can = self._adapter.capabilities
            self._adapter.capabilities = replace(can, streaming_transcripts=True, native_vad=True)
        elif kind == "bot-interrupted":
            self._is_silent = True
            self._stopped()
        elif kind == "user-transcription":
            if data.get("final"):
                self._adapter.last_user_transcript = str(data.get("text", ""))
        elif kind == "llm-function-call-in-progress":
            self._tool_call(data)
        elif kind in ("error", "error-response"):
            error = {"adapter": type(self._adapter).__name__, "error": str(data.get("error", ""))[:200]}
            self._adapter.line.notice("transport_error", metadata=error)
        else:
            self._unknown.note(f"RTVI {kind!r}")

    def _text(self, kind: str, data: dict[str, Any]) -> None:
        text = data.get("text")
        # Before it is spoken, `bot-output` gives text of the language model, which may never be.
        if not isinstance(text, str) or not text or data.get("spoken") is False:
            return
        if self._source is None:
            self._source = kind
        if kind != self._source:
            return
        self._begin_if_new()
        before = self._adapter.streaming_transcript
        gap = " " if before and not before[-1].isspace() and not text[0].isspace() else ""
        self._adapter.streaming_transcript = f"{before}{gap}{text}"

    def _bot_speaks(self, begins: bool) -> None:
        self._notice_speech("agent", begins)
        if begins:
            self._begin_if_new()
        self._is_silent = not begins

    def _begin_if_new(self) -> None:
        if self._user_has_spoken or (self._user_is_speaking and self._is_silent):
            self._user_is_speaking = self._user_has_spoken = False
            self._adapter.streaming_transcript = ""

    def _notice_speech(self, speaker: str, begins: bool) -> None:
        edge = "start" if begins else "end"
        self._adapter.line.notice(
            "transport_speech", metadata={"source": "transport", "edge": edge, "speaker": speaker}
        )

    def _tool_call(self, data: dict[str, Any]) -> None:
        name = data.get("function_name")
        if isinstance(name, str):  # bots may be told to keep it for themselves
            arguments = json.dumps(data.get("arguments") or {})
            self._adapter.line.tool_call(name, arguments, str(data.get("tool_call_id", "")))
