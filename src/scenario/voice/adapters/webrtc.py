"""An agent behind WebRTC, with session descriptions exchanged over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from scenario.voice._secret import Secret, concealed
from scenario.voice.adapters._connection.urls import checked_url, host_of
from scenario.voice.adapters._webrtc.ice_servers import checked_servers
from scenario.voice.adapters.base import VoiceAgentAdapter
from scenario.voice.adapters.capabilities import AdapterCapabilities

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scenario.voice._audio.chunk import AudioChunk
    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.adapters._webrtc.ice_servers import IceServer
    from scenario.voice.adapters._webrtc.peer import Peer
    from scenario.voice.adapters._webrtc.signalling import JsonSignalling, WhipSignalling

__all__ = ["WebRTCAgentAdapter"]

_LONGEST_MESSAGE = 4096


class WebRTCAgentAdapter(VoiceAgentAdapter):
    """Talks to an agent over WebRTC: Opus (or G.711) in both directions, all the time.

    Messages of the agent's data channels are events of type `transport_message`.

    Args:
        signaling_url: where offers are posted.
        signaling: `"json"` posts `{"sdp", "type": "offer"}` and expects `{"sdp", "type": "answer"}`;
            `"whip"` posts the session description itself (RFC 9725).
        headers: of every HTTP request, for example `{"Authorization": "Bearer ..."}`; never shown.
        ice_servers: STUN and TURN servers, as addresses or as dicts with `urls`, `username` and `credential`.
            None by default: then no other machine than the agent's is contacted, which suffices on this
            machine, in one network, and for agents with a public address.
        offer_extra: further keys of the JSON offer; never shown.

    Attributes:
        answer: the agent's JSON answer, with whatever else it holds; `{}` with WHIP.

    Raises:
        ValueError: an address that is no HTTP one, an unknown form of signalling, or further keys with WHIP.
    """

    capabilities = AdapterCapabilities(input_formats=["pcm16/24000"], output_formats=["pcm16/24000"])
    turn_end = "vad"
    paced = True
    continuous = True

    def __init__(
        self,
        signaling_url: str,
        *,
        signaling: Literal["json", "whip"] = "json",
        headers: Mapping[str, str] | None = None,
        ice_servers: Sequence[IceServer] | None = None,
        offer_extra: Mapping[str, Any] | None = None,
    ) -> None:
        if signaling not in ("json", "whip"):
            raise ValueError(f"signaling must be 'json' or 'whip', got {signaling!r}")
        if signaling == "whip" and offer_extra:
            raise ValueError("offer_extra are keys of a JSON offer; signaling='whip' has none")
        self.signaling_url = checked_url(signaling_url, name="signaling_url", schemes=("https", "http"))
        self.signaling = signaling
        self.headers = {name: Secret(value) for name, value in (headers or {}).items()}
        self.ice_servers = checked_servers(ice_servers)
        self.offer_extra: dict[str, Any] = concealed(offer_extra or {})
        self.answer: dict[str, Any] = {}
        self._peer: Peer | None = None
        self._signalling: JsonSignalling | WhipSignalling | None = None

    async def connect(self) -> None:
        """Exchange session descriptions, and wait until audio can flow.

        Raises:
            VoiceTransportError: the address does not answer (fault `host`), refuses (`credentials`, `host`,
                `peer`), answers something else (`protocol`), shares no codec (`codec`) or has no audio or no
                way for it (`media`, with the states of ICE and DTLS).
            MissingVoiceDependencyError: the extra `webrtc` is not installed.
        """
        if self._peer is not None and self._peer.error is None:
            return
        await self.disconnect()
        from scenario.voice.adapters._connection.dialling import CONNECT_SECONDS
        from scenario.voice.adapters._connection.inbox import Inbox
        from scenario.voice.adapters._webrtc.peer import Peer
        from scenario.voice.adapters._webrtc.signalling import JsonSignalling, WhipSignalling

        self.answer = {}
        self._inbox: Inbox = Inbox(self)
        if self.signaling == "json":
            self._signalling = signalling = JsonSignalling(
                self, self.signaling_url, headers=self.headers, extra=self.offer_extra
            )
        else:
            self._signalling = signalling = WhipSignalling(self, self.signaling_url, self.headers)
        self._peer = peer = Peer(
            self,
            host=host_of(self.signaling_url),
            on_audio=self._inbox.put_audio,
            on_lost=self._inbox.fail,
            on_message=self._on_message,
            ice_servers=[server.for_library() for server in self.ice_servers],
        )
        try:
            async with peer.within(CONNECT_SECONDS):
                await peer.open(signalling.exchange)
        except BaseException:
            await self.disconnect()
            raise
        if isinstance(signalling, JsonSignalling):
            self.answer = signalling.answer

    async def disconnect(self) -> None:
        """End the session and close the connection."""
        peer, signalling = self._peer, self._signalling
        self._peer = self._signalling = None
        if signalling is not None:
            await signalling.close()
        if peer is not None:
            await peer.close()

    async def send_audio(self, chunk: AudioChunk) -> None:
        """Send audio, at the speed of speech."""
        await self._connected().play(chunk.data)

    async def end_user_turn(self) -> None:
        """Send what the converter has kept of the turn."""
        await self._connected().flush()

    async def recv_audio(self, timeout: float) -> AudioChunk:
        """Return the next audio of the agent."""
        self._connected()
        return await self._inbox.take(timeout)

    def __repr__(self) -> str:
        return f"WebRTCAgentAdapter(signaling_url={self.signaling_url!r})"

    def _connected(self) -> Peer:
        if self._peer is None:
            raise self.not_connected()
        return self._peer

    def _on_message(self, text: str) -> None:
        shown = text.encode()[:_LONGEST_MESSAGE].decode(errors="ignore")
        self.line.notice("transport_message", metadata={"text": shown})
