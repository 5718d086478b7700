"""The turns of a conversation with a realtime model: what belongs to which of them, and what is stale."""

from __future__ import annotations

import asyncio
import base64
import itertools
import logging
from collections import deque
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.chunk import BYTES_PER_SECOND
from scenario.voice._audio.converter import Decoder
from scenario.voice._line.ends import NoLine
from scenario.voice.adapters._connection.busy import Busy
from scenario.voice.adapters._openai import client_events
from scenario.voice.adapters._openai.answer import Answer, Part
from scenario.voice.adapters._openai.fidelity import warn_if_unfaithful
from scenario.voice.adapters._openai.tool_calls import ToolCall, note_item, run_tool
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.adapters._openai.server_errors import ServerErrors
    from scenario.voice.adapters.base import VoiceAgentAdapter

    Event = dict[str, Any]

_logger = logging.getLogger("scenario.voice")
_ENDS_WITHIN = 5.0
"""Seconds in which a server ends a response that was cancelled; then the next one is asked for anyway."""


class Conversation:
    """What happens on one connection. The server has at most one response at a time, and so have we.

    Args:
        adapter: whose conversation it is; its transcripts are kept here.
        inbox: takes the agent's audio, ends of turns and errors.
        send: sends a frame.
        errors: makes errors of what the server reports.
        tool_handlers: what runs a tool, by its name.
        server_turns: whether the server decides when the user has finished, and answers by itself.
        server_stops: whether it stops, too, when the user begins to speak.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        inbox: Inbox,
        send: Callable[[Event], Awaitable[None]],
        errors: ServerErrors,
        *,
        tool_handlers: Mapping[str, Callable[..., Any]],
        server_turns: bool,
        server_stops: bool,
    ) -> None:
        self.answer: Answer | None = None
        """The agent's turn: the one in progress, or the last one."""
        self._adapter = adapter
        self._inbox = inbox
        self._send = send
        self._errors = errors
        self._handlers = tool_handlers
        self._server_turns = server_turns
        self._server_stops = server_stops
        self._busy = Busy(adapter)
        self._decoder = Decoder("pcm16/24000")
        self._requested: Answer | None = None  # a response was asked for and has not been created
        self._active: str | None = None  # the response that the server is making
        self._stale: set[str] = set()  # responses that are over for us: nothing of them is heard any more
        self._free = asyncio.Event()  # the next response may be asked for
        self._free.set()
        self._received = self._taken = 0  # bytes of audio that came, and that were handed on
        self._words = ""  # that came and are spoken in the audio that comes next
        self._ends: deque[str | None] = deque()  # the final text of each end of a turn in the inbox
        self._owed: set[str] = set()  # tool calls that the script has to answer
        self._may_fail: set[str] = set()  # ids of our events whose failure does not matter
        self._ids = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()

    # What the adapter does

    @property
    def is_unheard(self) -> bool:
        """Whether an answer was asked for of which nothing has been handed on yet."""
        answer = self.answer
        if answer is None or self._taken > answer.starts_at:
            return False
        return not answer.is_over or self._received > answer.starts_at

    async def ask(
        self, response: Event | None = None, *, script: str | None = None, is_opening: bool = False
    ) -> None:
        """Ask for a turn of the agent, as soon as the server is free.

        Args:
            response: what is special about the response.
            script: what the model was asked to say, word for word.
            is_opening: nobody has spoken yet.
        """
        with self._adapter.clock.hold():
            try:
                async with self._adapter.clock.timeout(_ENDS_WITHIN):
                    await self._free.wait()
            except TimeoutError:
                self._give_up()
            self._begin(script=script, is_opening=is_opening)
            self._requested = self.answer
            await self._send(client_events.create_response(response))

    async def stop(self, *, cancel: bool = True) -> bool:
        """Cut off the agent's turn, and have the model know how much of it was heard.

        Args:
            cancel: tell the server to stop; `False` when it has done so by itself.

        Returns:
            Whether there was something to stop.
        """
        answer = self.answer
        if answer is None or answer.is_stopped:
            return False
        line = self._adapter.line
        was_over = answer.is_over
        if was_over and self._taken >= self._received and line.is_played:
            return False
        heard = (self._taken - answer.starts_at) / BYTES_PER_SECOND
        cuts = answer.cuts(heard if isinstance(line, NoLine) else line.heard_seconds)
        active = self._active if not was_over else None
        self._inbox.drop_audio()
        self._taken = self._received
        line.drop_unplayed()
        answer.is_stopped = True
        if not was_over:
            self._end(answer, None)
        if active is not None:
            self._stale.add(active)
            if cancel:
                await self._cancel(active)
        for cut in cuts:
            await self._send(client_events.truncate_item(cut, self._event_id()))
        return True

    async def give_result(self, call_id: str, result: str) -> None:
        """Give the model the result of a tool that nobody here has run, and ask it to go on."""
        if call_id not in self._owed:
            _logger.debug("a tool's result is not sent: no call of this model waits for it")
            return
        self._owed.discard(call_id)
        await self._send(client_events.tool_output(call_id, result))
        if not self._owed:
            await self.ask()

    def hand_on(self, chunk: AudioChunk) -> AudioChunk:
        """Keep the transcripts for what is received now, and return it."""
        adapter = self._adapter
        if chunk.data:
            if self.answer is not None and self._taken == self.answer.starts_at:
                adapter.streaming_transcript = ""
            self._taken += len(chunk.data)
            adapter.streaming_transcript += chunk.transcript or ""
        elif self._ends and (text := self._ends.popleft()):
            adapter.streaming_transcript = adapter.last_agent_transcript = text
        return chunk

    def lose(self) -> None:
        """The connection is over: nobody waits for anything any more."""
        self._busy.end()
        self._free.set()

    async def close(self) -> None:
        """End what still runs."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        self.lose()

    # What the server says

    async def take(self, event: Event) -> bool:
        """Do what an event calls for; return whether it is of a kind that is used."""
        match event["type"]:
            case "response.created":
                await self._created(event["response"].get("id"))
            case "response.output_audio.delta":
                self._heard(event)
            case "response.output_audio_transcript.delta" | "response.output_text.delta":
                self._read(event, event["delta"])
            case "response.output_audio_transcript.done" | "response.output_text.done":
                if (part := self._part(event)) is not None:
                    part.text = event.get("transcript") or event.get("text") or part.text
            case "response.output_item.added" | "response.output_item.done":
                self._item(event)
            case "response.function_call_arguments.delta" | "response.function_call_arguments.done":
                self._arguments(event)
            case "response.done":
                self._done(event["response"])
            case "conversation.item.input_audio_transcription.completed":
                self._adapter.last_user_transcript = event["transcript"]
            case "input_audio_buffer.speech_started":
                self._speech("start", event.get("audio_start_ms"))
                if self._server_stops:
                    await self.stop(cancel=False)
            case "input_audio_buffer.speech_stopped":
                self._speech("end", event.get("audio_end_ms"))
            case "error":
                self._error(event["error"])
            case _:
                return False
        return True

    async def _created(self, response_id: str | None) -> None:
        answer, self._requested = self._requested, None
        self._active = response_id
        if answer is not None and answer.is_stopped and response_id is not None:
            self._stale.add(response_id)
            await self._cancel(response_id)
        elif answer is None and (self.answer is None or self.answer.is_over):
            self._begin()
        self._look_if_free()

    def _heard(self, event: Event) -> None:
        if (part := self._part(event)) is None:
            return
        part.content_index = event.get("content_index") or 0
        pcm = self._decoder.push(base64.b64decode(event["delta"]))
        part.size += len(pcm)
        if pcm:  # a piece may be half a sample
            self._received += len(pcm)
            words, self._words = self._words, ""
            self._inbox.put_audio(pcm, words or None)

    def _read(self, event: Event, delta: str) -> None:
        answer = self._answer_of(event)
        if answer is None or (part := self._part(event)) is None:
            return
        is_next = not part.text and len(answer.parts) > 1 and delta.strip()
        part.text += delta
        self._words += f" {delta}" if is_next else delta

    def _item(self, event: Event) -> None:
        answer = self._answer_of(event)
        if answer is None:
            return
        call = note_item(answer.calls, event["item"])
        if call is not None and event["type"].endswith(".done"):
            self._tell(call)

    def _arguments(self, event: Event) -> None:
        answer = self._answer_of(event)
        if answer is None:
            return
        call = answer.calls.setdefault(event["call_id"], ToolCall(event["call_id"]))
        if event["type"].endswith(".delta"):
            call.streamed += event["delta"]
            return
        call.name = call.name or event.get("name") or ""
        call.arguments = event.get("arguments") or call.arguments

    def _done(self, response: Event) -> None:
        response_id, status = response.get("id"), response.get("status")
        is_stale = response_id in self._stale
        if response_id is not None:
            self._stale.add(response_id)
        if self._active == response_id:
            self._active = None
        if not is_stale:
            self._requested = None  # some servers do not say that they have created it
        answer = self.answer
        if is_stale or answer is None or answer.is_over:
            self._look_if_free()
            return
        details: Event = response.get("status_details") or {}
        if status == "failed":
            self._fail(self._errors.reported(details.get("error") or {}, "the model's response failed"))
            return
        if status == "incomplete":
            self._notice(f"the response is incomplete: {details.get('reason')}")
        for item in response.get("output") or ():
            note_item(answer.calls, item)
        open_calls = [
            call for call in answer.calls.values() if not call.is_told or call.call_id in self._owed
        ]
        for call in open_calls:
            self._tell(call)
        mine = [call for call in open_calls if call.name in self._handlers] if status != "incomplete" else []
        if mine and status != "cancelled":
            task = asyncio.create_task(self._run_tools(answer, mine), name="tools of a realtime model")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            return
        self._finish(answer)

    def _error(self, error: Event) -> None:
        code = error.get("code")
        if code == "response_cancel_not_active" or error.get("event_id") in self._may_fail:
            _logger.debug("%s: what was to be stopped had ended", type(self._adapter).__name__)
            return
        if self._server_turns and code == "conversation_already_has_active_response":
            self._requested = None  # the server answers already
            self._look_if_free()
            return
        self._fail(self._errors.reported(error))

    # Turns

    def _begin(self, *, script: str | None = None, is_opening: bool = False) -> None:
        self.answer = Answer(self._received, script, is_opening)
        self._words = ""
        self._decoder.flush()
        if not self._server_turns:
            self._adapter.streaming_transcript = ""
        self._busy.begin()
        self._look_if_free()

    def _finish(self, answer: Answer) -> None:
        warn_if_unfaithful(type(self._adapter).__name__, answer)
        self._end(answer, answer.text)

    def _end(self, answer: Answer, text: str | None) -> None:
        answer.is_over = True
        self._words = ""
        self._decoder.flush()
        self._ends.append(text)
        self._inbox.end_turn()
        self._busy.end()
        self._look_if_free()

    def _fail(self, error: VoiceTransportError) -> None:
        """End the turn with an error: it takes the place of the turn's end."""
        self._requested = None
        if self._active is not None:
            self._stale.add(self._active)
        if self.answer is not None:
            self.answer.is_over = True
        self._inbox.put_error(error)
        self._busy.end()
        self._look_if_free()

    def _give_up(self) -> None:
        """Wait no longer for the end of a response, or of a tool; what still comes of it is stale."""
        if self._active is not None:
            self._stale.add(self._active)
        self._active = self._requested = None
        if self.answer is not None:
            self.answer.is_over = True
        name = type(self._adapter).__name__
        _logger.warning("%s: the last response has not ended; the next one is asked for anyway", name)

    def _look_if_free(self) -> None:
        busy = self._active is not None or self._requested is not None
        if busy or (self.answer is not None and not self.answer.is_over):
            self._free.clear()
        else:
            self._free.set()

    # Tools

    def _tell(self, call: ToolCall) -> None:
        if not call.is_told:
            call.is_told = True
            self._adapter.line.tool_call(call.name, call.json, call.call_id)
            self._owed.add(call.call_id)

    async def _run_tools(self, answer: Answer, calls: list[ToolCall]) -> None:
        try:
            for call in calls:
                result = await run_tool(call, self._handlers[call.name])
                self._owed.discard(call.call_id)
                await self._send(client_events.tool_output(call.call_id, result))
                self._adapter.line.tool_result(call.name, result, call.call_id)
            if answer.is_over:  # it was cut off meanwhile
                return
            if self._owed:  # the others are answered by the script
                self._finish(answer)
                return
            self._requested = answer
            await self._send(client_events.create_response())
        except VoiceTransportError:
            _logger.debug("the connection was lost while a tool ran; whoever receives is told")

    # Helpers

    def _answer_of(self, event: Event) -> Answer | None:
        """Return the turn to which an event of a response belongs; `None` when nobody wants it."""
        answer = self.answer
        if event.get("response_id") in self._stale or answer is None or answer.is_over:
            return None
        return answer

    def _part(self, event: Event) -> Part | None:
        answer = self._answer_of(event)
        return None if answer is None else answer.parts.setdefault(event.get("item_id") or "", Part())

    async def _cancel(self, response_id: str) -> None:
        await self._send(client_events.cancel_response(response_id, self._event_id()))

    def _event_id(self) -> str:
        event_id = f"stop_{next(self._ids)}"
        self._may_fail.add(event_id)
        return event_id

    def _speech(self, edge: str, milliseconds: int | None) -> None:
        metadata = {"source": "transport", "edge": edge, "audio_ms": milliseconds}
        self._adapter.line.notice("transport_speech", metadata=metadata)

    def _notice(self, text: str) -> None:
        metadata = {"adapter": type(self._adapter).__name__, "error": text}
        self._adapter.line.notice("transport_error", metadata=metadata)
