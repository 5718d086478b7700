"""One connection to an agent: it stands when the service has said in which formats it hears and speaks."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.converter import Encoder
from scenario.voice.adapters._connection.faults import reason_of, secrets_in
from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._connection.pacer import Pacer
from scenario.voice.adapters._connection.urls import host_of
from scenario.voice.adapters._connection.websocket import WebSocketLink
from scenario.voice.adapters._elevenlabs import client_events
from scenario.voice.adapters._elevenlabs.conversation import Conversation
from scenario.voice.adapters._elevenlabs.formats import FRAME_SECONDS, NAMES, frame_bytes, silent_frame
from scenario.voice.adapters._elevenlabs.refusals import CLOSE_FAULTS, STATUS_FAULTS, explained
from scenario.voice.adapters._elevenlabs.server_events import FrameError, read_event
from scenario.voice.adapters._elevenlabs.tools import run_tool
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice._audio.formats import AudioFormat
    from scenario.voice._secret import Secret
    from scenario.voice.adapters._elevenlabs.server_events import ServerEvent
    from scenario.voice.adapters.elevenlabs import ElevenLabsAgentAdapter
    from scenario.voice.errors import Fault

_FRAMES_PER_EVENT = 5
"""100 ms of audio go in one event. They are paced in shorter frames, so that the user's words stand where
they are spoken and not at the next tenth of a second."""


class Session:
    """A connection, from its opening to its end. The next connection is another session.

    Args:
        adapter: whose connection it is.
        url: of the agent.
        key: of the account.
        is_signed: the address is enough, and as secret as the key.
    """

    def __init__(
        self, adapter: ElevenLabsAgentAdapter, url: str, key: Secret, *, is_signed: bool = False
    ) -> None:
        self._adapter = adapter
        self._host = host_of(url)
        headers: dict[str, str] = {} if is_signed else {"xi-api-key": key}
        self._secrets = {key, url, *secrets_in(url, {})} if is_signed else {key}
        self._inbox = Inbox(adapter)
        self._link = WebSocketLink(
            adapter,
            url,
            headers=headers,
            on_frame=self._on_frame,
            on_lost=self._on_lost,
            status_faults=STATUS_FAULTS,
            close_faults=CLOSE_FAULTS,
            secrets=self._secrets,
        )
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._conversation: Conversation | None = None
        self._encoder: Encoder | None = None
        self._pacer: Pacer | None = None
        self._report: ServerEvent | None = None  # the last error that the service has sent
        self._spoken: list[bytes] = []  # frames of the event to come
        self._tasks: set[asyncio.Task[None]] = set()
        self.conversation_id = ""
        self.input_format: AudioFormat | None = None
        self.output_format: AudioFormat | None = None

    @property
    def is_lost(self) -> bool:
        """Whether the connection ended by itself."""
        return self._link.error is not None

    async def open(self, first: dict[str, Any]) -> None:
        """Connect, say `first`, and wait for the formats.

        Raises:
            VoiceTransportError: the service cannot be reached or refuses; `fault` says what is wrong.
        """
        try:
            await self._link.open()
            await self.send(first)
            await self._ready
        except VoiceTransportError as error:
            raise self._explained(error) from None
        assert self.input_format is not None
        self._pacer = Pacer(
            self._adapter.clock,
            self._speak,
            frame_seconds=FRAME_SECONDS,
            frame_bytes=frame_bytes(self.input_format),
            silence=silent_frame(self.input_format),
            continuous=True,
        )
        self._pacer.start()

    async def close(self) -> None:
        """End the connection and what goes on in it, whatever state it is in."""
        pacer, self._pacer = self._pacer, None
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        try:
            if pacer is not None:
                await pacer.stop()
            if tasks:
                await asyncio.wait(tasks, timeout=1.0)
        finally:
            await self._link.close()
            if self._ready.done() and not self._ready.cancelled():
                self._ready.exception()  # it was raised, or nobody waited for it

    async def send(self, event: dict[str, Any]) -> None:
        """Send an event.

        Raises:
            VoiceTransportError: the connection is lost.
        """
        await self._link.send(json.dumps(event))

    async def say(self, pcm: bytes) -> None:
        """Have the agent hear canonical audio, at the speed of speech."""
        self._inbox.raise_if_failed()
        assert self._pacer is not None
        assert self._encoder is not None
        await self._pacer.play(self._encoder.push(pcm) + self._encoder.flush())

    def end_user_turn(self) -> None:
        """Note that the user has spoken."""
        if self._conversation is not None:
            self._conversation.user_spoke()

    async def receive(self, timeout: float) -> AudioChunk:
        """Return the next audio of the agent, or an empty chunk for the end of its turn."""
        chunk = await self._inbox.take(timeout)
        return chunk if self._conversation is None else self._conversation.hand_on(chunk)

    # Sending

    async def _speak(self, frame: bytes) -> None:
        self._spoken.append(frame)
        if len(self._spoken) == _FRAMES_PER_EVENT:
            data = b"".join(self._spoken)
            self._spoken.clear()
            await self.send(client_events.audio(data))

    async def _answer_ping(self, event: ServerEvent) -> None:
        await self._adapter.clock.sleep(max(0, event.number("ping_ms") or 0) / 1000)
        await self.send(client_events.pong(event.number("event_id")))

    async def _answer_tool_call(self, event: ServerEvent, parameters: dict[str, Any]) -> None:
        assert self._conversation is not None
        name, call_id = event.text("tool_name"), event.text("tool_call_id")
        outcome = await run_tool(self._adapter.tool_handlers, name, parameters)
        self._conversation.tool_answered(name, outcome.text, call_id)
        await self.send(client_events.tool_result(call_id, outcome.text, is_error=outcome.is_error))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(self._unless_lost(work), name="scenario elevenlabs answer")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _unless_lost(self, work: Coroutine[Any, Any, None]) -> None:
        with suppress(VoiceTransportError, RuntimeError):  # lost or closed: whoever receives is told
            await work

    # Receiving

    async def _on_frame(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            if self._conversation is not None:
                self._conversation.ignored.note("binary frames")
            return
        try:
            event = read_event(frame)
            if event.type == "error":  # it is about to close; a `client_error` may be got over
                self._report = event
            if event.type == "ping":
                self._do(self._answer_ping(event))
            elif event.type == "conversation_initiation_metadata":
                self._begin(event)
            elif self._conversation is None:
                return  # nothing can be made of it yet
            elif event.type == "client_tool_call":
                self._do(self._answer_tool_call(event, self._conversation.call_tool(event)))
            else:
                self._conversation.take(event)
        except FrameError as error:
            raise self._error("protocol", f"the service sent {error}") from None

    def _begin(self, event: ServerEvent) -> None:
        if self._conversation is not None:
            return
        # Without the first, the service hears what its own client then sends, pcm_16000.
        self.input_format = self._format(event, "user_input_audio_format", default="pcm_16000")
        self.output_format = self._format(event, "agent_output_audio_format")
        self.conversation_id = event.text("conversation_id")
        self._encoder = Encoder(self.input_format)
        self._conversation = Conversation(self._adapter, self._inbox, self.output_format, self._shown)
        if not self._ready.done():
            self._ready.set_result(None)

    def _format(self, event: ServerEvent, name: str, *, default: str = "") -> AudioFormat:
        if (format := NAMES.get(event.text(name) or default)) is None:
            known = ", ".join(NAMES)
            text = (
                f"the agent's {name} is {event.text(name)!r}; set it to one of {known} in the agent's "
                "voice or advanced settings"
            )
            raise self._error("codec", text)
        return format

    def _on_lost(self, error: VoiceTransportError) -> None:
        if not self._ready.done():
            self._ready.set_exception(error)
        self._inbox.fail(self._explained(error))

    def _explained(self, error: VoiceTransportError) -> VoiceTransportError:
        report = self._report
        return explained(error, report, self._shown(report.complaint) if report is not None else "")

    def _shown(self, text: str) -> str:
        return reason_of(text, self._secrets)

    def _error(self, fault: Fault, text: str) -> VoiceTransportError:
        name = type(self._adapter).__name__
        return VoiceTransportError(text, adapter=name, fault=fault, host=self._host)
