"""Our frames and those of the official SDK, at the same server."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

from scenario.voice import ElevenLabsAgentAdapter
from tests.transports.contract.agent import tone
from tests.transports.contract.listening import Listener
from tests.transports.elevenlabs.talking import talking
from tests.transports.peers.elevenlabs import AGENT, KEY, SIGNATURE, LoopbackElevenLabs
from tests.transports.peers.official_elevenlabs import official_conversation

_PROMPT = {"agent": {"prompt": {"prompt": "You are brief."}, "first_message": "Yes?"}}
_VARIABLES = {"name": "Ada", "age": 36, "is_vip": True}


async def question_and_tools(session) -> None:
    """Do everything that wants an answer of the client."""
    await session.call_tool("add", "call_1", a=1, b=2)
    await session.call_tool("fail", "call_2")
    await session.ping(7)
    await session.until("client_tool_result", 2)
    await session.until("pong")
    await session.until("user_message")


def shape(event: dict) -> dict:
    """Return keys and types of an event, nested ones too."""
    return {key: shape(value) if isinstance(value, dict) else type(value) for key, value in event.items()}


async def official_events() -> tuple[list[dict], list[bytes], list[str]]:
    def fail(parameters):
        raise ValueError("no")

    service = LoopbackElevenLabs()
    config = {"conversation_config_override": _PROMPT, "dynamic_variables": _VARIABLES}
    tools = {"add": lambda parameters: str(parameters["a"] + parameters["b"]), "fail": fail}
    async with (
        service.serving(),
        official_conversation(service.url, config=config, tools=tools) as (conversation, audio),
    ):
        session = await service.session()
        while audio.speak is None:  # noqa: ASYNC110  # it starts in a thread of the SDK's
            await asyncio.sleep(0.01)
        await asyncio.to_thread(audio.speak, bytes(3200))
        await asyncio.to_thread(conversation.send_user_message, "hello")
        await question_and_tools(session)
        async with asyncio.timeout(5):
            while not session.chunks:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    return session.events, session.chunks, service.paths


async def our_events() -> tuple[list[dict], list[bytes], list[str]]:
    def fail():
        raise ValueError("no")

    async with talking(
        signed_url=True,
        system_prompt_override="You are brief.",
        first_message_override="Yes?",
        dynamic_variables=_VARIABLES,
        tool_handlers={"add": lambda a, b: str(a + b), "fail": fail},
    ) as (adapter, session, service):
        await adapter.send_text("hello")
        await question_and_tools(session)
        await asyncio.sleep(0.25)
    assert session.others == []
    return session.events, session.chunks, service.paths


async def test_every_event_is_the_one_of_the_official_sdk_key_by_key():
    official, official_chunks, official_paths = await official_events()
    ours, our_chunks, our_paths = await our_events()
    first, theirs = ours.pop(0), official.pop(0)
    assert first == {key: theirs[key] for key in first}
    assert set(theirs) - set(first) == {"custom_llm_extra_body", "source_info"}, "what we have no use for"

    def order(event):
        return event["type"], event.get("tool_call_id", "")

    ours.sort(key=order)
    official.sort(key=order)
    assert [shape(event) for event in ours] == [shape(event) for event in official]
    assert [event for event in ours if event["type"] in ("pong", "user_message")] == [
        event for event in official if event["type"] in ("pong", "user_message")
    ]
    assert [(event["result"], event["is_error"]) for event in ours[:2]] == [
        ("3", False),
        ("ValueError: no", True),
    ]
    assert len(our_chunks[0]) == len(official_chunks[0]) == 3200
    for paths in (official_paths, our_paths):
        request, conversation = map(urlsplit, paths)
        assert request.path == "/v1/convai/conversation/get-signed-url"
        assert parse_qs(request.query) == {"agent_id": [AGENT]}
        assert conversation.path == "/v1/convai/conversation"
        assert parse_qs(conversation.query)["conversation_signature"] == [SIGNATURE]


async def test_only_what_was_given_is_overridden():
    async with talking() as (_, session, _):
        assert session.events == [{"type": "conversation_initiation_client_data"}]
    async with talking(first_message_override="Hi", dynamic_variables={}) as (_, session, _):
        assert session.events[0] == {
            "type": "conversation_initiation_client_data",
            "conversation_config_override": {"agent": {"first_message": "Hi"}},
            "dynamic_variables": {},
        }


async def test_the_official_sdk_and_we_hear_the_same_audio():
    """Both drop what comes late of an interrupted answer."""
    first, late, second = tone(440, 0.2), tone(550, 0.2), tone(660, 0.2)

    async def answer(session) -> None:
        await session.say(first, 1)
        await session.interrupt(1)
        await session.say(late, 1)
        await session.say(second, 2, last=True)

    service = LoopbackElevenLabs(output_format="pcm_24000")
    async with (
        service.serving(),
        official_conversation(service.url, config={}, tools={}) as (_, audio),
    ):
        await answer(await service.session())
        async with asyncio.timeout(5):
            while len(audio.played) < len(first) + len(second):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    assert audio.interruptions == 1

    service = LoopbackElevenLabs(output_format="pcm_24000")
    async with service.serving(), ElevenLabsAgentAdapter(AGENT, KEY, base_url=service.url) as adapter:
        session = await service.session()
        async with Listener(adapter) as listener:
            await session.say(first, 1)
            async with asyncio.timeout(5):
                while len(listener.audio) < len(first):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            await session.interrupt(1)
            await session.say(late, 1)
            await session.say(second, 2, last=True)
            async with asyncio.timeout(5):
                while len(listener.audio) < len(first) + len(second):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
    assert bytes(listener.audio) == bytes(audio.played) == first + second
