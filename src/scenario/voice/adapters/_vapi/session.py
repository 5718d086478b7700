"""One call, from the request for it to its certain end: it costs money as long as it goes on."""

from __future__ import annotations

import asyncio
import json
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from scenario.voice._audio.converter import Encoder
from scenario.voice._audio.formats import AudioFormat
from scenario.voice._secret import Secret
from scenario.voice.adapters._connection.http import RestClient
from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._connection.pacer import Pacer
from scenario.voice.adapters._connection.urls import host_of
from scenario.voice.adapters._connection.websocket import WebSocketLink
from scenario.voice.adapters._vapi.call import STATUS_FAULTS, Call, read_call, request_body
from scenario.voice.adapters._vapi.conversation import Conversation
from scenario.voice.adapters._vapi.messages import MessageError, read_message
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters.vapi import VapiAgentAdapter
    from scenario.voice.errors import Fault

_logger = logging.getLogger("scenario.voice")

_FRAME_SECONDS = 0.02
_END_CALL = {"type": "end-call"}
"""What ends a call: at its `controlUrl` (https://docs.vapi.ai/calls/call-features), and among the messages of
clients (`ClientInboundMessageEndCall` of the official SDK)."""
_HANG_UP = {"type": "hangup"}
"""What ends it on its WebSocket, as https://docs.vapi.ai/calls/websocket-transport has it. Both are said
there: a word too many costs nothing, a call that goes on does."""
_ENDS_WITHIN = 3.0
"""Seconds that the peer has to end a call after it was told to on the call itself."""
_CREATED_WITHIN = 2.5
"""Seconds for which a call that nobody wants any more is waited for, so that it can be ended."""
_HUNG_UP_WITHIN = 4.1
"""Seconds that all of ending a call may take, of the 5 s that an adapter has to disconnect."""
_GOODBYE_SECONDS = 0.4
_CONTROL_SECONDS = 1.0
"""What is always left of that for the command to the control address."""
_REOPEN_SECONDS = 1.2
_CLOSE_SECONDS = 0.3


class Session:
    """A call. The next connection is another session.

    Args:
        adapter: whose call it is.
        key: of the account.
    """

    def __init__(self, adapter: VapiAgentAdapter, key: Secret) -> None:
        self._adapter = adapter
        self._key = key
        self._format = AudioFormat("pcm16", adapter.sample_rate)
        self._inbox = Inbox(adapter)
        self._encoder = Encoder(self._format)
        self._conversation = Conversation(adapter, self._inbox, self._format)
        self._rest = RestClient(
            adapter,
            adapter.base_url,
            headers={"Authorization": Secret(f"Bearer {key}")},
            faults=STATUS_FAULTS,
            secrets=(key,),
        )
        self._creating: asyncio.Task[Call] | None = None
        self._link: WebSocketLink | None = None
        self._pacer: Pacer | None = None
        self._ended = asyncio.Event()

    @property
    def is_lost(self) -> bool:
        """Whether the call has ended, or the connection to it."""
        return self._inbox.error is not None

    async def open(self) -> Secret:
        """Ask for a call and connect to it; return where it is.

        Raises:
            VoiceTransportError: the provider cannot be reached or refuses; `fault` says what is wrong.
        """
        self._creating = asyncio.create_task(self._create(), name="scenario vapi call")
        # Shielded: a request that was sent makes a call, and only its answer says how to end it.
        call = await asyncio.shield(self._creating)
        if call.url is None:
            raise self._error("protocol", "the answer holds no transport.websocketCallUrl to connect to")
        self._link = self._link_to(call, call.url)
        await self._link.open()
        frame = round(self._format.rate * _FRAME_SECONDS) * self._format.bytes_per_sample
        self._pacer = Pacer(
            self._adapter.clock,
            self._link.send,
            frame_seconds=_FRAME_SECONDS,
            frame_bytes=frame,
            silence=bytes(frame),
            continuous=True,
        )
        self._pacer.start()
        return call.url

    async def close(self) -> None:
        """End the call, whatever state it is in, within 5 s."""
        pacer, self._pacer = self._pacer, None
        try:
            if pacer is not None:
                await pacer.stop()
        finally:
            try:
                await self._end_call()
            finally:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_CLOSE_SECONDS):
                        if self._link is not None:
                            await self._link.close()
                await self._rest.close()

    async def say(self, pcm: bytes) -> None:
        """Have the assistant hear canonical audio, at the speed of speech."""
        self._inbox.raise_if_failed()
        assert self._pacer is not None
        await self._pacer.play(self._encoder.push(pcm) + self._encoder.flush())

    async def receive(self, timeout: float) -> AudioChunk:
        """Return the next audio of the assistant, or an empty chunk for the end of its turn."""
        return await self._inbox.take(timeout)

    # The end of the call

    async def _end_call(self) -> None:
        deadline = asyncio.get_running_loop().time() + _HUNG_UP_WITHIN
        if (call := await self._call()) is None or self._ended.is_set():
            return
        try:
            is_told = self._link is not None and await self._say_goodbye(self._link)
            if not is_told and call.control_url is None and call.url is not None:
                is_told = await self._say_goodbye(self._link_to(call, call.url), opens=True)
            if is_told:
                latest = deadline - (_CONTROL_SECONDS if call.control_url is not None else 0.0)
                now = asyncio.get_running_loop().time()
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(min(now + _ENDS_WITHIN, latest)):
                        await self._ended.wait()
        finally:  # a cancellation does not make the call any cheaper
            if not self._ended.is_set():
                await self._command_end(call, deadline)

    async def _call(self) -> Call | None:
        """Return the call that was asked for, if there is one."""
        if (creating := self._creating) is None:
            return None
        await asyncio.wait({creating}, timeout=_CREATED_WITHIN)
        if not creating.done():
            creating.cancel()
            await asyncio.wait({creating})
            self._warn("the provider did not answer the request for it")
            return None
        if creating.cancelled() or creating.exception() is not None:
            return None
        return creating.result()

    async def _say_goodbye(self, link: WebSocketLink, *, opens: bool = False) -> bool:
        is_told = False
        with suppress(VoiceTransportError, RuntimeError, TimeoutError):
            async with asyncio.timeout(_REOPEN_SECONDS if opens else _GOODBYE_SECONDS):
                if opens:
                    await link.open()
                    self._link = link
                for goodbye in (_END_CALL, _HANG_UP):
                    await link.send(json.dumps(goodbye))
                    is_told = True
        return is_told

    async def _command_end(self, call: Call, deadline: float) -> None:
        if call.control_url is None:
            self._warn("it was told to end, has not said that it did, and has no controlUrl")
            return
        # Without the key: the address is enough, and may belong to another host.
        rest = RestClient(self._adapter, call.control_url, secrets=self._secrets(call))
        try:
            async with asyncio.timeout_at(deadline):
                await rest.request("POST", call.control_url, json=_END_CALL, accept=(404, 410))
        except (VoiceTransportError, TimeoutError) as error:
            self._warn(f"its controlUrl did not take the command to end: {error or 'no answer in time'}")
        finally:
            await rest.close()

    def _warn(self, why: str) -> None:
        name = type(self._adapter).__name__
        _logger.warning("%s: a call may still be running and cost money: %s", name, why)

    # The call

    async def _create(self) -> Call:
        adapter = self._adapter
        body = request_body(adapter.assistant_id, adapter.assistant_overrides, adapter.sample_rate)
        answer = await self._rest.request("POST", "/call", json=body, retry="unless_begun")
        try:
            return read_call(answer.json())
        except ValueError:
            return Call(None, None)

    def _link_to(self, call: Call, url: Secret) -> WebSocketLink:
        return WebSocketLink(
            self._adapter,
            url,
            on_frame=self._on_frame,
            on_lost=self._on_lost,
            secrets=self._secrets(call),
        )

    def _secrets(self, call: Call) -> set[str]:
        paths = {part for url in call if url for part in url.split("/") if len(part) >= 16}
        return {self._key, *filter(None, call), *paths}

    async def _on_frame(self, frame: str | bytes) -> None:
        if isinstance(frame, bytes):
            self._conversation.hear(frame)
            return
        try:
            message = read_message(frame)
        except MessageError as error:
            raise self._error("protocol", f"the peer sent {error}") from None
        if message.type == "status-update" and message.text("status") == "ended":
            self._ended.set()
            why = message.text("endedReason")
            self._inbox.fail(self._error("peer", "the call has ended", why))
        else:
            self._conversation.take(message)

    def _on_lost(self, error: VoiceTransportError) -> None:
        if error.code == 1000:
            self._ended.set()
        self._inbox.fail(error)

    def _error(self, fault: Fault, text: str, reason: str = "") -> VoiceTransportError:
        name, host = type(self._adapter).__name__, host_of(self._adapter.base_url)
        return VoiceTransportError(text, adapter=name, fault=fault, host=host, reason=reason)
