"""What the agent says, does and hears: events of the service become audio, texts and turn ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from scenario.voice._audio.converter import Decoder
from scenario.voice.adapters._connection.ignored import Ignored
from scenario.voice.adapters._elevenlabs.alignment import spoken_pieces

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice._audio.formats import AudioFormat
    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.adapters._elevenlabs.server_events import ServerEvent
    from scenario.voice.adapters.base import VoiceAgentAdapter


class Conversation:
    """The agent's side of a conversation.

    Its turn is over with `agent_response_complete`, which comes after all tools and audio of it
    (https://elevenlabs.io/docs/eleven-agents/customization/events/client-events), if the agent is set to send
    it. Nothing else says so: `is_final` of an audio event ends one response, of which a turn with tools has
    several, and `agent_chat_response_part` is about text.

    Args:
        adapter: whose conversation it is; it gets the texts.
        inbox: gets audio and ends of turns.
        format: of the agent's audio.
        shown: takes secrets out of what the service says.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        inbox: Inbox,
        format: AudioFormat,
        shown: Callable[[str], str],
    ) -> None:
        self._adapter = adapter
        self._inbox = inbox
        self.ignored = Ignored(type(adapter).__name__)
        self._shown = shown
        self._format = format
        self._decoder = Decoder(format)
        self._interrupted_id = -1  # events up to this one are over
        self._is_open = False  # the agent has said or done something, and has not finished
        self._is_fresh = False  # nothing of its turn has been handed on
        self._first_id: int | None = None  # of the events of its turn
        self._responses: list[str] = []  # texts of the turn
        self._told_calls: set[str] = set()
        self._told_results: set[str] = set()

    def take(self, event: ServerEvent) -> None:
        """Take in an event; those that mean nothing here are left alone."""
        match event.type:
            case "audio":
                self._hear(event)
            case "agent_response":
                self._respond(event)
            case "agent_response_correction":
                self._correct(event.text("corrected_agent_response"))
            case "agent_response_complete":
                self._complete(event)
            case "interruption":
                self._interrupt(event.number("event_id"))
            case "user_transcript":
                self._understand(event.text("user_transcript"))
            case "agent_tool_request":
                self.call_tool(event)
            case "agent_tool_response":
                self._tool_response(event)
            case "error" | "client_error":
                self._report(event)
            case _:
                self.ignored.note(self._shown(f"events {event.type!r}"))

    def hand_on(self, chunk: AudioChunk) -> AudioChunk:
        """Keep the streamed text at what has been handed on, which is what an interruption cuts."""
        adapter = self._adapter
        if chunk.data and self._is_fresh:
            self._is_fresh = False
            adapter.streaming_transcript = ""
        if chunk.transcript:
            adapter.streaming_transcript += chunk.transcript
        elif chunk.data and not adapter.streaming_transcript:
            adapter.streaming_transcript = " ".join(self._responses)
        return chunk

    def user_spoke(self) -> None:
        """What the agent says next is another turn, if it has finished as far as anybody can tell."""
        if self._adapter.turn_end == "gap" and self._adapter.line.is_played:
            self._is_open = False

    def call_tool(self, event: ServerEvent) -> dict[str, Any]:
        """Tell the run of a tool call; return its parameters."""
        self._begin()
        given = event.facts.get("parameters")
        parameters = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
        call_id = event.text("tool_call_id")
        if call_id not in self._told_calls:
            self._told_calls.add(call_id)
            self._adapter.line.tool_call(event.text("tool_name"), json.dumps(parameters), call_id)
        return parameters

    def tool_answered(self, name: str, result: Any, call_id: str) -> None:
        """Tell the run what a tool said, once."""
        if call_id not in self._told_results:
            self._told_results.add(call_id)
            self._adapter.line.tool_result(name, result, call_id)

    # The agent

    def _begin(self) -> None:
        if not self._is_open:
            self._is_open = self._is_fresh = True
            self._responses = []
            self._first_id = None

    def _begin_with(self, event: ServerEvent) -> None:
        self._begin()
        if self._first_id is None:
            self._first_id = event.number("event_id")

    def _is_over(self, event: ServerEvent) -> bool:
        event_id = event.number("event_id")
        return event_id is not None and event_id <= self._interrupted_id

    def _hear(self, event: ServerEvent) -> None:
        if self._is_over(event):
            return
        self._begin_with(event)
        pcm = self._decoder.push(event.audio)
        for piece, text in spoken_pieces(pcm, event.facts.get("alignment")):
            self._inbox.put_audio(piece, text or None)

    def _respond(self, event: ServerEvent) -> None:
        if (text := event.text("agent_response")) and not self._is_over(event):
            self._begin_with(event)
            self._responses.append(text)
            self._adapter.last_agent_transcript = " ".join(self._responses)

    def _correct(self, text: str) -> None:
        self._responses[-1:] = [text]
        self._adapter.last_agent_transcript = " ".join(self._responses).strip()
        self._adapter.streaming_transcript = self._adapter.last_agent_transcript

    def _complete(self, event: ServerEvent) -> None:
        self._adapter.turn_end = "explicit"
        event_id, first_id = event.number("event_id"), self._first_id
        if event_id is not None and first_id is not None and event_id < first_id:
            return  # that of an earlier turn, too late: it is not always prompt
        if self._is_open and not self._is_over(event):
            self._inbox.put_audio(self._decoder.flush())
            self._end()

    def _interrupt(self, event_id: int | None) -> None:
        if event_id is not None:
            self._interrupted_id = max(self._interrupted_id, event_id)
        self._decoder = Decoder(self._format)
        self._inbox.drop_audio()
        self._adapter.line.drop_unplayed()
        self._speech("start")
        if self._is_open:
            self._end()

    def _end(self) -> None:
        self._is_open = False
        self._inbox.end_turn()

    # The user and the tools

    def _understand(self, text: str) -> None:
        if text:
            self._adapter.last_user_transcript = text
        self.user_spoke()
        self._speech("end")

    def _tool_response(self, event: ServerEvent) -> None:
        self.call_tool(event)  # the service tells of the calls of its own tools only if it is asked to
        facts = event.facts
        result = facts.get("result_value", facts.get("result"))
        if result is None:
            result = "error" if facts.get("is_error") else "done"
        self.tool_answered(event.text("tool_name"), result, event.text("tool_call_id"))

    def _speech(self, edge: str) -> None:
        self._adapter.line.notice("transport_speech", metadata={"source": "transport", "edge": edge})

    def _report(self, event: ServerEvent) -> None:
        metadata = {"adapter": type(self._adapter).__name__, "error": self._shown(event.complaint)}
        self._adapter.line.notice("transport_error", metadata=metadata)
