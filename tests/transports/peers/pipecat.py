"""Real Pipecat bots in this process, behind the transports that Pipecat has for web servers."""

from __future__ import annotations

import asyncio
import warnings
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal

with warnings.catch_warnings():  # of its own imports
    warnings.simplefilter("ignore")
    from fastapi import FastAPI, WebSocket
    from loguru import logger
    from pipecat.frames.frames import (
        Frame,
        InputAudioRawFrame,
        InputDTMFFrame,
        InterruptionFrame,
        TTSAudioRawFrame,
        TTSTextFrame,
    )
    from pipecat.pipeline.pipeline import Pipeline
    from pipecat.pipeline.worker import PipelineParams, PipelineWorker
    from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
    from pipecat.runner.utils import parse_telephony_websocket
    from pipecat.serializers.protobuf import ProtobufFrameSerializer
    from pipecat.serializers.twilio import TwilioFrameSerializer
    from pipecat.transports.base_transport import TransportParams
    from pipecat.transports.smallwebrtc.request_handler import SmallWebRTCRequest, SmallWebRTCRequestHandler
    from pipecat.transports.smallwebrtc.transport import SmallWebRTCTransport
    from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
    from pipecat.workers.runner import WorkerRunner

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from scenario.voice._audio.converter import Decoder
from tests.transports.peers.asgi import asgi_peer
from tests.transports.peers.pipecat_edge import Edge, SocketEdge, edge_of
from tests.transports.peers.webrtc import loopback_only

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
    from starlette.requests import Request

Kind = Literal["twilio", "protobuf", "webrtc"]
logger.disable("pipecat")


class Talker(FrameProcessor):
    """The bot's mind: it hears, and says what it is told to.

    Attributes:
        heard: what the user said, as canonical audio.
        digits: keys that were pressed.
        interruptions: how often it was told to stop.
        listener: is shown what is heard, piece by piece.
        on_interruption: called when it is told to stop.
        socket: the WebSocket that it is connected by.
        start: what the telephone company said of the call.
        edge: what goes over its wire, and when.
    """

    def __init__(self) -> None:
        super().__init__()
        self.heard = bytearray()
        self.digits = ""
        self.interruptions = 0
        self.listener: Callable[[bytes], None] | None = None
        self.on_interruption: Callable[[], None] | None = None
        self.socket: WebSocket | None = None
        self.connection: SmallWebRTCConnection | None = None
        self.worker: PipelineWorker | None = None
        self.start: dict[str, Any] = {}
        self.edge = Edge()
        self.ready = asyncio.Event()
        self.gone = asyncio.Event()
        self._decoder: Decoder | None = None

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputAudioRawFrame):
            self._hear(frame)
            return
        if isinstance(frame, InputDTMFFrame):
            self.digits += str(frame.button.value)
        if isinstance(frame, InterruptionFrame):
            self.interruptions += 1
            if self.on_interruption is not None:
                self.on_interruption()
        await self.push_frame(frame, direction)

    async def say(self, pcm: bytes, text: str = "") -> None:
        if text.strip():
            await self.push_frame(TTSTextFrame(text.strip(), text_type="word"))
        await self.push_frame(TTSAudioRawFrame(audio=pcm, sample_rate=24_000, num_channels=1))

    async def stop_itself(self) -> None:
        """Do what a bot does that hears the user speak over it."""
        await self.broadcast_interruption()

    def _hear(self, frame: InputAudioRawFrame) -> None:
        if self._decoder is None:
            self._decoder = Decoder(f"pcm16/{frame.sample_rate}")
            self.ready.set()
        pcm = self._decoder.push(frame.audio)
        self.heard += pcm
        if self.listener is not None:
            self.listener(pcm)


class PipecatServer:
    """Serves bots at `/ws` and `/api/offer`.

    Attributes:
        bots: one for each connection so far.
        offers: bodies of the offers.
        headers: of every request that opened a connection.
    """

    def __init__(self, kind: Kind, on_bot: Callable[[Talker], None] | None = None, *, rate: int = 16_000):
        self.kind = kind
        self.bots: list[Talker] = []
        self.offers: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.url = ""
        self._rate = rate
        self._on_bot = on_bot
        self._running: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> dict[str, Any]:
        """What the adapter is given to reach a bot."""
        if self.kind == "webrtc":
            return {"transport": "webrtc", "signaling_url": f"{self.url}/api/offer"}
        return {"url": f"{self.url.replace('http', 'ws', 1)}/ws", "serializer": self.kind}

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[PipecatServer]:
        bots = FastAPI()
        bots.add_api_websocket_route("/ws", self._socket)
        # FastAPI traces requests, into whatever the test collects of ours: offers go past it.
        offers = Route("/api/offer", self._offer, methods=["POST"])
        app = SocketEdge(Starlette(routes=[offers, Mount("/", bots)]))
        self._handler = SmallWebRTCRequestHandler()
        with loopback_only():
            async with asgi_peer(app) as self.url:
                try:
                    yield self
                finally:
                    await self._handler.close()
                    for bot in self.bots:
                        if bot.worker is not None:
                            await bot.worker.cancel()
                    if self._running:
                        await asyncio.wait(self._running, timeout=5)

    async def _socket(self, websocket: WebSocket) -> None:
        await websocket.accept()
        self.headers.append(dict(websocket.headers))
        bot = Talker()
        bot.socket = websocket
        bot.edge = websocket.scope["edge"]
        if self.kind == "twilio":
            _, bot.start = await parse_telephony_websocket(websocket)
            params = TwilioFrameSerializer.InputParams(auto_hang_up=False)
            serializer = TwilioFrameSerializer(bot.start["stream_id"], bot.start["call_id"], params=params)
        else:
            serializer = ProtobufFrameSerializer()
        options = FastAPIWebsocketParams(audio_in_enabled=True, audio_out_enabled=True, serializer=serializer)
        await self._run(bot, FastAPIWebsocketTransport(websocket, options))

    async def _offer(self, request: Request) -> JSONResponse:
        self.headers.append(dict(request.headers))
        body = await request.json()
        self.offers.append(body)
        answer = await self._handler.handle_web_request(SmallWebRTCRequest(**body), self._connected)
        return JSONResponse(answer)

    async def _connected(self, connection: SmallWebRTCConnection) -> None:
        bot = Talker()
        bot.connection = connection
        bot.edge = edge_of(connection.pc)
        options = TransportParams(audio_in_enabled=True, audio_out_enabled=True)
        running = asyncio.create_task(self._run(bot, SmallWebRTCTransport(connection, options)))
        self._running.add(running)
        running.add_done_callback(self._running.discard)

    async def _run(self, bot: Talker, transport: Any) -> None:
        pipeline = Pipeline([transport.input(), bot, transport.output()])
        rates = PipelineParams(audio_in_sample_rate=self._rate, audio_out_sample_rate=24_000)
        bot.worker = worker = PipelineWorker(pipeline, params=rates, idle_timeout_secs=None)

        @transport.event_handler("on_client_disconnected")
        async def gone(*_: Any) -> None:
            bot.gone.set()
            if bot.connection is not None:
                bot.connection._cancel_data_channel_timeout()  # it would wait for 10 s after the client left
            await worker.cancel()

        if bot.connection is not None:
            # The transport says nothing of clients that leave before the bot has started.
            bot.connection.add_event_handler("closed", gone)
        self.bots.append(bot)
        if self._on_bot is not None:
            self._on_bot(bot)
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker)
        await runner.run()
        bot.gone.set()
