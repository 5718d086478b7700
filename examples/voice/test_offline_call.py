"""A whole call as a test: noise, a barge-in, limits, and two broken agents whose tests must be red.

The voices are offline ones, which carry their text within the sound: no key, and a call takes a second.
"""

import pytest

import scenario
from scenario import effects
from scenario.voice.testing import LoopbackVoiceAgent, OfflineSTT

from .hotel import BREAKFAST, desk


def hotel() -> scenario.ComposableVoiceAgent:
    """The phone desk of the demo, with offline speech."""
    scenario.register_model_provider("hotel", desk)
    return scenario.ComposableVoiceAgent(stt=OfflineSTT(), llm="hotel/desk", tts="offline/desk")


async def call(agent: scenario.VoiceAgentAdapter) -> scenario.ScenarioResult:
    return await scenario.arun(
        name="a call from a cafe",
        description="The caller wants a room for two nights and asks when breakfast is served.",
        agents=[
            agent,
            scenario.UserSimulatorAgent(
                voice="offline/anna",
                audio_effects=[effects.background_noise("cafe", snr_db=30)],
            ),
        ],
        script=[
            scenario.agent(),  # the desk picks up and speaks first
            scenario.user("Hello. I need a room for two nights."),
            scenario.agent(),
            scenario.user("When is breakfast served?"),
            scenario.interrupt("Okay, thank you, please book the room.", after_words=12),
            scenario.agent(),
            scenario.succeed("the call is over"),
        ],
        voice=scenario.VoiceOptions(seed=7, stt=OfflineSTT()),
    )


def assert_good_manners(result: scenario.ScenarioResult) -> None:
    """What every agent on a phone must do, whatever it says."""
    (cut_in,) = [event for event in result.timeline if event.type == "user_interrupt"]
    stopped_after = cut_in.metadata["stopped_after"]
    assert stopped_after is not None, "the agent goes on when it is spoken over"
    assert stopped_after < 0.5, "the agent goes on when it is spoken over"
    assert result.latency.p95_response_time < 1.5, "the agent is too slow"
    result.audio.metrics.assert_within(talk_over_ratio=0.1)


async def test_the_hotel_takes_the_call(tmp_path):
    result = await call(hotel())
    assert result.success
    assert_good_manners(result)

    *_, interrupted, answer = [segment for segment in result.audio.segments if segment.speaker == "agent"]
    assert interrupted.transcript_truncated
    assert BREAKFAST.startswith(interrupted.heard_transcript)
    assert answer.transcript.startswith("We have a quiet double room for two nights.")

    folder = result.audio.save_segments(tmp_path)
    assert (folder / "stereo.wav").stat().st_size > 1_000_000
    assert (folder / "manifest.json").is_file()


def recorded(**manners) -> LoopbackVoiceAgent:
    """An agent that plays the same answers, with other manners."""
    return LoopbackVoiceAgent(["Harbour Hotel.", "We have a room.", BREAKFAST, "It is done."], **manners)


async def test_an_agent_that_does_not_stop_is_found_out():
    result = await call(recorded(barge_in_after=None))
    with pytest.raises(AssertionError, match="goes on when it is spoken over"):
        assert_good_manners(result)


async def test_an_agent_that_takes_its_time_is_found_out():
    result = await call(recorded(latency=2.5))
    with pytest.raises(AssertionError, match="too slow"):
        assert_good_manners(result)
