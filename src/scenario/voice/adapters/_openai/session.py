"""One connection to a realtime server: it stands when the server has taken the session's settings."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from scenario.voice._secret import Secret
from scenario.voice.adapters._connection.dialling import CONNECT_SECONDS
from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._connection.pacer import Pacer
from scenario.voice.adapters._connection.urls import host_of
from scenario.voice.adapters._connection.websocket import WebSocketLink
from scenario.voice.adapters._openai import client_events
from scenario.voice.adapters._openai.conversation import Conversation
from scenario.voice.adapters._openai.incoming import Incoming
from scenario.voice.adapters._openai.server_errors import ServerErrors
from scenario.voice.adapters._openai.server_events import ServerEvents
from scenario.voice.adapters._openai.tool_calls import Tools
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters.openai_realtime import OpenAIRealtimeAgentAdapter

_FRAME_SECONDS = 0.02
_FRAME_BYTES = 960
_LEAST_BYTES = 4800
"""100 ms: the server refuses to take less for a turn of the user."""


class Session:
    """A connection, from its opening to its end. The next connection is another session.

    Args:
        adapter: whose connection it is.
        key: what authorises it.
    """

    def __init__(self, adapter: OpenAIRealtimeAgentAdapter, key: Secret) -> None:
        name = type(adapter).__name__
        self._adapter = adapter
        self._inbox = Inbox(adapter)
        self._events = ServerEvents(name, expects_beta=adapter.protocol == "beta")
        self._errors = ServerErrors(name, host=host_of(adapter.url), model=adapter.model, secrets=[key])
        headers: dict[str, str] = {"Authorization": Secret(f"Bearer {key}")}
        if adapter.protocol == "beta":
            headers["OpenAI-Beta"] = "realtime=v1"
        self._link = WebSocketLink(
            adapter, adapter.url, on_frame=self._on_frame, on_lost=self._on_lost, headers=headers
        )
        turns = adapter.turn_detection
        self._incoming = Incoming(adapter, self._inbox)
        self.conversation = Conversation(
            adapter,
            self._incoming,
            Tools(adapter, adapter.tool_handlers, self.send),
            self.send,
            self._errors,
            server_turns=turns is not None,
            server_stops=turns is not None and turns.get("interrupt_response") is not False,
        )
        self._pacer: Pacer | None = None
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._appended = 0  # bytes that are not committed

    @property
    def is_lost(self) -> bool:
        """Whether the connection ended by itself."""
        return self._link.error is not None

    async def open(self) -> None:
        """Connect, and have the server take the settings, within 30 s in all.

        Raises:
            VoiceTransportError: the server cannot be reached or refuses.
        """
        adapter = self._adapter
        settings = client_events.session_update(
            adapter.protocol,
            voice=adapter.voice,
            instructions=adapter.instructions,
            tools=adapter.tools,
            turn_detection=adapter.turn_detection,
            transcription_model=adapter.transcription_model,
        )
        try:
            with adapter.clock.hold():
                async with adapter.clock.timeout(CONNECT_SECONDS):
                    await self._link.open()
                    await self.send(settings)
                    await self._ready
        except TimeoutError:
            late = f"the server has not taken the session's settings within {CONNECT_SECONDS:g} s"
            raise self._errors.protocol(late) from None
        except VoiceTransportError as error:
            raise self._errors.explained(error) from None
        if adapter.turn_detection is not None:
            self._pacer = Pacer(
                adapter.clock,
                self._append,
                frame_seconds=_FRAME_SECONDS,
                frame_bytes=_FRAME_BYTES,
                silence=bytes(_FRAME_BYTES),
                continuous=True,
            )
            self._pacer.start()

    async def close(self) -> None:
        """End the connection, whatever state it is in."""
        pacer, self._pacer = self._pacer, None
        try:
            if pacer is not None:
                await pacer.stop()
            await self.conversation.close()
        finally:
            await self._link.close()
            if self._ready.done() and not self._ready.cancelled():
                self._ready.exception()  # it was raised, or nobody waited for it

    async def send(self, frame: dict[str, Any]) -> None:
        """Send a frame.

        Raises:
            VoiceTransportError: the connection is lost.
        """
        await self._link.send(json.dumps(frame))

    async def say(self, pcm: bytes) -> None:
        """Have the model hear canonical audio of the user."""
        if self._pacer is not None:
            self._inbox.raise_if_failed()
            await self._pacer.play(pcm)
        else:
            await self._append(pcm)

    async def commit(self, *, only_if_said: bool = False) -> None:
        """Make what was said a turn of the user, even if that is silence, unless it is `only_if_said`."""
        if only_if_said and not self._appended:
            return
        if (missing := _LEAST_BYTES - self._appended) > 0:
            await self._append(bytes(missing))
        self._appended = 0
        await self.send(client_events.commit_audio())

    async def receive(self, timeout: float) -> AudioChunk:
        """Return the next audio of the agent, or an empty chunk for the end of its turn."""
        return self._incoming.hand_on(await self._inbox.take(timeout))

    async def _append(self, pcm: bytes) -> None:
        self._appended += len(pcm)
        for frame in client_events.append_audio(pcm):
            await self.send(frame)

    async def _on_frame(self, frame: str | bytes) -> None:
        if (event := self._events.read(frame)) is None:
            return
        kind = event["type"]
        if not self._ready.done():
            if kind == "session.updated":
                self._ready.set_result(None)
            elif kind == "error":
                self._ready.set_exception(self._errors.reported(event["error"]))
        elif not await self.conversation.take(event):
            self._events.ignore(f"events {kind!r}")

    def _on_lost(self, error: VoiceTransportError) -> None:
        self._inbox.fail(error)
        self.conversation.lose()
        if not self._ready.done():
            self._ready.set_exception(error)
