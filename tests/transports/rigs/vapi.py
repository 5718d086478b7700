"""Assistants of Vapi: one that says when it speaks, one that leaves that to be heard."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, ClassVar

from websockets.exceptions import ConnectionClosed

from scenario.voice import VapiAgentAdapter
from tests.transports.contract.agent import PIECE_SECONDS, Plan, ScriptedAgent, Wire
from tests.transports.contract.rig import Peer, Rig
from tests.transports.peers.sockets import reset
from tests.transports.peers.vapi import ASSISTANT, KEY, LoopbackVapi

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from tests.transports.peers.vapi import PaidCall


class CallWire(Wire):
    """The assistant's end of a call; silence flows while it says nothing."""

    def __init__(self, call: PaidCall, *, reports: bool) -> None:
        self._call = call
        self._reports = reports
        self._said = ""
        self.is_speaking = False

    async def begin(self) -> None:
        self.is_speaking = True
        self._said = ""
        if self._reports:
            await self._call.speaking("assistant", begins=True)

    async def audio(self, pcm: bytes, text: str) -> None:
        await self._text(text)
        await self._call.say(pcm)

    async def end(self, *, stopped: bool) -> None:
        self.is_speaking = False
        if stopped:
            await self._call.tell("user-interrupted")
        if self._said and not stopped:
            await self._call.transcript("assistant", self._said, final=True)
        if self._reports:
            await self._call.speaking("assistant", begins=False)

    async def odd(self, pcm: bytes, text: str) -> None:
        await self._text(text)
        data = self._call.encoder.push(pcm)
        for part in (data[:101], data[101:]):
            await self._call.connection.send(part)

    async def close(self) -> None:
        await self._call.connection.close(1011, f"the pipeline failed; your key was {KEY}, {self._call.id}")

    async def reset(self) -> None:
        reset(self._call.connection)

    async def garbage(self) -> None:
        for type in ("never-heard-of", "speech-update", "transcript", "tool-calls", "status-update"):
            await self._call.tell(type, toolCallList=[7, {"function": 7}], output=7)
        await self._call.connection.send("{ this is no JSON")

    async def _text(self, text: str) -> None:
        self._said += text
        if text:
            await self._call.transcript("assistant", self._said, final=False)

    async def silence(self) -> None:
        """Send silence in real time for as long as nothing else is said."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if not self.is_speaking:
                await self._call.say(bytes(960))
            due += PIECE_SECONDS
            await asyncio.sleep(due - loop.time())


async def until_gone(work: Coroutine[Any, Any, None]) -> None:
    with suppress(ConnectionClosed):
        await work


class VapiPeer(Peer):
    def __init__(self, plan: Plan, *, sample_rate: int, reports: bool) -> None:
        super().__init__(plan)
        self.service = LoopbackVapi(self._assistant)
        self._rate = sample_rate
        self._reports = reports

    def adapter(self) -> VapiAgentAdapter:
        return VapiAgentAdapter(ASSISTANT, KEY, base_url=self.service.url, sample_rate=self._rate)

    @property
    def calls_open(self) -> int:
        return self.service.open_calls

    @calls_open.setter
    def calls_open(self, count: int) -> None:
        """The service counts."""

    async def _assistant(self, call: PaidCall) -> None:
        call.wraps = not self._reports
        wire = CallWire(call, reports=self._reports)
        agent = ScriptedAgent(self.plan, wire, "vad")
        self.agents.append(agent)
        tasks = {asyncio.create_task(until_gone(work)) for work in (agent.converse(), wire.silence())}
        try:
            async for pcm in call.heard():
                before = len(agent.turns)
                agent.hear(pcm)
                for text in agent.turns[before:]:
                    await call.speaking("user", begins=False)
                    await call.transcript("user", text, final=True)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


class VapiRig(Rig):
    secrets = (KEY, "SECRET-call")
    has_text = True

    def __init__(self, name: str, *, sample_rate: int = 16_000, reports: bool = True) -> None:
        self.name: ClassVar[str] = name  # type: ignore[misc]  # one class serves two modes
        self._rate = sample_rate
        self._reports = reports

    @asynccontextmanager
    async def peer(self, plan: Plan) -> AsyncIterator[VapiPeer]:
        peer = VapiPeer(plan, sample_rate=self._rate, reports=self._reports)
        async with peer.service.serving():
            yield peer

    @asynccontextmanager
    async def refusing_peer(self) -> AsyncIterator[VapiPeer]:
        async with self.peer(Plan()) as peer:
            peer.service.refusal = (401, f"unknown key: Bearer {KEY}")
            yield peer


RIGS = [VapiRig("vapi")]
FURTHER = [VapiRig("vapi-silent-reports", sample_rate=24_000, reports=False)]
