"""A voice agent in a LiveKit room."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

from scenario.voice._secret import Secret, required_key
from scenario.voice.adapters._connection.urls import Url, checked_url, host_of
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities
from scenario.voice.errors import MissingVoiceDependencyError

if TYPE_CHECKING:
    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.adapters._livekit.room import RoomLink

__all__ = ["LiveKitAgentAdapter"]

_WIRE = "pcm16/48000"


class LiveKitAgentAdapter(VoiceAgentAdapter):
    """Joins a LiveKit room as a caller would, and talks to the agent in it.

    The agent is the participant `agent_identity` or, without it, the first that joined as an agent and, if
    none comes for 3 s and no `agent_name` was given, the first other participant that publishes audio. Agents
    of LiveKit's framework say what they are doing and what they say: their turns then end explicitly, and
    their words stream. Other agents' turns end by silence.

    Args:
        url: of the server; default `LIVEKIT_URL`.
        api_key: default `LIVEKIT_API_KEY`.
        api_secret: default `LIVEKIT_API_SECRET`.
        room: the room to join.
        identity: of the user; default `scenario-user-` and eight characters, new for each connection.
        agent_identity: the participant that is the agent.
        agent_name: the agent to send into the room, when it is opened by this adapter.
        token: a token that was made elsewhere: used as it is, and no key is needed.
        metadata: text that the agent sees with the user and, with `agent_name`, with its job.
    """

    capabilities = AdapterCapabilities(
        streaming_transcripts=True, native_vad=True, input_formats=[_WIRE], output_formats=[_WIRE]
    )
    turn_end = "vad"
    paced = True
    continuous = True

    def __init__(
        self,
        url: str,
        api_key: str,
        api_secret: str,
        room: str,
        *,
        identity: str | None = None,
        agent_identity: str | None = None,
        agent_name: str | None = None,
        token: str | None = None,
        metadata: str | None = None,
    ) -> None:
        self.url = Url(url)
        self.api_key = Secret(api_key)
        self.api_secret = Secret(api_secret)
        self.room = room
        self.identity = identity
        self.agent_identity = agent_identity
        self.agent_name = agent_name
        self.token = Secret(token) if token else None
        self.metadata = metadata
        self._link: RoomLink | None = None
        self._inbox: Inbox | None = None
        self._is_unknown_agent()

    async def connect(self) -> None:
        """Join the room, and wait until the agent can be heard.

        Raises:
            ValueError: a key, the room or a usable address is missing.
            VoiceTransportError: the room cannot be joined, or no agent comes; `fault` says what is wrong.
            MissingVoiceDependencyError: the extra `livekit` is not installed.
        """
        if self._inbox is not None and self._inbox.error is None:
            return
        await self.disconnect()
        url = checked_url(
            required_key(self.url, "url", "LIVEKIT_URL"), name="url", schemes=("wss", "ws", "https", "http")
        )
        token, secrets = self._credentials()
        try:
            from scenario.voice.adapters._livekit.room import RoomLink, Wanted
        except ImportError as error:
            feature = "reaching an agent in a LiveKit room"
            raise MissingVoiceDependencyError(feature=feature, package="livekit", extra="livekit") from error
        from scenario.voice.adapters._connection.inbox import Inbox
        from scenario.voice.adapters._livekit.native_log import keep_out_of_log

        keep_out_of_log(*secrets)
        self._is_unknown_agent()
        wanted = Wanted(self.agent_identity, only_agents=bool(self.agent_name))
        inbox = Inbox(self)
        link = RoomLink(self, inbox, host=host_of(url), wanted=wanted, secrets=secrets)
        try:
            await link.open(url, token)
        except BaseException:
            await link.close()
            raise
        self._link, self._inbox = link, inbox

    async def disconnect(self) -> None:
        """Leave the room."""
        link, self._link, self._inbox = self._link, None, None
        if link is not None:
            await link.close()

    async def begin_user_turn(self) -> None:
        """The words of the next turns are apart from those before."""
        self._connected().conversation.user_begins()

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Speak into the room, at the speed of speech."""
        await self._connected().play(chunk.data)

    async def end_user_turn(self) -> None:
        """Send what the conversion holds back."""
        await self._connected().flush()

    async def notify_agent_turn(self) -> None:
        """The agent's next words are apart from those before."""
        self._connected().conversation.agent_may_begin()

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return what comes next from the agent, silence included."""
        self._connected()
        assert self._inbox is not None  # they come and go together
        return await self._inbox.take(timeout)

    async def send_dtmf(self, tones: str) -> None:
        """Press keys, as events that telephone bridges turn into tones.

        Args:
            tones: `0-9 * # A-D`, `w` (a pause of 0.5 s) and `W` (1 s).

        Raises:
            ValueError: another character.
            VoiceTransportError: the connection is lost.
        """
        from scenario.voice._audio.dtmf import check_tones

        check_tones(tones)
        await self._connected().press(tones)

    def __repr__(self) -> str:
        return f"LiveKitAgentAdapter(url={self.url!r}, room={self.room!r}, api_key='***', api_secret='***')"

    def _connected(self) -> RoomLink:
        if self._link is None:
            raise self.not_connected()
        return self._link

    def _is_unknown_agent(self) -> None:
        """What the agent can tell us is not known before it does."""
        self.turn_end = "vad"
        self.capabilities = replace(
            type(self).capabilities, dtmf=True, native_vad=False, streaming_transcripts=False
        )
        self.streaming_transcript = ""
        self.last_user_transcript = self.last_agent_transcript = None

    def _credentials(self) -> tuple[str, list[str]]:
        """Return the token to join with, and what must not be shown."""
        if self.token is not None:
            return self.token, [self.token]
        key = required_key(self.api_key, "api_key", "LIVEKIT_API_KEY")
        secret = required_key(self.api_secret, "api_secret", "LIVEKIT_API_SECRET")
        if not self.room:
            raise ValueError("room is missing: pass room=... with the name of the room to join")
        from scenario.voice.adapters._livekit.token import room_token

        token = room_token(
            key,
            secret,
            room=self.room,
            identity=self.identity or f"scenario-user-{uuid4().hex[:8]}",
            agent_name=self.agent_name,
            metadata=self.metadata,
        )
        return token, [key, secret, token]
