"""Local agents: ears and a voice in this process, and a chat model on loopback."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from scenario.voice import ComposableVoiceAgent
from tests.transports.contract.rig import Peer, Rig
from tests.transports.peers.chat_model import ChatModel, Ear, check_request

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.transports.contract.agent import Plan

_KEY = "SECRET-local-model"


class LocalPeer(Peer):
    def __init__(self, plan: Plan, model: ChatModel) -> None:
        self.model = model
        super().__init__(plan)

    @property
    def calls_open(self) -> int:
        """Model calls that are paid for and that nobody waits for."""
        return self.model.answering

    @calls_open.setter
    def calls_open(self, value: int) -> None: ...

    def adapter(self) -> ComposableVoiceAgent:
        name, mind = self.model.mind(self.plan)
        self.agents.append(mind.agent)
        return ComposableVoiceAgent(
            Ear(mind.agent),
            f"openai/{name}",
            f"planned/{name}",
            llm_params={"api_base": self.model.server.base_url, "api_key": _KEY},
        )

    def check_sent(self) -> int:
        for request in self.model.server.requests:
            check_request(request.body)
        return len(self.model.server.requests)


class LocalRig(Rig):
    name = "local"
    secrets = (_KEY,)
    troubles = ()  # there is no line to lose; what a failing model means is in tests/transports/local
    has_text = True
    official = True

    @asynccontextmanager
    async def peer(self, plan: Plan) -> AsyncIterator[LocalPeer]:
        model = ChatModel()
        async with model.server:
            yield LocalPeer(plan, model)


RIGS = [LocalRig()]
