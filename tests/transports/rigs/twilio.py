"""Phone calls over Twilio, placed by the adapter."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from scenario.voice import TwilioAgentAdapter
from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._audio.dtmf import GAP_SECONDS, TONE_SECONDS
from scenario.voice._audio.tones import detect_dtmf
from tests.transports.contract.agent import Plan, ScriptedAgent, Wire
from tests.transports.contract.rig import Peer, Rig
from tests.transports.peers.sockets import reset
from tests.transports.peers.twilio import LoopbackTwilio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.transports.peers.twilio import PhoneCall
    from tests.transports.peers.twilio_leg import Leg

_SECRETS = ("SECRET-account-sid", "SECRET-auth-token")
KEY_SECONDS = TONE_SECONDS + GAP_SECONDS
_OURS, _THEIRS = "+15550001111", "+15550002222"


class PhoneWire(Wire):
    """The agent's end of a call."""

    def __init__(self, call: PhoneCall) -> None:
        self._call = call
        self._is_first = True

    @property
    def leg(self) -> Leg:
        return self._call.legs[-1]

    async def begin(self) -> None:
        self._call.party.is_speaking = self._is_first = True

    async def audio(self, pcm: bytes, text: str) -> None:
        await self.leg.say_now(pcm, first=self._is_first)
        self._is_first = False

    async def end(self, *, stopped: bool) -> None:
        self.leg.finish()
        self._call.party.is_speaking = False

    async def odd(self, pcm: bytes, text: str) -> None:
        self.leg.say(pcm)
        piece = bytes(self.leg.outgoing)
        self.leg.outgoing.clear()
        await self.leg.media(piece[:33])
        await self.leg.media(piece[33:])

    async def close(self) -> None:
        await self.leg.socket.close(1011, f"the call failed; your token was {_SECRETS[1]}")

    async def reset(self) -> None:
        reset(self.leg.socket)

    async def garbage(self) -> None:
        for frame in ("{ no JSON", "[]", b"\x00\xff", '{"event": 7}', '{"event": "media", "media": "?"}'):
            await self.leg.socket.send(frame)
        await self.leg.send({"event": "media", "media": {"payload": "!!", "timestamp": "soon"}})


class AgentWithKeys(ScriptedAgent):
    """Knows keys from words, and when on the line the user's turn was over."""

    def user_done(self, at: float | None = None) -> None:
        keys = detect_dtmf(bytes(self._turn))
        voiced = sum(end - start for start, end in self._detector.intervals()) / SAMPLE_RATE
        if keys and voiced < KEY_SECONDS * len(keys):
            self._turn.clear()
            self._detector.reset()
            return
        super().user_done(self.wire.leg.heard_until)


class AgentOnThePhone:
    """A scripted agent as party of a call."""

    is_speaking = False

    def __init__(self, peer: TwilioPeer, call: PhoneCall) -> None:
        self.agent = AgentWithKeys(peer.plan, PhoneWire(call), "vad")
        peer.agents.append(self.agent)
        self._begun = False
        self._peer = peer

    def hear(self, pcm: bytes) -> None:
        if not self._begun:  # the call stands
            self._begun = True
            self._peer.begin(self.agent)
        self.agent.hear(pcm)


class TwilioPeer(Peer):
    def __init__(self, plan: Plan, *, token: str = _SECRETS[1]) -> None:
        super().__init__(plan)
        self.twilio = LoopbackTwilio(_SECRETS[0], token, lambda call: AgentOnThePhone(self, call))
        self.twilio.add_number(_OURS)
        self._tasks: list[asyncio.Task[None]] = []
        self._adapters = 0

    def begin(self, agent: ScriptedAgent) -> None:
        self._tasks.append(asyncio.create_task(agent.converse()))

    def adapter(self) -> TwilioAgentAdapter:
        self._adapters += 1
        return TwilioAgentAdapter(
            account_sid=_SECRETS[0],
            auth_token=_SECRETS[1],
            phone_number=_OURS,
            public_base_url=f"https://tunnel-{self._adapters}.example.test/agents",
            http_port=0,
            base_url=self.twilio.url,
        )

    async def join(self, adapter: TwilioAgentAdapter) -> None:
        host = adapter.public_base_url.split("/")[2]
        self.twilio.hosts[host] = adapter.bound_port
        await adapter.place_call(_THEIRS)

    def opening(self, adapter: TwilioAgentAdapter) -> list[Any]:
        async def call(state: Any) -> None:
            await self.join(adapter)

        return [call]

    @property
    def digits(self) -> str:
        return detect_dtmf(bytes(self.agents[-1].heard))

    @digits.setter
    def digits(self, value: str) -> None: ...

    @property
    def calls_open(self) -> int:
        return self.twilio.calls_open

    @calls_open.setter
    def calls_open(self, value: int) -> None: ...

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[TwilioPeer]:
        async with self.twilio.serving():
            yield self
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)


class TwilioRig(Rig):
    name = "twilio"
    secrets = _SECRETS
    at_once = 2  # frames of 20 ms in both directions, silence included

    def peer(self, plan: Plan):
        return TwilioPeer(plan).serving()

    def refusing_peer(self):
        return TwilioPeer(Plan(), token=f"other-{_SECRETS[1]}").serving()


RIGS = [TwilioRig()]
