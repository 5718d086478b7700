"""A Gemini Live server on loopback; every frame it sends is made of the official SDK's server types.

The server behaves as the documentation of the Live API tells: audio comes as fast as it is made, a user who
begins to speak stops it with `interrupted` and `turnComplete`, transcriptions are not in step with audio, and
handles for resuming come between turns.
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from google.genai import _live_converters, types

from tests.transports.peers.sockets import reset, websocket_peer

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Awaitable, Callable

    from websockets.asyncio.server import ServerConnection


def frame(**fields: Any) -> str:
    """Return a server frame: validated by the official type, spelled as the service spells it."""
    return types.LiveServerMessage(**fields).model_dump_json(by_alias=True, exclude_none=True)


def content(**fields: Any) -> str:
    return frame(server_content=types.LiveServerContent(**fields))


def speech(pcm: bytes, mime_type: str = "audio/pcm;rate=24000", **fields: Any) -> str:
    part = types.Part(inline_data=types.Blob(data=pcm, mime_type=mime_type))
    return content(model_turn=types.Content(role="model", parts=[part]), **fields)


def words(text: str, **fields: Any) -> str:
    return content(output_transcription=types.Transcription(text=text), **fields)


def user_words(text: str) -> str:
    return content(input_transcription=types.Transcription(text=text))


def calls(*items: tuple[str, str, dict[str, Any]]) -> str:
    function_calls = [types.FunctionCall(id=id, name=name, args=args) for id, name, args in items]
    return frame(tool_call=types.LiveServerToolCall(function_calls=function_calls))


def cancellation(*ids: str) -> str:
    return frame(tool_call_cancellation=types.LiveServerToolCallCancellation(ids=list(ids)))


def resumable(handle: str | None) -> str:
    update = types.LiveServerSessionResumptionUpdate(new_handle=handle, resumable=handle is not None)
    return frame(session_resumption_update=update)


def heard(kind: str) -> str:
    """Tell what was heard of the user, `ACTIVITY_START` or `ACTIVITY_END`, as the official SDK reads it."""
    activity = {"type": kind, "audioOffset": "1.5s"}
    read = _live_converters._VoiceActivity_from_mldev(activity)
    assert types.VoiceActivity(**read).voice_activity_type == kind
    return json.dumps({"voiceActivity": activity})


def go_away(seconds: int) -> str:
    return frame(go_away=types.LiveServerGoAway(time_left=f"{seconds}s"))


def camel(value: Any, *, within: str = "") -> Any:
    """Spell keys as the documentation does: the SDK sends `realtime_input`, which the service takes as well.

    The keys of a JSON schema are the user's own.
    """
    if isinstance(value, dict) and within != "parametersJsonSchema":
        spelled = {re.sub(r"_(\w)", lambda match: match[1].upper(), key): item for key, item in value.items()}
        return {key: camel(item, within=key) for key, item in spelled.items()}
    return [camel(item) for item in value] if isinstance(value, list) else value


INTERRUPTED = content(interrupted=True)
GENERATED = content(generation_complete=True)
COMPLETE = content(turn_complete=True)
SETUP_COMPLETE = frame(setup_complete=types.LiveServerSetupComplete())


class Caller:
    """The client of one connection, as the server sees it.

    Attributes:
        path: of the request.
        headers: of the request.
        setup: the first frame.
        frames: all that came after it.
    """

    def __init__(self, connection: ServerConnection) -> None:
        request = connection.request
        assert request is not None
        self.connection = connection
        self.path = request.path
        self.headers = request.headers
        self.setup: dict[str, Any] = {}
        self.frames: list[dict[str, Any]] = []
        self._read = 0

    async def say(self, *frames: str | bytes) -> None:
        for item in frames:
            await self.connection.send(item)

    async def next(self, kind: str, seconds: float = 5.0) -> Any:
        """Return what the next frame holds under `kind`, such as `realtimeInput.audio` or `toolResponse`."""
        async with asyncio.timeout(seconds):
            while True:
                while self._read < len(self.frames):
                    found: Any = self.frames[self._read]
                    self._read += 1
                    for key in kind.split("."):
                        found = found.get(key) if isinstance(found, dict) else None
                    if found is not None:
                        return found
                await asyncio.sleep(0.005)

    def kinds(self) -> list[str]:
        """Return what came, as `realtimeInput.activityStart` or `clientContent`."""
        names = []
        for item in self.frames:
            (key,) = item
            names.append(f"{key}.{next(iter(item[key]))}" if key == "realtimeInput" else key)
        return names

    def audio(self) -> bytes:
        """Return the audio that came: PCM16 at 16,000 Hz."""
        blobs = [
            item["realtimeInput"]["audio"] for item in self.frames if "audio" in item.get("realtimeInput", {})
        ]
        assert all(blob["mimeType"] == "audio/pcm;rate=16000" for blob in blobs)
        return b"".join(base64.b64decode(blob["data"]) for blob in blobs)

    def reset(self) -> None:
        reset(self.connection)


class GeminiServer:
    """Attributes: `url`, and `callers`, one for each connection that sent a setup."""

    def __init__(self) -> None:
        self.url = ""
        self.callers: list[Caller] = []

    @property
    def caller(self) -> Caller:
        return self.callers[-1]

    def check_sent(self) -> int:
        """Validate all that clients sent after the setup; the official type refuses unknown keys."""
        frames = [item for caller in self.callers for item in caller.frames]
        for item in frames:
            types.LiveClientMessage.model_validate(item)
        return len(frames)


@asynccontextmanager
async def gemini_server(
    behave: Callable[[Caller], Awaitable[None]] | None = None,
    *,
    hear: Callable[[Caller, dict[str, Any]], None] | None = None,
    accept: bool = True,
    binary: bool = False,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[GeminiServer]:
    """Serve; `behave` runs beside the reading of each connection, `hear` is told of every frame.

    Args:
        behave: what the server does of its own accord.
        hear: called with each frame after the setup.
        accept: whether the setup is confirmed.
        binary: whether frames are sent as binary ones.
        tls: speaks `wss`.
    """
    server = GeminiServer()

    async def serve(connection: ServerConnection) -> None:
        caller = Caller(connection)
        caller.setup = camel(json.loads(await connection.recv()))
        server.callers.append(caller)
        if binary:
            send = connection.send
            connection.send = lambda item: send(item.encode() if isinstance(item, str) else item)  # type: ignore[method-assign]
        if accept:
            await caller.say(SETUP_COMPLETE)
        behaving = asyncio.create_task(behave(caller)) if behave is not None else None
        try:
            async for item in connection:
                caller.frames.append(camel(json.loads(item)))
                if hear is not None:
                    hear(caller, caller.frames[-1])
        finally:
            if behaving is not None:
                if not behaving.done():
                    behaving.cancel()
                    await asyncio.wait({behaving})
                elif not behaving.cancelled() and (error := behaving.exception()) is not None:
                    raise error

    async with websocket_peer(serve, tls=tls) as server.url:
        yield server
