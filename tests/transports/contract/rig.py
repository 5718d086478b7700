"""What the contract suite needs to know of a transport: an adapter is one file in `tests/transports/rigs`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from scenario.voice import VoiceAgentAdapter
    from tests.transports.contract.agent import Plan, ScriptedAgent, Trouble


class Peer(ABC):
    """A running loopback peer, and the adapter that reaches it. One adapter is connected at a time.

    Attributes:
        agents: the agent of each connection so far; the last one is the current.
        digits: key tones that arrived.
        calls_open: calls that cost money and have not been hung up; 0 where there are none.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.agents: list[ScriptedAgent] = []
        self.digits = ""
        self.calls_open = 0

    @abstractmethod
    def adapter(self) -> VoiceAgentAdapter:
        """Return a new adapter for this peer, with `Rig.secrets` as its credentials."""

    async def join(self, adapter: VoiceAgentAdapter) -> None:  # noqa: B027  # only calls need it
        """Do what makes the line of a connected adapter live, such as placing a call."""

    def opening(self, adapter: VoiceAgentAdapter) -> list[Any]:
        """Return the script steps that do the same within a run."""
        return []

    def check_sent(self) -> int:
        """Validate every frame that arrived with the provider's official types; return how many there were.

        Raises:
            Exception: a frame is not what the provider's types say.
        """
        return 0


class Rig(ABC):
    """How the suite starts the peer of one adapter, and the truth about its transport.

    Attributes:
        name: of the adapter, and of its mode where it has several; the id of its tests.
        secrets: credentials that `Peer.adapter` uses; each contains `SECRET`.
        troubles: what can go wrong on this transport; `close` and `reset` end it, `odd` must do no harm.
        latency_tolerance: seconds; 0.15 where WebRTC carries the audio.
        has_text: whether the peer sends the agent's words.
        peer_loggers: prefixes of the loggers that only the peer uses; a peer may log what it is told.
        official: whether the provider publishes types, so that `Peer.check_sent` counts frames.
        at_once: how many cases are played at the same time; fewer where media costs much CPU.
    """

    name: ClassVar[str]
    secrets: ClassVar[tuple[str, ...]] = ()
    troubles: ClassVar[tuple[Trouble, ...]] = ("close", "reset", "garbage", "odd")
    latency_tolerance: ClassVar[float] = 0.06
    has_text: ClassVar[bool] = False
    peer_loggers: ClassVar[tuple[str, ...]] = ("tests.",)
    official: ClassVar[bool] = False
    at_once: ClassVar[int] = 6

    @abstractmethod
    def peer(self, plan: Plan) -> AbstractAsyncContextManager[Peer]:
        """Start a peer whose agent follows `plan`."""

    def refusing_peer(self) -> AbstractAsyncContextManager[Peer] | None:
        """Start a peer that refuses the credentials and echoes them; `None` where there are none."""
        return None

    def __repr__(self) -> str:
        return self.name
