"""Users that cut in at random, repeatably."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import scenario
from scenario.types import ModelRequest, ModelResponse
from scenario.voice import CONTEXTUAL_PROMPT
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from tests.voice_run.plays import NUMBERS, caller, dialogue, events, play, segments


def always(**settings: Any) -> scenario.InterruptionConfig:
    return scenario.InterruptionConfig(**{"probability": 1.0, "delay_range": (0.5, 1.5), **settings})


class Fails(scenario.AgentAdapter):
    """A judge that counts its calls."""

    role = scenario.AgentRole.JUDGE

    def __init__(self) -> None:
        self.seen: list[list[str]] = []

    async def call(self, input: scenario.AgentInput) -> list[Any]:
        self.seen.append([message["role"] for message in input.messages])
        return []


async def test_the_user_cuts_in_after_the_drawn_delay_with_a_phrase() -> None:
    agent = LoopbackVoiceAgent([NUMBERS] * 3)
    settings = always(phrases=["wait"], delay_range=(1.0, 1.0))
    result = await play(
        agent, script=[scenario.proceed(turns=2, interruptions=settings), scenario.succeed()], max_turns=5
    )
    (event,) = events(result, "user_interrupt")
    assert event.metadata["outcome"] == "fired_after_speech"
    agent_start = segments(result, "agent")[0].start_time
    assert event.time - agent_start == pytest.approx(1.0, abs=0.1)
    roles = [role for role, _ in dialogue(result)]
    assert roles == ["user", "assistant", "user", "assistant"]
    assert dialogue(result)[2] == ("user", "wait")


async def test_the_last_turn_is_not_cut_into() -> None:
    agent = LoopbackVoiceAgent([NUMBERS] * 4)
    result = await play(agent, script=[scenario.proceed(interruptions=always())], max_turns=3)
    assert len(events(result, "user_interrupt")) == 2
    assert dialogue(result)[-1] == ("assistant", NUMBERS)
    assert not result.success


async def test_the_judge_of_that_turn_still_acts_and_sees_both() -> None:
    judge = Fails()
    agent = LoopbackVoiceAgent([NUMBERS] * 3)
    await play(agent, judge, script=[scenario.proceed(interruptions=always())], max_turns=2)
    assert judge.seen == [["user", "assistant", "user"], ["user", "assistant", "user", "assistant"]]


async def test_the_same_seed_draws_the_same() -> None:
    async def moments(seed: int) -> list[float]:
        agent = LoopbackVoiceAgent([NUMBERS] * 6)
        settings = always(probability=0.5)
        script = [scenario.proceed(turns=5, interruptions=settings), scenario.succeed()]
        result = await play(agent, script=script, seed=seed)
        texts = [text for role, text in dialogue(result) if role == "user"]
        return [len(texts), *[round(event.time, 1) for event in events(result, "user_interrupt")]]

    first, again, other = await moments(3), await moments(3), await moments(4)
    assert len(first) == len(again)
    assert first == pytest.approx(again, abs=0.21)
    assert first != other


async def test_a_contextual_user_says_what_its_model_says() -> None:
    asked: list[str] = []

    class Writer(scenario.AgentAdapter):
        role = scenario.AgentRole.USER
        voice, audio_effects, interrupt_probability = "offline/anna", (), 1.0

        async def call(self, input: scenario.AgentInput) -> str:
            return "tell me"

        async def interject(self, messages: Any, heard: Any, *, otherwise: str) -> str:
            asked.append(heard["content"])
            return "that is enough"

    agent = LoopbackVoiceAgent([NUMBERS] * 2)
    result = await play(agent, Writer(), script=[scenario.proceed(turns=2), scenario.succeed()])
    assert dialogue(result)[2] == ("user", "that is enough")
    assert asked[0].startswith("one")


async def test_the_simulator_of_the_library_interjects() -> None:
    agent = LoopbackVoiceAgent([NUMBERS] * 2)
    user = caller(interrupt_probability=1.0)
    result = await play(agent, user, script=[scenario.proceed(turns=2), scenario.succeed()])
    assert len(events(result, "user_interrupt")) == 1
    assert dialogue(result)[2][0] == "user"
    assert dialogue(result)[2][1].strip()


@pytest.mark.parametrize("manner", ["breaks", "hangs"])
async def test_a_model_that_has_no_words_in_time_is_replaced_by_a_phrase(manner: str) -> None:
    async def answer(request: ModelRequest) -> ModelResponse:
        if request.messages[0]["content"] == CONTEXTUAL_PROMPT:
            await asyncio.sleep(60 if manner == "hangs" else 0)
            raise ConnectionError("no model today")
        return ModelResponse(text="tell me more")

    scenario.register_model_provider(manner, answer)
    settings = always(strategy="contextual", phrases=["hold on"], delay_range=(0.2, 0.2))
    result = await play(
        LoopbackVoiceAgent([NUMBERS * 2] * 2),
        caller(model=f"{manner}/x"),
        script=[scenario.proceed(turns=2, interruptions=settings), scenario.succeed()],
    )
    (event,) = events(result, "user_interrupt")
    assert dialogue(result)[2] == ("user", "hold on")
    if manner == "hangs":
        agent_start = segments(result, "agent")[0].start_time
        assert event.time - agent_start == pytest.approx(3.0, abs=0.5)


async def test_turns_that_end_before_the_cue_are_left_alone() -> None:
    agent = LoopbackVoiceAgent(["yes"] * 2)
    settings = always(delay_range=(3.0, 3.0))
    script = [scenario.proceed(turns=2, interruptions=settings), scenario.succeed()]
    result = await play(agent, script=script)
    assert not events(result, "user_interrupt")
    assert [role for role, _ in dialogue(result)] == ["user", "assistant"] * 2


@pytest.mark.parametrize(
    "wrong",
    [{"probability": 1.1}, {"delay_range": (2, 1)}, {"delay_range": (-1, 1)}, {"phrases": []}],
    ids=str,
)
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must"):
        scenario.InterruptionConfig(**wrong)
