"""Hosted speech around a chat model: OpenAI's and ElevenLabs' ears and voices.

OPENAI_API_KEY and, for the second and third, ELEVENLABS_API_KEY are read from the environment.

pytest -m live examples/voice/test_live_local_agents.py
"""

import os

import pytest

import scenario

pytestmark = pytest.mark.live

LLM = "openai/gpt-5.4-mini"


def agent(kind: str) -> scenario.ComposableVoiceAgent:
    if kind == "openai":
        return scenario.ComposableVoiceAgent(scenario.OpenAISTTProvider(), LLM, "openai/nova")
    if kind == "mixed":
        return scenario.ComposableVoiceAgent(scenario.ElevenLabsSTTProvider(), LLM, "openai/nova")
    return scenario.ElevenLabsVoiceAgent(os.environ["ELEVENLABS_API_KEY"], llm=LLM)


@pytest.mark.parametrize("kind", ["openai", "mixed", "elevenlabs"])
async def test_the_caller_is_understood_and_may_cut_in(kind):
    caller = scenario.UserSimulatorAgent(model=LLM, voice="openai/onyx")
    result = await scenario.arun(
        name=f"a call to {kind}",
        description="The caller wants to hear a story, and then does not.",
        agents=[agent(kind), caller],
        script=[
            scenario.user("Please tell me a story about a lighthouse."),
            scenario.interrupt("Thank you, that is enough. What is two plus two?", after_words=5),
            scenario.agent(),
            scenario.succeed(),
        ],
    )
    *_, answer = [segment for segment in result.audio.segments if segment.speaker == "agent"]
    assert "four" in answer.transcript.lower() or "4" in answer.transcript
    assert any(segment.transcript_truncated for segment in result.audio.segments)
