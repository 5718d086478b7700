"""A chat model on loopback that answers by plan, and the ears and the voice of the agent around it."""

from __future__ import annotations

import asyncio
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

from scenario.voice import STTProvider, register_tts_provider
from scenario.voice._audio.chunk import BYTES_PER_SECOND
from scenario.voice.testing.offline_speech import OfflineTTS
from tests.peers.openai_server import OpenAIServer, Received, Reply
from tests.transports.contract.agent import Plan, ScriptedAgent, Wire, tone

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS_AT_ONCE = 3


class NoWire(Wire):
    """A local agent speaks through nothing, so that nothing can go wrong with it."""

    async def audio(self, pcm: bytes, text: str) -> None:
        raise NotImplementedError


class Ear(STTProvider):
    """Tells the scripted agent what its user says."""

    def __init__(self, agent: ScriptedAgent) -> None:
        self._agent = agent

    async def transcribe(self, audio: Any) -> str:
        self._agent.hear(audio.data)
        self._agent.user_done()
        return self._agent.turns[-1]


class Mind:
    """What the model and the voice of one agent do: the plan's answers, in time, at the speed of speech."""

    def __init__(self, plan: Plan) -> None:
        self.agent = ScriptedAgent(plan, NoWire(), "explicit")
        self._answers = iter(plan.answers)
        self._tones: dict[str, bytes] = {}
        self._left = 0
        self._said = self._ahead = 0.0

    async def think(self, request: Received) -> Reply:
        """Answer a request: the opening when nobody has spoken, else the next answer."""
        loop = asyncio.get_running_loop()
        spoken_to = any(message["role"] == "user" for message in request.body["messages"])
        say = next(self._answers, None) if spoken_to else self.agent.plan.opening
        if say is None:
            return Reply(fault="hang")
        since = await self.agent._done.get() if spoken_to else loop.time()
        await asyncio.sleep(since + say.after - loop.time())
        if say.tone is not None:
            self._tones["a tone"] = tone(say.tone, say.seconds)
            self._left = 1
            return Reply("a tone")
        text = say.text(self.agent.turns[-1]) if callable(say.text) else say.text
        words = text.split(" ")
        lines = [" ".join(words[at : at + _WORDS_AT_ONCE]) for at in range(0, len(words), _WORDS_AT_ONCE)]
        self._left = len(lines)
        return Reply("\n".join(lines))

    async def speak(self, text: str) -> bytes:
        """Synthesise a piece when the one before it begins to be heard."""
        loop, agent = asyncio.get_running_loop(), self.agent
        if not agent.speaking.is_set():
            agent.speaking.set()
            agent.began_at.append(loop.time())
            self._said, self._ahead = 0.0, 0.0
        try:
            await asyncio.sleep(agent.began_at[-1] + self._ahead - loop.time())
        except asyncio.CancelledError:
            self._done()
            raise
        audio = self._tones.get(text) or OfflineTTS().speak(text, "agent").data
        self._ahead = self._said
        self._said += len(audio) / BYTES_PER_SECOND
        self._left -= 1
        if not self._left:
            self._done()
        return audio

    def _done(self) -> None:
        self.agent.speaking.clear()
        self.agent.said_until.append(self._said)


_minds: WeakValueDictionary[str, Mind] = WeakValueDictionary()


async def _speak(text: str, voice: str) -> bytes:
    return await _minds[voice].speak(text)


class ChatModel:
    """Serves the minds of agents; each is its own model, named in requests.

    Attributes:
        server: keeps the requests.
        answering: requests that are being answered.
    """

    def __init__(self) -> None:
        self.server = OpenAIServer(self._reply)
        self.answering = 0
        self._minds: list[Mind] = []  # what keeps them alive

    def mind(self, plan: Plan) -> tuple[str, Mind]:
        """Return a new mind with its name, which is also that of its voice."""
        register_tts_provider("planned", _speak)
        name = f"mind-{next(_numbers())}"
        _minds[name] = mind = Mind(plan)
        self._minds.append(mind)
        return name, mind

    async def _reply(self, request: Received) -> Reply:
        self.answering += 1
        try:
            return await _minds[request.body["model"]].think(request)
        finally:
            self.answering -= 1


@cache
def _numbers() -> Iterator[int]:
    from itertools import count

    return count()


@cache
def _official() -> Any:
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
    from pydantic import TypeAdapter

    return CompletionCreateParamsNonStreaming, TypeAdapter(CompletionCreateParamsNonStreaming)


def check_request(body: dict[str, Any]) -> None:
    """Validate a request with the types of the official SDK, which let keys of others pass."""
    from typing import get_type_hints

    params, adapter = _official()
    unknown = body.keys() - get_type_hints(params).keys()
    assert not unknown, f"keys that OpenAI does not know: {sorted(unknown)}"
    adapter.validate_python(body)
