"""The interface between a scenario and a voice agent: subclass it for a transport of your own."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from scenario.agent_adapter import AgentAdapter
from scenario.voice._line.ends import NO_LINE
from scenario.voice._line.news import Told
from scenario.voice.adapters.capabilities import AdapterCapabilities
from scenario.voice.errors import UnsupportedCapabilityError

if TYPE_CHECKING:
    from types import TracebackType

    from scenario.types import AgentInput, AgentReturnTypes
    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice._clock import Clock
    from scenario.voice._line.ends import LineEnd


class VoiceAgentAdapter(AgentAdapter):
    """Base of adapters that exchange audio with an agent. Four methods make a complete one.

    The run connects the adapter, sends the user's audio, and receives from it all the time, in turns and
    between them. All audio is canonical (PCM16, 24,000 Hz, mono): an adapter converts at its edge.

    Attributes:
        capabilities: what the transport can do; an instance may override it with its own truth.
        response_timeout: seconds within which the agent must begin to speak.
        response_tail_silence: seconds of silence that end the agent's turn, where no explicit end comes.
        response_max_duration: seconds of speech after which a turn is cut off.
        turn_end: how the agent's turn ends: `"explicit"` (an empty chunk for every turn), `"vad"` (silence
            in a stream that never stops) or `"gap"` (no more data).
        paced: our audio must leave at real-time speed; `send_audio` then takes as long as the audio.
        continuous: media flows in both directions all the time, silence included.
        waits_for_turn_end: the agent answers only after `end_user_turn()`. Audio of such a transport is
            handed over when the user begins to speak, of any other unpaced one when the user has spoken.
        supports_virtual_clock: everything the adapter waits for is either the run's clock (`self.clock`) or
            wrapped in `with self.clock.hold():`.
    """

    capabilities: AdapterCapabilities = AdapterCapabilities()
    response_timeout: float = 30.0
    response_tail_silence: float = 0.6
    response_max_duration: float = 30.0
    turn_end: Literal["explicit", "vad", "gap"] = "gap"
    paced: bool = False
    continuous: bool = False
    waits_for_turn_end: bool = False
    supports_virtual_clock: bool = False

    streaming_transcript = Told("")
    """What the agent has said so far in this turn; kept by adapters whose transport streams text."""
    last_user_transcript: str | None = None
    """What the transport understood of the user's latest turn."""
    last_agent_transcript = Told[str | None](None)
    """The agent's latest turn, in the transport's final words."""

    is_held: bool = False
    """Whether an `async with` block holds the connection: a run then neither opens nor closes it."""
    home_loop: asyncio.AbstractEventLoop | None = None
    """The loop of that block; a run on another loop makes its calls there."""

    # Long names: a subclass of a user's own knows nothing of these.
    _scenario_line: LineEnd = NO_LINE
    _scenario_has_served: bool = False
    _scenario_speaking: asyncio.Event | None = None
    _NOT_CONNECTED: ClassVar[str] = "connect it first, with `async with adapter:` or by running a scenario"

    @abstractmethod
    async def connect(self) -> None:
        """Connect; when already connected, do nothing.

        Raises:
            VoiceTransportError: the peer cannot be reached or refuses.
        """

    @abstractmethod
    async def disconnect(self) -> None:
        """Disconnect and leave nothing behind; when not connected, do nothing. Never raises."""

    @abstractmethod
    async def send_audio(self, chunk: AudioChunk) -> None:
        """Hand audio to the transport; a paced transport returns when the last of it has been sent.

        Raises:
            VoiceTransportError: the connection is lost.
            RuntimeError: the adapter is not connected.
        """

    @abstractmethod
    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return the next audio of the agent; an empty chunk means that its turn is over.

        Args:
            timeout: seconds to wait.

        Raises:
            TimeoutError: nothing came in time.
            VoiceTransportError: the connection is lost.
            RuntimeError: the adapter is not connected.
        """

    async def interrupt(self) -> bool | None:
        """Stop the agent.

        Returns:
            `True` or `None` when the peer was told to stop, `False` when only our own buffers were flushed.

        Raises:
            UnsupportedCapabilityError: the transport cannot; users interrupt by speaking.
        """
        raise UnsupportedCapabilityError(
            type(self).__name__, "interruption", "the user can still speak over the agent"
        )

    async def begin_user_turn(self) -> None:
        """Called before the audio of a user's turn."""

    async def end_user_turn(self) -> None:
        """Called after the audio of a user's turn, when the user has stopped speaking."""

    async def call(self, input: AgentInput) -> AgentReturnTypes:
        """Speak what is new, and return what the agent answers.

        Raises:
            FirstChunkTimeoutError: the agent said nothing in time.
            VoiceTransportError: the connection is lost.
            ValueError: a message without audio cannot be spoken.
        """
        return await self._scenario_line.take_turn(input)

    async def __aenter__(self) -> Self:
        await self.connect()
        self._scenario_has_served = False
        self.is_held = True
        self.home_loop = asyncio.get_running_loop()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.is_held = False
        self.home_loop = None
        await self.disconnect()

    # For adapters

    @property
    def clock(self) -> Clock:
        """The clock on which this adapter waits: the run's, or real time outside of one."""
        return self._scenario_line.clock

    @property
    def line(self) -> LineEnd:
        """Where the adapter tells the run what it learns besides audio."""
        return self._scenario_line

    def not_connected(self) -> RuntimeError:
        """Return the error of input or output without a connection."""
        return RuntimeError(f"{type(self).__name__}: not connected; {self._NOT_CONNECTED}")

    @property
    def _agent_speaking_event(self) -> asyncio.Event:
        """Set while the agent speaks: cleared when a turn starts, set at its first voiced audio."""
        if self._scenario_speaking is None:
            self._scenario_speaking = asyncio.Event()
        return self._scenario_speaking

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"
