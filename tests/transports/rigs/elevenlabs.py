"""Agents hosted by ElevenLabs: one that says when its turns end, one that does not."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

from scenario.voice import ElevenLabsAgentAdapter
from tests.transports.contract.agent import Plan, ScriptedAgent, Wire
from tests.transports.contract.rig import Peer, Rig
from tests.transports.peers.elevenlabs import AGENT, KEY, SIGNATURE, LoopbackElevenLabs
from tests.transports.peers.official_elevenlabs import CLIENT_EVENTS
from tests.transports.peers.sockets import http_answers, reset, tcp_peer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.transports.peers.elevenlabs import AgentSession


class HostedWire(Wire):
    """The agent's end of a conversation."""

    def __init__(self, session: AgentSession, *, ends_turns: bool, signed: bool) -> None:
        self._session = session
        self._secrets = f"{KEY} {SIGNATURE}" if signed else KEY
        self._ends_turns = ends_turns
        self._event_id = 0
        self._said = ""

    async def begin(self) -> None:
        self._event_id += 1
        self._said = ""

    async def audio(self, pcm: bytes, text: str) -> None:
        self._said += text
        await self._session.say(pcm, self._event_id, text)

    async def end(self, *, stopped: bool) -> None:
        session = self._session
        if stopped:
            await session.interrupt(self._event_id)
            correction = {"original_agent_response": "?", "corrected_agent_response": self._said}
            await session.send("agent_response_correction", agent_response_correction_event=correction)
            return
        await session.say(b"", self._event_id, last=True)
        await session.respond(self._said, self._event_id)
        if self._ends_turns:
            await session.complete(self._event_id)

    async def odd(self, pcm: bytes, text: str) -> None:
        self._said += text
        data = self._session.encode(pcm)
        await self._session.audio(data[:101], self._event_id)
        await self._session.audio(data[101:], self._event_id)

    async def close(self) -> None:
        await self._session.connection.close(1011, f"the agent failed; you said {self._secrets}")

    async def reset(self) -> None:
        reset(self._session.connection)

    async def garbage(self) -> None:
        for event in ({}, {"audio_event": 7}, {"audio_event": {"event_id": "x"}}):
            await self._session.send("audio", **event)
        await self._session.send("never_heard_of", never_heard_of_event={"event_id": 1})
        await self._session.connection.send("{ this is no JSON")


class HostedPeer(Peer):
    def __init__(self, plan: Plan, formats: tuple[str, str], *, ends_turns: bool, signed: bool) -> None:
        super().__init__(plan)
        heard, said = formats
        self.service = LoopbackElevenLabs(self._agent, input_format=heard, output_format=said)
        self._ends_turns = ends_turns
        self._signed = signed

    def adapter(self) -> ElevenLabsAgentAdapter:
        return ElevenLabsAgentAdapter(AGENT, KEY, signed_url=self._signed, base_url=self.service.url)

    def check_sent(self) -> int:
        count = 0
        for session in self.service.sessions:
            assert session.others == []
            assert all(event["type"] in CLIENT_EVENTS for event in session.events)
            count += len(session.events) + len(session.chunks)
        return count

    async def _agent(self, session: AgentSession) -> None:
        agent = ScriptedAgent(
            self.plan, HostedWire(session, ends_turns=self._ends_turns, signed=self._signed), "vad"
        )
        self.agents.append(agent)
        conversing = asyncio.create_task(agent.converse())
        try:
            async for pcm in session.heard():
                before = len(agent.turns)
                agent.hear(pcm)
                for text in agent.turns[before:]:
                    event = {"user_transcript": text, "event_id": before}
                    await session.send("user_transcript", user_transcription_event=event)
        finally:
            conversing.cancel()
            await asyncio.wait({conversing})


class ElevenLabsRig(Rig):
    official = True
    has_text = True

    def __init__(
        self, name: str, formats: tuple[str, str], *, ends_turns: bool = True, signed: bool = False
    ) -> None:
        self.name: ClassVar[str] = name  # type: ignore[misc]  # one class serves two modes
        self.secrets: ClassVar[tuple[str, ...]] = (KEY, SIGNATURE) if signed else (KEY,)  # type: ignore[misc]
        self._formats = formats
        self._ends_turns = ends_turns
        self._signed = signed

    @asynccontextmanager
    async def peer(self, plan: Plan) -> AsyncIterator[HostedPeer]:
        peer = HostedPeer(plan, self._formats, ends_turns=self._ends_turns, signed=self._signed)
        async with peer.service.serving():
            yield peer

    @asynccontextmanager
    async def refusing_peer(self) -> AsyncIterator[HostedPeer]:
        peer = HostedPeer(Plan(), self._formats, ends_turns=False, signed=self._signed)
        async with tcp_peer(http_answers((401, f"unknown key: {KEY}"))) as url:
            peer.service.url = url.replace("ws://", "http://")
            yield peer


RIGS = [ElevenLabsRig("elevenlabs", ("pcm_16000", "pcm_16000"))]
FURTHER = [ElevenLabsRig("elevenlabs-signed", ("ulaw_8000", "pcm_44100"), ends_turns=False, signed=True)]
