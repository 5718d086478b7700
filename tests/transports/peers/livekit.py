"""A LiveKit server on loopback: one room, one agent; the official signalling messages, media by aiortc."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp
from livekit.api import TokenVerifier
from livekit.protocol import models, rtc
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from tests.transports.peers.livekit_media import SpokenTrack, listen, without_delay
from tests.transports.peers.sockets import QUIET, reset

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from livekit.api import Claims
    from websockets.http11 import Request, Response

KEY, SECRET, ROOM = "SECRET-livekit-key", "SECRET-livekit-secret-of-32-bytes", "support"
AGENT_SID, TRACK_SID, USER_SID, USER_TRACK_SID = "PA_agent", "TR_agent", "PA_user", "TR_user"
_NO_STUN = RTCConfiguration(iceServers=[])


def participant(sid: str, identity: str, *, kind: str = "AGENT", track: str = "", **attributes: str) -> Any:
    """Return a participant as the server describes it."""
    tracks = []
    if track:
        tracks = [models.TrackInfo(sid=track, type=models.AUDIO, source=models.MICROPHONE, name="voice")]
    return models.ParticipantInfo(
        sid=sid,
        identity=identity,
        state=models.ParticipantInfo.ACTIVE,
        kind=models.ParticipantInfo.Kind.Value(kind),
        tracks=tracks,
        attributes=attributes,
        is_publisher=bool(track),
    )


class Session:
    """A client in the room.

    Attributes:
        claims: of its token.
        requests: what it has sent on the signalling socket.
        packets: what it has sent as data.
        channel: on which data is sent to it.
        heard: is given what the user says, canonical.
        dtmf: is given the keys that the user presses.
        track: what the agent speaks on.
        live: set when media flows in both directions.
    """

    def __init__(self, server: LiveKitServer, socket: ServerConnection, claims: Claims) -> None:
        self.server = server
        self.socket = socket
        self.claims = claims
        self.requests: list[Any] = []
        self.packets: list[Any] = []
        self.track = SpokenTrack()
        self.track_sid = TRACK_SID
        self.agent = server.agent
        self.heard: Callable[[bytes], None] = lambda pcm: None
        self.live = asyncio.Event()
        self._out = RTCPeerConnection(_NO_STUN)
        self._in = RTCPeerConnection(_NO_STUN)
        self.channel: Any = None
        self.dtmf: Callable[[str], None] = lambda digit: None
        self._listening: set[asyncio.Task[None]] = set()

    # Signalling

    async def send(self, **message: Any) -> None:
        """Send one response of the server."""
        with suppress(ConnectionClosed):
            await self.socket.send(rtc.SignalResponse(**message).SerializeToString())

    async def serve(self) -> None:
        """Answer the client until it leaves."""
        self._in.on("track", self._on_track)
        self._in.on("datachannel", self._on_channel)
        self._in.on("connectionstatechange", self._on_connection)
        me = participant(USER_SID, self.claims.identity, kind="STANDARD")
        join = rtc.JoinResponse(
            room=models.Room(sid="RM_room", name=ROOM),
            participant=me,
            other_participants=[*self.server.others, *([self.agent] if self.agent else [])],
            subscriber_primary=True,
            ping_interval=5,
            ping_timeout=15,
            server_info=models.ServerInfo(version="1.9.0", protocol=15),
        )
        await self.send(join=join)
        self.channel = self._out.createDataChannel("_reliable")
        self._out.createDataChannel("_lossy")
        if self.agent is not None and self.agent.tracks:
            self._out.addTrack(self.track)
        await self.offer()
        try:
            async for frame in self.socket:
                request = rtc.SignalRequest.FromString(frame)
                self.requests.append(request)
                kind = request.WhichOneof("message")
                if (answer := getattr(self, f"_on_{kind}", None)) is not None:
                    await answer(getattr(request, kind))
        finally:
            await self.close()

    async def offer(self) -> None:
        """Offer what the agent publishes."""
        await self._out.setLocalDescription(await self._out.createOffer())
        sdp = self._out.localDescription.sdp
        ours = f"a=msid:{AGENT_SID}|{self.track_sid} {self.track_sid}"
        lines = [ours if line.endswith(f" {self.track.id}") else line for line in sdp.split("\r\n")]
        lines = [line for line in lines if not line.startswith("a=msid:") or line == ours]
        await self.send(offer=rtc.SessionDescription(type="offer", sdp="\r\n".join(lines)))

    async def update(self, *participants: Any) -> None:
        """Tell of changed participants."""
        await self.send(update=rtc.ParticipantUpdate(participants=participants))

    async def data(self, **packet: Any) -> None:
        """Send a data packet to the client, as the agent."""
        identity = packet.pop("identity", "agent")
        message = models.DataPacket(participant_identity=identity, **packet)
        self.channel.send(message.SerializeToString())

    async def publish(self, agent: Any) -> None:
        """Have the agent publish its track, the one in `agent`."""
        self.track_sid = agent.tracks[0].sid
        await self.update(agent)
        self.track = SpokenTrack()
        self._out.addTrack(self.track)
        await self.offer()

    async def unpublish(self, agent: Any) -> None:
        """Have it taken back; `agent` has none."""
        await self.update(agent)
        for transceiver in self._out.getTransceivers():
            transceiver.direction = "inactive"
        await self.offer()

    async def break_off(self) -> None:
        """Vanish without a word, and let nobody in again."""
        self.server.refusal = (404, "requested room does not exist")
        reset(self.socket)
        await asyncio.gather(self._out.close(), self._in.close())

    async def close(self) -> None:
        """End the media."""
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await asyncio.gather(self._out.close(), self._in.close())

    # What the client sends

    async def _on_answer(self, answer: Any) -> None:
        await self._out.setRemoteDescription(RTCSessionDescription(answer.sdp, "answer"))

    async def _on_offer(self, offer: Any) -> None:
        await self._in.setRemoteDescription(RTCSessionDescription(offer.sdp, "offer"))
        await self._in.setLocalDescription(await self._in.createAnswer())
        sdp = self._in.localDescription.sdp
        await self.send(answer=rtc.SessionDescription(type="answer", sdp=sdp, id=offer.id))
        await self._tell_when_heard()

    async def _on_trickle(self, trickle: Any) -> None:
        init = json.loads(trickle.candidateInit)
        if not init["candidate"]:
            return
        candidate = candidate_from_sdp(init["candidate"].removeprefix("candidate:"))
        candidate.sdpMid, candidate.sdpMLineIndex = init.get("sdpMid"), init.get("sdpMLineIndex")
        connection = self._in if trickle.target == rtc.PUBLISHER else self._out
        if connection.remoteDescription is not None:
            with suppress(ValueError):  # of a kind that aiortc does not know
                await connection.addIceCandidate(candidate)

    async def _on_add_track(self, request: Any) -> None:
        track = models.TrackInfo(
            sid=USER_TRACK_SID, type=request.type, name=request.name, source=request.source
        )
        await self.send(track_published=rtc.TrackPublishedResponse(cid=request.cid, track=track))

    async def _on_ping_req(self, ping: Any) -> None:
        await self.send(pong_resp=rtc.Pong(last_ping_timestamp=ping.timestamp, timestamp=ping.timestamp))

    # Media

    def _on_track(self, track: Any) -> None:
        for receiver in self._in.getReceivers():
            without_delay(receiver)
        self._listening.add(asyncio.create_task(listen(track, lambda pcm: self.heard(pcm))))

    async def _on_connection(self) -> None:
        await self._tell_when_heard()

    async def _tell_when_heard(self) -> None:
        if self._listening and self._in.connectionState == "connected" and not self.live.is_set():
            self.live.set()
            await self.send(track_subscribed=rtc.TrackSubscribed(track_sid=USER_TRACK_SID))

    def _on_channel(self, channel: Any) -> None:
        def take(data: bytes) -> None:
            packet = models.DataPacket.FromString(data)
            self.packets.append(packet)
            if packet.HasField("sip_dtmf"):
                self.dtmf(packet.sip_dtmf.digit)

        channel.on("message", take)


class LiveKitServer:
    """One room with an agent in it.

    Attributes:
        url: of the server.
        agent: the agent that a client finds; `None` for none.
        others: further participants.
        sessions: clients so far.
        paths: what was asked for.
        refusal: HTTP status and body that every client gets.
        hangs: whether clients are let in and told nothing.
        can_be_asked: whether clients can ask over HTTP first.
        joined: called with each new session, in a task of its own until the client leaves.
    """

    def __init__(self) -> None:
        self.url = ""
        self.agent: Any = participant(AGENT_SID, "agent", track=TRACK_SID)
        self.others: list[Any] = []
        self.sessions: list[Session] = []
        self.open = 0
        self.paths: list[str] = []
        self.refusal: tuple[int, str] | None = None
        self.hangs = False
        self.can_be_asked = True
        self.joined: Callable[[Session], Awaitable[None]] | None = None

    def answer(self, connection: ServerConnection, request: Request) -> Response | None:
        """Answer the HTTP request of a client; `None` lets it in."""
        path = urlsplit(request.path).path
        self.paths.append(path)
        if path.startswith("/rtc/v1") or (path == "/rtc/validate" and not self.can_be_asked):
            return connection.respond(404, "not here")
        if self.refusal is not None:
            return connection.respond(*self.refusal)
        token = request.headers["Authorization"].removeprefix("Bearer ")
        try:
            claims = TokenVerifier(KEY, SECRET).verify(token)
        except Exception as error:  # whatever PyJWT says
            return connection.respond(401, f"invalid token: {token}, error: {error}, key {KEY}")
        if claims.video is None or not claims.video.room_join:
            return connection.respond(401, "no permissions to access the room")
        if claims.video.room != ROOM:
            return connection.respond(404, "requested room does not exist")
        if path == "/rtc/validate":
            return connection.respond(200, "success")
        connection.claims = claims  # type: ignore[attr-defined]
        return None

    async def serve(self, socket: ServerConnection) -> None:
        """Serve one client."""
        if self.hangs:
            await socket.wait_closed()
            return
        session = Session(self, socket, socket.claims)  # type: ignore[attr-defined]
        self.sessions.append(session)
        self.open += 1
        playing = asyncio.create_task(self.joined(session)) if self.joined is not None else None
        try:
            with suppress(ConnectionClosed):
                await session.serve()
        finally:
            self.open -= 1
            if playing is not None:
                playing.cancel()
                await asyncio.wait({playing})


@asynccontextmanager
async def livekit_server() -> AsyncIterator[LiveKitServer]:
    """Run a server on loopback."""
    server = LiveKitServer()
    async with serve(
        server.serve, "127.0.0.1", 0, process_request=server.answer, logger=QUIET, close_timeout=0.5
    ) as listening:
        server.url = f"ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        yield server
