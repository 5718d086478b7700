"""The simulated user, text side: core 4."""

from __future__ import annotations

import asyncio
import logging

import pytest

import scenario
from scenario._model import fake_model
from scenario._user_simulator.history import reversed_history
from scenario._user_simulator.prompt import system_prompt
from scenario.errors import AgentCallError, ModelCallError, ModelResponseError
from scenario.types import ModelResponse
from tests.engine.agents import agent
from tests.peers.openai_server import OpenAIServer, Reply


async def one_turn(simulator, *before, description="The user wants a pancake recipe.", **more):
    return await scenario.arun(
        "n", description, [simulator, agent()], script=[*before, scenario.user(), scenario.succeed()], **more
    )


# What the model is shown


def test_roles_are_reversed_and_the_agent_comes_first():
    shown = reversed_history([{"role": "assistant", "content": "Hi!"}, {"role": "user", "content": "hello"}])
    assert shown == [{"role": "user", "content": "Hi!"}, {"role": "assistant", "content": "hello"}]


@pytest.mark.parametrize("messages", [[], [{"role": "user", "content": "hello"}]])
def test_a_greeting_of_the_agent_is_put_first_when_the_conversation_does_not_begin_with_it(messages):
    shown = reversed_history(messages)
    assert shown[0]["role"] == "user"
    assert len(shown) == len(messages) + 1


def test_the_greeting_stands_behind_leading_system_messages():
    shown = reversed_history([{"role": "system", "content": "note"}, {"role": "user", "content": "a"}])
    assert [message["role"] for message in shown] == ["system", "user", "assistant"]


def test_the_simulator_sees_what_a_human_would():
    shown = reversed_history(
        [
            {"role": "assistant", "content": "Let me look.", "tool_calls": [{"id": "1"}], "trace_id": "t"},
            {"role": "tool", "content": "secret", "tool_call_id": "1"},
            {"role": "assistant", "content": None, "tool_calls": [{"id": "2"}]},
            {"role": "assistant", "content": ""},
            {"role": "developer", "content": "hidden"},
            {"role": "assistant", "content": "Found it."},
            {"role": "system", "content": "The line is bad."},
        ]
    )
    assert shown == [
        {"role": "user", "content": "Let me look.\n\nFound it."},
        {"role": "system", "content": "The line is bad."},
    ]


def test_media_become_a_transcript_or_a_placeholder():
    audio = {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}
    shown = reversed_history(
        [
            {
                "role": "assistant",
                "content": [{"type": "text", "text": "good"}, {"type": "text", "text": "day"}],
            },
            {"role": "user", "content": [{"type": "text", "text": "hi there"}, audio]},
            {"role": "assistant", "content": [audio]},
            {"role": "user", "content": [image]},
        ]
    )
    assert [message["content"] for message in shown] == [
        "good day", "hi there", "(audio that could not be understood)", "(image)",
    ]  # fmt: skip


def test_the_conversation_itself_is_not_changed():
    messages = [{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}]
    reversed_history(messages)
    assert messages == [{"role": "assistant", "content": "a"}, {"role": "assistant", "content": "b"}]


def test_the_default_prompt_holds_the_description_verbatim_and_the_persona_behind_it():
    prompt = system_prompt(description="A {curly} & <odd>\nsituation", persona="very angry")
    assert "<scenario>\nA {curly} & <odd>\nsituation\n</scenario>" in prompt
    assert prompt.index("<persona>\nvery angry\n</persona>") > prompt.index("</scenario>")
    assert "lower case" in prompt


def test_a_voice_asks_for_spoken_sentences():
    assert "spoken sentences" in system_prompt(description="d", spoken=True)
    assert "lower case" not in system_prompt(description="d", spoken=True)


def test_a_prompt_of_ones_own_replaces_everything_but_the_persona():
    assert system_prompt(description="d", custom="You are Ann.") == "You are Ann."
    own = system_prompt(description="d", custom="You are Ann.", persona="shy")
    assert own.startswith("You are Ann.")
    assert "<persona>\nshy\n</persona>" in own
    assert "<scenario>" not in own


# A call


async def test_the_request_carries_settings_and_extras_and_no_tools():
    with fake_model("fake", "hi") as fake:
        simulator = scenario.UserSimulatorAgent(
            model="fake/m", temperature=0.3, max_tokens=50, api_key="k", api_base="http://b", top_p=0.5
        )
        await one_turn(simulator, scenario.agent("Welcome!"))
    (request,) = fake.requests
    assert (request.model, request.temperature, request.max_tokens) == ("fake/m", 0.3, 50)
    assert (request.api_key, request.api_base, dict(request.params)) == ("k", "http://b", {"top_p": 0.5})
    assert request.tools == ()
    assert [message["role"] for message in request.messages] == ["system", "user"]
    assert all(set(message) == {"role", "content"} for message in request.messages)


@pytest.mark.parametrize(
    "raw", ["  a recipe pls ", "User: a recipe pls", '"a recipe pls"', 'me: "a recipe pls"']
)
async def test_labels_and_quotes_around_the_message_are_taken_off(raw):
    with fake_model("fake", raw):
        result = await one_turn(scenario.UserSimulatorAgent(model="fake/m"))
    assert result.messages[0]["content"] == "a recipe pls"
    assert result.messages[0]["role"] == "user"


async def test_a_blank_answer_is_asked_for_once_more():
    with fake_model("fake", ["  ", "second"]) as fake:
        result = await one_turn(scenario.UserSimulatorAgent(model="fake/m"))
    assert result.messages[0]["content"] == "second"
    assert len(fake.requests) == 2


async def test_an_answer_without_choices_is_asked_for_once_more():
    async with OpenAIServer([Reply(choices=False), "hello"]) as server:
        simulator = scenario.UserSimulatorAgent(model="openai/m", api_base=server.base_url, api_key="none")
        result = await one_turn(simulator)
    assert result.messages[0]["content"] == "hello"


async def test_two_answers_without_choices_are_an_error():
    async with OpenAIServer(Reply(choices=False)) as server:
        simulator = scenario.UserSimulatorAgent(model="openai/m", api_base=server.base_url, api_key="none")
        with pytest.raises(AgentCallError, match=r"UserSimulatorAgent.*'openai/m'.*without any choice"):
            await one_turn(simulator)
    assert len(server.requests) == 2


async def test_two_blank_answers_are_an_error_with_class_model_and_finish_reason():
    blank = ModelResponse(text=None, finish_reason="content_filter")
    with fake_model("fake", [blank, blank]), pytest.raises(AgentCallError) as caught:
        await one_turn(scenario.UserSimulatorAgent(model="fake/m"))
    assert isinstance(caught.value.__cause__, ModelResponseError)
    for part in ("UserSimulatorAgent", "fake/m", "content_filter"):
        assert part in str(caught.value)


async def test_a_provider_error_arrives_as_the_cause_of_the_agents_error():
    error = ModelCallError("HTTP 401", model="fake/m", status_code=401)
    with fake_model("fake", [error]), pytest.raises(AgentCallError) as caught:
        await one_turn(scenario.UserSimulatorAgent(model="fake/m"))
    assert caught.value.__cause__ is error


async def test_fifty_simulators_on_one_loop_wait_at_the_same_time():
    waiting, all_in = 0, asyncio.Event()

    async def answers(request):
        nonlocal waiting
        waiting += 1
        if waiting == 50:
            all_in.set()
        async with asyncio.timeout(10):
            await all_in.wait()
        return "hi"

    with fake_model("fake", answers):
        simulator = scenario.UserSimulatorAgent(model="fake/m")
        results = await asyncio.gather(*(one_turn(simulator) for _ in range(50)))
    assert all(result.success for result in results)


async def test_prompts_of_a_run_share_their_beginning():
    with fake_model("fake", "more") as fake:
        await scenario.arun(
            "n", "d", [scenario.UserSimulatorAgent(model="fake/m"), agent("ok")],
            script=[scenario.proceed(turns=5), scenario.succeed()],
        )  # fmt: skip
    for before, after in zip(fake.prompts, fake.prompts[1:], strict=False):
        assert after[: len(before)] == before


def test_arguments_are_readable_and_checked():
    simulator = scenario.UserSimulatorAgent(
        model="fake/m", persona="shy", audio_effects=(1, 2), voice="openai/nova"
    )
    assert (simulator.model, simulator.persona, simulator.audio_effects) == ("fake/m", "shy", [1, 2])
    assert simulator.role is scenario.AgentRole.USER
    for bad in (-0.1, 1.1):
        with pytest.raises(ValueError, match="from 0 to 1"):
            scenario.UserSimulatorAgent(model="fake/m", interrupt_probability=bad)
    with pytest.raises(ValueError, match="provider/voice"):
        scenario.UserSimulatorAgent(model="fake/m", voice="nova")


def test_a_misspelt_keyword_is_pointed_out():
    with pytest.warns(UserWarning, match="persona"):
        scenario.UserSimulatorAgent(model="fake/m", personna="shy")


# Cache


async def test_a_cached_run_calls_the_model_once_and_what_matters_calls_it_again():
    async def turn(description="d", **settings):
        await one_turn(
            scenario.UserSimulatorAgent(**{"model": "fake/m", **settings}),
            description=description,
            cache_key="k",
        )

    with fake_model("fake", "hi") as fake:
        await turn()
        await turn()
        assert len(fake.requests) == 1
        for different in (
            {"persona": "shy"},
            {"model": "fake/other"},
            {"temperature": 0.5},
            {"description": "e"},
        ):
            calls = len(fake.requests)
            await turn(**different)
            assert len(fake.requests) == calls + 1
        await turn(timeout=7)
        assert len(fake.requests) == calls + 1


async def test_no_key_is_in_logs_or_errors(caplog):
    caplog.set_level(logging.DEBUG)
    error = ModelCallError("refused", model="fake/m", status_code=400)
    with fake_model("fake", [error]), pytest.raises(AgentCallError) as caught:
        await one_turn(scenario.UserSimulatorAgent(model="fake/m", api_key="sk-SECRET"))
    assert "SECRET" not in caplog.text + str(caught.value) + repr(caught.value.__cause__)
