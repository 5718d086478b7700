"""LiveKit: an agent of its framework, which says what it does and what it says, and one that only speaks.

The native part of the client has threads of its own, which are made with the first connection and stay until
the process ends: on two processors eight, and the same after every connection. The suite does not count them;
tests/transports/livekit/test_leftovers.py looks at what else the client may keep.
"""

from __future__ import annotations

import asyncio
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from google.protobuf.unknown_fields import UnknownFieldSet
from livekit.protocol import models, rtc

from scenario.voice import LiveKitAgentAdapter
from tests.transports.contract.agent import Plan, ScriptedAgent, Wire
from tests.transports.contract.rig import Peer, Rig
from tests.transports.peers.livekit import (
    AGENT_SID,
    KEY,
    ROOM,
    SECRET,
    TRACK_SID,
    LiveKitServer,
    Session,
    livekit_server,
    participant,
)
from tests.transports.peers.livekit_text import SpokenText

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


_UPLINK_SECONDS, _DOWNLINK_SECONDS = 0.06, 0.06
"""What frames, codec and jitter buffers take at the least, measured on an idle machine."""


class DistantAgent(ScriptedAgent):
    """Answers so early that the user hears the answer when the plan says."""

    def user_done(self, at: float | None = None) -> None:
        now = asyncio.get_running_loop().time() if at is None else at
        super().user_done(now - _UPLINK_SECONDS - _DOWNLINK_SECONDS)


class RoomWire(Wire):
    """The agent's track; its words and its state too, if it is `talkative`."""

    def __init__(self, session: Session, *, talkative: bool) -> None:
        self._session = session
        self._talkative = talkative
        self._text: SpokenText | None = None

    async def begin(self) -> None:
        if self._talkative:
            await self._state("speaking")
            self._text = SpokenText(self._session, segment=uuid.uuid4().hex, track=TRACK_SID)
            await self._text.begin()

    async def audio(self, pcm: bytes, text: str) -> None:
        self._session.track.say(pcm)
        if self._text is not None and text:
            await self._text.add(text)

    async def end(self, *, stopped: bool) -> None:
        if stopped:
            self._session.track.hush()
        await self._session.track.said()
        if self._text is not None:
            await self._text.end(final=True)
            await self._state("listening")

    async def close(self) -> None:
        leave = rtc.LeaveRequest(
            reason=models.DisconnectReason.ROOM_DELETED, action=rtc.LeaveRequest.Action.DISCONNECT
        )
        await self._session.send(leave=leave)

    async def garbage(self) -> None:
        await self._session.socket.send(b"\xff\xfe this is no message of the protocol")
        self._session.channel.send(b"\xff\xfe nor is this")

    async def _state(self, state: str) -> None:
        await self._session.update(
            participant(AGENT_SID, "agent", track=TRACK_SID, **{"lk.agent.state": state})
        )


class RoomPeer(Peer):
    def __init__(self, plan: Plan, server: LiveKitServer, *, talkative: bool) -> None:
        super().__init__(plan)
        self._server = server
        self._talkative = talkative
        server.joined = self._joined
        if talkative:
            attributes = {"lk.agent.state": "listening"}
            server.agent = participant(AGENT_SID, "agent", track=TRACK_SID, **attributes)

    def adapter(self) -> LiveKitAgentAdapter:
        return LiveKitAgentAdapter(self._server.url, KEY, SECRET, ROOM)

    async def _joined(self, session: Session) -> None:
        agent = DistantAgent(self.plan, RoomWire(session, talkative=self._talkative), "vad")
        self.agents.append(agent)
        session.heard = agent.hear
        session.dtmf = self._pressed
        await session.live.wait()
        await agent.converse()

    def _pressed(self, digit: str) -> None:
        self.digits += digit

    def check_sent(self) -> int:
        session = self._server.sessions[-1]
        sent: list[Any] = [*session.requests, *session.packets]
        for message in sent:
            assert len(UnknownFieldSet(message)) == 0, message
            assert message.WhichOneof("message" if message in session.requests else "value"), message
        return len(sent)


class LiveKitRig(Rig):
    secrets: ClassVar[tuple[str, ...]] = (KEY, SECRET)
    # The client restores a connection that breaks off by itself; tests/transports/livekit has its limits.
    troubles = ("close", "garbage")
    latency_tolerance = 0.15
    official = True
    at_once = 3
    peer_loggers = ("tests.", "aiortc", "aioice")

    def __init__(self, name: str, *, talkative: bool) -> None:
        self.name: ClassVar[str] = name  # type: ignore[misc]  # one class serves both agents
        self.has_text: ClassVar[bool] = talkative  # type: ignore[misc]
        self._talkative = talkative

    @asynccontextmanager
    async def peer(self, plan: Plan) -> AsyncIterator[RoomPeer]:
        async with livekit_server() as server:
            yield RoomPeer(plan, server, talkative=self._talkative)

    @asynccontextmanager
    async def refusing_peer(self) -> AsyncIterator[RoomPeer]:
        async with livekit_server() as server:
            server.refusal = (401, f"invalid API key: {KEY}, secret {SECRET}")
            yield RoomPeer(Plan(), server, talkative=self._talkative)


RIGS = [LiveKitRig("livekit", talkative=True)]
FURTHER = [LiveKitRig("livekit-plain", talkative=False)]
