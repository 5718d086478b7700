"""A conversation with the model, from its first connection to the end of the last."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.converter import Encoder
from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._gemini import outgoing
from scenario.voice.adapters._gemini.connection import Connection
from scenario.voice.adapters._gemini.responses import Responses
from scenario.voice.adapters._gemini.resumption import Resumption
from scenario.voice.adapters._gemini.setup import live_url, setup_frame, takes_client_content
from scenario.voice.adapters._gemini.tools import Result, Tools
from scenario.voice.adapters._gemini.user_stream import UserStream
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters._gemini.incoming import ServerFrame
    from scenario.voice.adapters.gemini_live import GeminiLiveAgentAdapter

_logger = logging.getLogger("scenario.voice")

_HANDLE_SECONDS = 1.0
"""How long the handle of a turn that has just ended is waited for."""
_ORDINARY_REASONS = frozenset({"", "TURN_COMPLETE_REASON_UNSPECIFIED", "NEED_MORE_INPUT"})


class Conversation:
    """What an adapter does between `connect()` and `disconnect()`.

    Args:
        adapter: its settings and its line.
        api_key: of the service.
    """

    def __init__(self, adapter: GeminiLiveAgentAdapter, api_key: str) -> None:
        self._adapter = adapter
        self._api_key = api_key
        self.inbox = Inbox(adapter)
        self._by_hand = adapter.activity == "manual"
        self._encoder = Encoder(f"pcm16/{outgoing.INPUT_RATE}")
        self._responses = Responses(adapter, self.inbox, self._renew_if_due)
        self._resumption = Resumption(type(adapter).__name__)
        self._tools = Tools(adapter, adapter.tool_handlers, self._answer_tools)
        self._connection: Connection | None = None
        self._stream = None if self._by_hand else UserStream(adapter.clock, self._send)
        self._renewal: asyncio.Task[None] | None = None
        self._user_speaks = False
        self._unknown: set[str] = set()

    @property
    def is_lost(self) -> bool:
        """Whether it has ended by itself."""
        return self.inbox.error is not None

    async def open(self) -> None:
        """Begin.

        Raises:
            VoiceTransportError: the service cannot be reached or refuses; `fault` says what is wrong.
        """
        await self._connect(None)
        if self._stream is not None:
            self._stream.start()

    async def close(self) -> None:
        """End, and leave nothing behind."""
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.wait({self._renewal})
        if self._stream is not None:
            await self._stream.stop()
        await self._tools.close()
        self._responses.close()
        if self._connection is not None:
            await self._connection.close()

    # The user

    async def begin_user_turn(self) -> None:
        """The user begins to speak: a model that speaks is stopped by that."""
        await self._renewed()
        self._user_speaks = True
        self._adapter.last_user_transcript = None
        if self._by_hand:
            await self._send(outgoing.activity_start())
        else:
            self._responses.may_come()

    async def hear(self, chunk: AudioChunk) -> None:
        """Send audio of the user."""
        await self._play(self._encoder.push(chunk.data))

    async def end_user_turn(self) -> None:
        """The user has spoken: an answer is owed."""
        await self._play(self._encoder.flush())
        self._resumption.spoken()
        if self._by_hand or self._responses.has_not_begun:
            self._responses.expect()
        self._user_speaks = False
        if self._by_hand:
            await self._send(outgoing.activity_end())

    async def ask_to_speak(self) -> None:
        """Have the model speak although the user says nothing."""
        if not self._responses.is_idle:  # it is about to, for instance after the result of a tool
            return
        await self._renewed()
        self._resumption.spoken()
        self._responses.expect_more()
        as_content = takes_client_content(self._adapter.model)
        for frame in outgoing.opening(as_content=as_content, marked=self._by_hand):
            await self._send(frame)

    def stop(self) -> None:
        """What the model says is not wanted; it stops when the user begins to speak."""
        self._responses.stop()

    async def give_result(self, call_id: str, result: str) -> None:
        """Answer a call whose result the script knows."""
        if (taken := self._tools.take(call_id, result)) is None:
            _logger.debug("%s: nobody waits for a result of call %r", type(self._adapter).__name__, call_id)
            return
        self._responses.expect_more()
        await self._answer_tools([taken])

    # Sending

    async def _play(self, pcm: bytes) -> None:
        if self._stream is not None:
            await self._stream.play(pcm)
            return
        for frame in outgoing.audio(pcm):
            await self._send(frame)

    async def _answer_tools(self, results: Sequence[Result]) -> None:
        await self._send(outgoing.tool_response(results))

    async def _send(self, frame: dict[str, Any]) -> None:
        await self._renewed()
        self.inbox.raise_if_failed()
        if self._connection is None:
            raise self._adapter.not_connected()
        await self._connection.send(frame)

    # Receiving

    async def _on_frame(self, frame: ServerFrame) -> None:
        responses = self._responses
        if frame.resumption is not None:
            self._resumption.update(frame.resumption)
        if frame.interrupted:
            responses.interrupted()
        for sound in frame.sounds:
            if sound.rate is None:
                self._codec_error(sound.mime_type)
            else:
                responses.audio(sound.data, sound.rate)
        if frame.agent_text:
            responses.text(frame.agent_text)
        if frame.user_text:
            heard = self._adapter.last_user_transcript
            self._adapter.last_user_transcript = (heard or "") + frame.user_text
        if frame.calls:
            responses.tool_call()
            if not self._tools.call(frame.calls):
                responses.pause()
        self._tools.cancel(frame.cancelled)
        if frame.generation_complete and not self._tools.is_running:
            responses.all_audio_came()
        if frame.turn_complete:
            self._note_reason(frame.reason)
            responses.complete()
        if frame.speech is not None:
            self._adapter.capabilities = replace(self._adapter.capabilities, native_vad=True)
            metadata = {"source": "transport", "edge": frame.speech}
            self._adapter.line.notice("transport_speech", metadata=metadata)
        if frame.time_left is not None:
            self._resumption.go_away(frame.time_left)
            self._renew_if_due()
        self._note_unknown(frame.unknown)

    def _codec_error(self, mime_type: str) -> None:
        name = type(self._adapter).__name__
        text = f"expected audio/pcm of the model, got {mime_type!r}"
        self.inbox.put_error(VoiceTransportError(text, adapter=name, fault="codec"))

    def _note_reason(self, reason: str) -> None:
        if reason not in _ORDINARY_REASONS:
            metadata = {"adapter": type(self._adapter).__name__, "error": f"the turn ended: {reason}"}
            self._adapter.line.notice("transport_error", metadata=metadata)

    def _note_unknown(self, kinds: Sequence[str]) -> None:
        for kind in kinds:
            if kind not in self._unknown:
                self._unknown.add(kind)
                _logger.debug("%s: ignored %r of the peer", type(self._adapter).__name__, kind)

    # Connections

    async def _connect(self, handle: str | None) -> None:
        adapter = self._adapter
        connection = Connection(
            adapter,
            live_url(adapter.base_url, adapter.api_version),
            self._api_key,
            on_frame=self._on_frame,
            on_lost=lambda error: self._lose(connection, error),
        )
        await connection.open(
            setup_frame(
                model=adapter.model,
                voice=adapter.voice,
                system_instruction=adapter.system_instruction,
                tools=adapter.tools,
                activity=adapter.activity,
                handle=handle,
            )
        )
        self._connection = connection

    def _lose(self, connection: Connection, error: VoiceTransportError) -> None:
        if connection is self._connection and self._resumption.is_due and self._is_quiet:
            self._renew_if_due()  # the server hung up between turns, as it had announced
            return
        self._responses.close()
        self.inbox.fail(error)

    @property
    def _is_quiet(self) -> bool:
        return self._responses.is_idle and not (self._user_speaks or self._tools.is_waiting)

    def _renew_if_due(self) -> None:
        if self._resumption.is_due and self._is_quiet and self._renewal is None:
            self._renewal = asyncio.create_task(self._renew(), name="gemini session renewal")

    async def _renewed(self) -> None:
        """Wait until the session goes on in its new connection, if it is moving."""
        if self._renewal is not None and self._renewal is not asyncio.current_task():
            await asyncio.wait({self._renewal})

    async def _renew(self) -> None:
        """Go on in a new connection; the old one is closed first, since a session has only one."""
        with self._adapter.clock.hold():
            try:
                async with asyncio.timeout(_HANDLE_SECONDS):
                    await self._resumption.current.wait()
            except TimeoutError:
                pass  # the last handle must do
            try:
                if self._connection is not None:
                    await self._connection.close()
                await self._connect(self._resumption.handle)
                self._resumption.renewed()
            except VoiceTransportError as error:
                self._responses.close()
                self.inbox.fail(error)
            finally:
                self._renewal = None
