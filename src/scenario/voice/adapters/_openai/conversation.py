"""The turns of a conversation with a realtime model: what belongs to which of them, and what is stale."""

from __future__ import annotations

import asyncio
import itertools
import logging
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.chunk import BYTES_PER_SECOND
from scenario.voice._line.ends import NoLine
from scenario.voice.adapters._connection.busy import Busy
from scenario.voice.adapters._openai import client_events
from scenario.voice.adapters._openai.answer import Answer, Part
from scenario.voice.adapters._openai.fidelity import warn_if_unfaithful
from scenario.voice.adapters._openai.tool_calls import Tools, note_arguments, note_item

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scenario.voice.adapters._openai.incoming import Incoming
    from scenario.voice.adapters._openai.server_errors import ServerErrors
    from scenario.voice.adapters.base import VoiceAgentAdapter
    from scenario.voice.errors import VoiceTransportError

    Event = dict[str, Any]

_logger = logging.getLogger("scenario.voice")
_NOTHING_TO_STOP = "no active response found"
"""Source: https://github.com/openai/openai-agents-js/issues/189"""
_ENDS_WITHIN = 5.0
"""Seconds in which a server ends a response that was cancelled; then the next one is asked for anyway."""


class Conversation:
    """What happens on one connection. The server has at most one response at a time, and so have we.

    Args:
        adapter: whose conversation it is.
        incoming: takes the agent's audio, words, ends of turns and errors.
        tools: runs the tools that are called.
        send: sends a frame.
        errors: makes errors of what the server reports.
        server_turns: whether the server decides when the user has finished, and answers by itself.
        server_stops: whether it stops, too, when the user begins to speak.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        incoming: Incoming,
        tools: Tools,
        send: Callable[[Event], Awaitable[None]],
        errors: ServerErrors,
        *,
        server_turns: bool,
        server_stops: bool,
    ) -> None:
        self.answer: Answer | None = None
        """The agent's turn: the one in progress, or the last one."""
        self._adapter = adapter
        self._incoming = incoming
        self._tools = tools
        self._send = send
        self._errors = errors
        self._server_turns = server_turns
        self._server_stops = server_stops
        self._busy = Busy(adapter)
        self._requested: Answer | None = None  # a response was asked for and has not been created
        self._active: str | None = None  # the response that the server is making
        self._stale: set[str] = set()  # responses that are over for us: nothing of them is heard any more
        self._free = asyncio.Event()  # the next response may be asked for
        self._free.set()
        self._may_fail: set[str] = set()  # ids of our events whose failure does not matter
        self._ids = itertools.count(1)

    # What the adapter does

    @property
    def is_unheard(self) -> bool:
        """Whether an answer was asked for of which nothing has been handed on yet."""
        answer = self.answer
        if answer is None or self._incoming.taken > answer.starts_at:
            return False
        return not answer.is_over or self._incoming.received > answer.starts_at

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
        line, incoming = self._adapter.line, self._incoming
        was_over = answer.is_over
        if was_over and incoming.taken >= incoming.received and line.is_played:
            return False
        heard = (incoming.taken - answer.starts_at) / BYTES_PER_SECOND
        cuts = answer.cuts(heard if isinstance(line, NoLine) else line.heard_seconds)
        active = self._active if not was_over else None
        incoming.drop()
        line.drop_unplayed()
        answer.is_stopped = True
        if not was_over:
            self._end(answer, "")
        if active is not None:
            self._stale.add(active)
            if cancel:
                await self._cancel(active)
        for cut in cuts:
            await self._send(client_events.truncate_item(cut, self._event_id()))
        return True

    async def give_result(self, call_id: str, result: str) -> None:
        """Give the model the result of a tool that nobody here has run, and ask it to go on."""
        if await self._tools.give(call_id, result) and not self._owes_results:
            await self.ask()

    def lose(self) -> None:
        """The connection is over: nobody waits for anything any more."""
        self._busy.end()
        self._free.set()

    async def close(self) -> None:
        """End what still runs."""
        await self._tools.close()
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
                if (answer := self._answer_of(event)) is not None:
                    note_arguments(answer.calls, event)
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
        part.size += self._incoming.audio(event["delta"])

    def _read(self, event: Event, delta: str) -> None:
        answer = self._answer_of(event)
        if answer is None or (part := self._part(event)) is None:
            return
        is_next = not part.text and len(answer.parts) > 1 and delta.strip()
        part.text += delta
        self._incoming.words(f" {delta}" if is_next else delta)

    def _item(self, event: Event) -> None:
        answer = self._answer_of(event)
        if answer is None:
            return
        call = note_item(answer.calls, event["item"])
        if call is not None and event["type"].endswith(".done"):
            self._tools.tell(call)

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
        for call in answer.calls.values():
            self._tools.tell(call)
        is_whole = status not in ("incomplete", "cancelled")
        if not (is_whole and self._tools.start(answer.calls, lambda: self._go_on(answer))):
            self._finish(answer)

    async def _go_on(self, answer: Answer) -> None:
        """The model has the results of its tools."""
        if answer.is_over:  # it was cut off meanwhile
            return
        if self._owes_results:  # the others are answered by the script
            self._finish(answer)
            return
        self._requested = answer
        await self._send(client_events.create_response())

    def _error(self, error: Event) -> None:
        code = error.get("code")
        # Whosever frame it was, by its code or, as older servers have it, in words alone.
        crossed = code == "response_cancel_not_active" or _NOTHING_TO_STOP in str(error.get("message"))
        if crossed or error.get("event_id") in self._may_fail:
            _logger.debug("%s: what was to be stopped had ended", type(self._adapter).__name__)
            return
        if self._server_turns and code == "conversation_already_has_active_response":
            self._requested = None  # the server answers already
            self._look_if_free()
            return
        self._fail(self._errors.reported(error))

    # Turns

    def _begin(self, *, script: str | None = None, is_opening: bool = False) -> None:
        self.answer = Answer(self._incoming.received, script, is_opening)
        self._incoming.begin()
        if not self._server_turns:
            self._adapter.streaming_transcript = ""
        self._busy.begin()
        self._look_if_free()

    def _finish(self, answer: Answer) -> None:
        warn_if_unfaithful(type(self._adapter).__name__, answer)
        self._end(answer, answer.text)

    def _end(self, answer: Answer, text: str) -> None:
        answer.is_over = True
        self._incoming.end(text)
        self._busy.end()
        self._look_if_free()

    def _fail(self, error: VoiceTransportError) -> None:
        """End the turn with an error: it takes the place of the turn's end."""
        self._requested = None
        if self._active is not None:
            self._stale.add(self._active)
        if self.answer is not None:
            self.answer.is_over = True
        self._incoming.fail(error)
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

    # Helpers

    @property
    def _owes_results(self) -> bool:
        """Whether the model waits for results of the turn; those of earlier ones it has gone on without."""
        return self.answer is not None and not self._tools.owed.isdisjoint(self.answer.calls)

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
