"""Gemini Live: turns marked by us, and turns that the server hears for itself."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from google.genai import types

from scenario.voice import GeminiLiveAgentAdapter
from scenario.voice._audio.converter import Decoder
from tests.transports.contract.agent import ScriptedAgent, Wire
from tests.transports.contract.rig import Peer, Rig
from tests.transports.peers import gemini_live as gemini

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.transports.contract.agent import Plan
    from tests.transports.peers.gemini_live import Caller, GeminiServer

_SECRETS = ("SECRET-gemini-key",)


class GeminiWire(Wire):
    def __init__(self, caller: Caller) -> None:
        self.caller = caller

    async def audio(self, pcm: bytes, text: str) -> None:
        await self.caller.say(gemini.speech(pcm))
        if text:
            await self.caller.say(gemini.words(text))

    async def end(self, *, stopped: bool) -> None:
        # "When model is interrupted while generating there will be no generation_complete message".
        await self.caller.say(gemini.INTERRUPTED if stopped else gemini.GENERATED, gemini.COMPLETE)

    async def odd(self, pcm: bytes, text: str) -> None:
        await self.audio(pcm[:101], text)
        await self.audio(pcm[101:], "")

    async def close(self) -> None:
        await self.caller.connection.close(1011, f"Internal error; your key was {_SECRETS[0]}")

    async def reset(self) -> None:
        self.caller.reset()

    async def garbage(self) -> None:
        await self.caller.say("{ this is not JSON")


class GeminiAgent(ScriptedAgent):
    """Tells what it hears of the user, when it listens for itself."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._decoder = Decoder("pcm16/16000")

    def take(self, frame: dict[str, Any], *, by_hand: bool) -> None:
        said = frame.get("realtimeInput", {})
        if "audio" in said:
            data = types.Blob.model_validate(said["audio"]).data
            self.hear(self._decoder.push(data))
        elif "activityStart" in said:
            if self.speaking.is_set():
                self.stop()
        elif "activityEnd" in said:
            self.hear(self._decoder.flush())
            self.user_done()
        elif "clientContent" in frame or "text" in said:
            self.asked()
        assert by_hand or not {"activityStart", "activityEnd"} & said.keys()
        assert not (by_hand and "audioStreamEnd" in said)

    def user_done(self, at: float | None = None) -> None:
        if self.user_end == "vad":
            self._tell("ACTIVITY_END")
        # Understanding what was heard takes time too, which is not part of the answer's delay.
        super().user_done(self._loop.time() if at is None else at)

    def _tell(self, kind: str) -> None:
        self._told = asyncio.create_task(self.wire.caller.say(gemini.heard(kind)))  # type: ignore[attr-defined]


class GeminiPeer(Peer):
    server: GeminiServer

    def __init__(self, plan: Plan, activity: Any, model: str) -> None:
        super().__init__(plan)
        self.activity = activity
        self.model = model

    def adapter(self) -> GeminiLiveAgentAdapter:
        return GeminiLiveAgentAdapter(
            self.model, api_key=_SECRETS[0], activity=self.activity, base_url=self.server.url
        )

    def check_sent(self) -> int:
        return self.server.check_sent()

    async def behave(self, caller: Caller) -> None:
        by_hand = self.activity == "manual"
        agent = GeminiAgent(
            self.plan, GeminiWire(caller), "explicit" if by_hand else "vad", waits_to_be_asked=True
        )
        self.agents.append(agent)
        caller.agent = agent  # type: ignore[attr-defined]
        await agent.converse()

    def hear(self, caller: Caller, frame: dict[str, Any]) -> None:
        caller.agent.take(frame, by_hand=self.activity == "manual")  # type: ignore[attr-defined]


class GeminiRig(Rig):
    secrets = _SECRETS
    has_text = True
    official = True

    def __init__(self, name: str, activity: str, model: str) -> None:
        self.name: ClassVar[str] = name  # type: ignore[misc]  # one class serves all modes
        self._activity = activity
        self._model = model

    @asynccontextmanager
    async def peer(self, plan: Plan) -> AsyncIterator[GeminiPeer]:
        peer = GeminiPeer(plan, self._activity, self._model)
        async with gemini.gemini_server(peer.behave, hear=peer.hear) as peer.server:
            yield peer

    @asynccontextmanager
    async def refusing_peer(self) -> AsyncIterator[GeminiPeer]:
        from tests.transports.contract.agent import Plan

        async def refuse(caller: Caller) -> None:
            reason = f"API key not valid: {_SECRETS[0]}. Please pass a valid API key."
            await caller.connection.close(1007, reason)

        peer = GeminiPeer(Plan(), self._activity, self._model)
        async with gemini.gemini_server(refuse, accept=False) as peer.server:
            yield peer


RIGS = [GeminiRig("gemini-manual", "manual", "gemini-2.5-flash-native-audio-latest")]
FURTHER = [GeminiRig("gemini-auto", "auto", "gemini-3.1-flash-live-preview")]
