"""A LiveKit room, from joining it to leaving it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livekit import rtc
from livekit.rtc.participant import PublishDTMFError, PublishTrackError

from scenario.errors import exception_text
from scenario.voice._audio.dtmf import GAP_SECONDS, PAUSES, TONE_SECONDS
from scenario.voice.adapters._connection.faults import reason_of
from scenario.voice.adapters._livekit.agent_choice import choose_agent
from scenario.voice.adapters._livekit.agent_track import hear_track
from scenario.voice.adapters._livekit.conversation import Conversation
from scenario.voice.adapters._livekit.failures import join_error, left_error
from scenario.voice.adapters._livekit.joining import join
from scenario.voice.adapters._livekit.microphone import Microphone
from scenario.voice.adapters._livekit.room_events import on
from scenario.voice.adapters._livekit.text_streams import TextStreams
from scenario.voice.adapters._livekit.validating import validate
from scenario.voice.errors import VoiceTransportError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.adapters._livekit.agent_choice import Speaking
    from scenario.voice.adapters.base import VoiceAgentAdapter
    from scenario.voice.errors import Fault

_logger = logging.getLogger("scenario.voice")

CONNECT_SECONDS = 26.0
"""In all. A run gives a connection 30 s, of which giving up may take 3; its time-out could not say who is in
the room."""
RETURN_SECONDS = 10.0
"""How long an agent that is gone may stay away."""
OTHERS_SECONDS = 3.0
"""How long an agent has to come, before someone else who speaks is taken for it."""
_LEAVE_SECONDS = 2.0
_LEAVING = 0.2
"""When we have left, tracks are gone first and the reason comes then."""
_DIGITS = "0123456789*#ABCD"
"""Each digit's place is its code of RFC 4733, section 3.2."""


@dataclass(frozen=True)
class Wanted:
    """Which agent is looked for.

    Attributes:
        identity: its identity; `None` looks for the first that is an agent.
        only_agents: whether other participants will not do.
    """

    identity: str | None = None
    only_agents: bool = False


class RoomLink:
    """One connection to a room.

    Args:
        adapter: serves it.
        inbox: gets what the agent says.
        host: the server, for errors.
        wanted: the agent.
        secrets: what must not appear in errors.
    """

    def __init__(
        self, adapter: VoiceAgentAdapter, inbox: Inbox, *, host: str, wanted: Wanted, secrets: Iterable[str]
    ) -> None:
        self._adapter = adapter
        self._name = type(adapter).__name__
        self._inbox = inbox
        self._host = host
        self._wanted = wanted
        self._secrets = list(secrets)
        self.conversation = Conversation(adapter, inbox)
        self._room = room = rtc.Room()
        self._texts = TextStreams(room, self.conversation.words)
        self._microphone: Microphone | None = None
        self._agent: Speaking | None = None
        self._following: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self._gone = asyncio.Event()
        self._is_leaving = False
        on(room, "participant_connected", self._on_change)
        on(room, "participant_disconnected", self._on_change)
        on(room, "track_subscribed", self._on_change)
        on(room, "track_unsubscribed", self._on_change)
        on(room, "track_unpublished", self._on_change)
        on(room, "participant_attributes_changed", self.conversation.attributes)
        on(room, "reconnecting", self._on_reconnecting)
        on(room, "disconnected", self._on_disconnected)

    # Its life

    async def open(self, url: str, token: str) -> None:
        """Join the room, publish the user's track and wait for the agent's.

        Raises:
            VoiceTransportError: one of these did not happen; `fault` says what is to blame.
        """
        try:
            async with self._adapter.clock.timeout(CONNECT_SECONDS):
                await self._join(url, token)
                agent = await self._find()
                await self._speaking().heard()
        except TimeoutError:
            error = self._nobody() if self._room.isconnected() else self._error("host", "no answer in time")
            raise error from None
        self._found(agent)
        self._following = asyncio.create_task(self._follow(agent), name="scenario-livekit-agent")

    async def close(self) -> None:
        """Take the track back, and leave."""
        following, self._following = self._following, None
        if following is not None:
            following.cancel()
            await asyncio.wait({following})
        await self._texts.close()
        try:
            if self._microphone is not None:
                await self._microphone.close(self._room)
        finally:
            self._is_leaving = True
            with suppress(TimeoutError):
                async with asyncio.timeout(_LEAVE_SECONDS):
                    await self._room.disconnect()

    # Sending

    async def play(self, pcm: bytes) -> None:
        """Say canonical audio, at the speed of speech."""
        await self._speaking().play(pcm)

    async def flush(self) -> None:
        """Say what is left of an utterance."""
        await self._speaking().flush()

    async def press(self, tones: str) -> None:
        """Press keys, as fast as a telephone does."""
        self._inbox.raise_if_failed()
        for tone in tones:
            if tone in PAUSES:
                await self._adapter.clock.sleep(PAUSES[tone])
                continue
            try:
                await self._room.local_participant.publish_dtmf(code=_DIGITS.index(tone), digit=tone)
            except PublishDTMFError as error:
                raise self._error("peer", f"the tone {tone!r} could not be sent: {error}") from error
            await self._adapter.clock.sleep(TONE_SECONDS + GAP_SECONDS)

    def _speaking(self) -> Microphone:
        self._inbox.raise_if_failed()
        assert self._microphone is not None  # made when the room was joined
        return self._microphone

    # Joining

    async def _join(self, url: str, token: str) -> None:
        await validate(self._adapter, url, token, [*self._secrets, token])
        refused = await join(self._room, url, token)
        if refused is not None:
            raise join_error(refused, adapter=self._name, host=self._host, secrets=[*self._secrets, token])
        self._microphone = Microphone(self._adapter.clock)
        try:
            await self._microphone.publish(self._room)
        except PublishTrackError as error:
            text = f"the user's track could not be published: {reason_of(str(error), self._secrets)}"
            raise self._error("media", text) from None
        self.conversation.i_am(self._room.local_participant.identity, self._microphone.track_sid)

    # The agent

    async def _find(self) -> Speaking:
        """Wait until the agent can be heard."""
        clock, wanted = self._adapter.clock, self._wanted
        settled = clock.now() + OTHERS_SECONDS
        while True:
            self._inbox.raise_if_failed()
            self._changed.clear()
            only_agents = wanted.only_agents or clock.now() < settled
            participants = self._room.remote_participants.values()
            found = choose_agent(participants, identity=wanted.identity, only_agents=only_agents)
            if found is not None:
                return found
            if clock.now() >= settled:
                await self._changed.wait()
                continue
            with suppress(TimeoutError):
                async with clock.timeout_at(settled):
                    await self._changed.wait()

    def _found(self, agent: Speaking) -> None:
        self._agent = agent
        self._gone.clear()
        self.conversation.agent_is(agent)
        for participant in (agent.participant, *self._room.remote_participants.values()):
            self.conversation.attributes(participant.attributes, participant)
        self._on_change()

    async def _follow(self, agent: Speaking) -> None:
        """Hear the agent, and wait for it when it is gone."""
        try:
            while True:
                await self._hear(agent)
                await asyncio.sleep(_LEAVING)
                self._inbox.raise_if_failed()  # we have left, not the agent
                if not self._is_reconnecting:  # then it is we who are gone; the turn may go on
                    self.conversation.agent_gone()
                identity = agent.participant.identity
                _logger.info("%s: the agent %r is gone; waiting for it to return", self._name, identity)
                async with self._adapter.clock.timeout(RETURN_SECONDS):
                    agent = await self._find()
                self._found(agent)
        except TimeoutError:
            self._fail(self._no_return(agent))
        except VoiceTransportError as error:
            self._fail(error)
        except Exception as error:  # noqa: BLE001  # the run must be told, whatever it is
            self._fail(self._error("media", f"the agent cannot be heard: {exception_text(error)}"))

    async def _hear(self, agent: Speaking) -> None:
        """Hear the agent's track until it is gone."""
        hearing = asyncio.create_task(hear_track(agent.track, self.conversation.hear))
        going = asyncio.create_task(self._gone.wait())
        try:
            await asyncio.wait({hearing, going}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (hearing, going):
                task.cancel()
            await asyncio.wait({hearing, going})
        if not hearing.cancelled() and (error := hearing.exception()) is not None:
            raise error

    @property
    def _is_reconnecting(self) -> bool:
        return self._room.connection_state == rtc.ConnectionState.CONN_RECONNECTING

    def _no_return(self, agent: Speaking) -> VoiceTransportError:
        within = f"within {RETURN_SECONDS:g} s"
        if self._is_reconnecting:
            return self._error("peer", f"the connection to the room broke off, and did not return {within}")
        identity = agent.participant.identity
        return self._error("agent", f"the agent {identity!r} is gone, and did not return {within}")

    def _nobody(self) -> VoiceTransportError:
        present = sorted(self._room.remote_participants)
        whom = f"the agent {self._wanted.identity!r}" if self._wanted.identity else "an agent"
        return self._error(
            "agent",
            f"no audio of {whom} came within {CONNECT_SECONDS:g} s; in the room are: "
            f"{', '.join(map(repr, present)) or 'nobody else'}",
        )

    # What happens in the room

    def _on_change(self) -> None:
        self._changed.set()
        if self._agent is not None and not self._is_there(self._agent):
            self._gone.set()

    def _is_there(self, agent: Speaking) -> bool:
        participant, publication, track = agent
        return (
            self._room.remote_participants.get(participant.identity) is participant
            and participant.track_publications.get(publication.sid) is publication
            and publication.track is track
        )

    def _on_reconnecting(self) -> None:
        metadata = {"adapter": self._name, "error": "the connection to the room broke off; reconnecting"}
        self._adapter.line.notice("transport_error", metadata=metadata)

    def _on_disconnected(self, reason: rtc.DisconnectReason.ValueType) -> None:
        if self._is_leaving:
            return
        name = rtc.DisconnectReason.Name(reason)
        self._fail(left_error(name, adapter=self._name, host=self._host))

    def _fail(self, error: VoiceTransportError) -> None:
        self._inbox.fail(error)
        self._changed.set()
        if self._microphone is not None:
            self._microphone.fail(error)

    def _error(self, fault: Fault, text: str) -> VoiceTransportError:
        return VoiceTransportError(text, adapter=self._name, fault=fault, host=self._host)
