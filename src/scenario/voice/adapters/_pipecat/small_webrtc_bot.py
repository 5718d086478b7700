"""A bot behind Pipecat's SmallWebRTC: an offer by HTTP, media, and a data channel for the rest."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from scenario.voice.adapters._connection.dialling import CONNECT_SECONDS
from scenario.voice.adapters._connection.inbox import Inbox
from scenario.voice.adapters._connection.urls import host_of
from scenario.voice.adapters._pipecat.bot import fields
from scenario.voice.adapters._pipecat.rtvi import Rtvi, client_ready
from scenario.voice.adapters._webrtc.peer import Peer
from scenario.voice.adapters._webrtc.signalling import JsonSignalling
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario.voice.adapters.base import VoiceAgentAdapter

_PING_SECONDS = 1.0
"""A bot that has seen one ping takes 3 s without another for the client's end."""


class SmallWebRtcBot:
    """One connection.

    Args:
        adapter: whose connection it is.
        url: where offers are posted, usually `.../api/offer`.
        headers: of every request.
        request_data: what the bot is given with the offer.
    """

    def __init__(
        self,
        adapter: VoiceAgentAdapter,
        url: str,
        *,
        headers: Mapping[str, str],
        request_data: Mapping[str, Any],
    ) -> None:
        self._adapter = adapter
        self.inbox = Inbox(adapter)
        self.rtvi = Rtvi(adapter, self._stopped)
        extra = {"pc_id": None, "restart_pc": False, "request_data": request_data}
        self._signalling = JsonSignalling(adapter, url, headers=headers, extra=extra)
        self._peer = Peer(
            adapter,
            host=host_of(url),
            on_audio=self.inbox.put_audio,
            on_lost=self.inbox.fail,
            on_message=self._on_message,
            on_channel=self._on_channel,
            channel="chat",
        )
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def error(self) -> VoiceTransportError | None:
        """Why the connection ended, if it did so before `close()`."""
        return self._peer.error

    async def open(self) -> None:
        """Offer, and wait until audio can flow."""
        async with self._peer.within(CONNECT_SECONDS):
            await self._peer.open(self._signalling.exchange)
        self._signalling.extra["pc_id"] = self._signalling.answer.get("pc_id")

    async def play(self, pcm: bytes) -> None:
        """Send canonical audio at its pace."""
        await self._peer.play(pcm)

    async def flush(self) -> None:
        """Send what the converter has kept."""
        await self._peer.flush()

    async def close(self) -> None:
        """Close the connection; the bot learns of it from the media."""
        try:
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)
            await self._signalling.close()
        finally:
            await self._peer.close()

    # The data channel

    def _on_channel(self) -> None:
        self._peer.say(json.dumps(client_ready()))
        self._begin(self._ping())

    def _on_message(self, text: str) -> None:
        try:
            message: Any = json.loads(text)
        except ValueError:
            message = None
        if fields(message).get("type") != "signalling":
            self.rtvi.hear(message)
            return
        kind = fields(fields(message).get("message")).get("type")
        if kind == "renegotiate":
            self._begin(self._renegotiate())
        elif kind == "peerLeft":
            self._peer.lose("peer", "the bot has left the call")

    def _stopped(self) -> None:
        self.inbox.drop_audio()
        self._adapter.line.drop_unplayed()

    async def _ping(self) -> None:
        while True:
            self._peer.say("ping")
            await self._adapter.clock.sleep(_PING_SECONDS)

    async def _renegotiate(self) -> None:
        try:
            await self._peer.negotiate(self._signalling.exchange)
        except VoiceTransportError as error:
            self._peer.fail(error)

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
