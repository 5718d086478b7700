"""The voice steps where no voice adapter takes part."""

from __future__ import annotations

import time
from typing import Any

import pytest

import scenario
from scenario.voice import UnsupportedCapabilityError, message_has_audio, silent_chunk
from scenario.voice._audio.wav import write_wav
from scenario.voice.testing import LoopbackVoiceAgent
from tests.voice_run.peers import Peer
from tests.voice_run.plays import dialogue, events, play, spoken


class Agent(scenario.AgentAdapter):
    def __init__(self) -> None:
        self.read: list[Any] = []

    async def call(self, input: scenario.AgentInput) -> str:
        self.read.append(input.new_messages)
        return "noted"


async def test_a_recording_is_a_message() -> None:
    agent = Agent()
    script = [scenario.audio(write_wav(spoken("hi")), transcript="hi"), scenario.agent(), scenario.succeed()]
    result = await play(agent, script=script)
    assert message_has_audio(agent.read[0][0])
    assert dialogue(result) == [("user", "hi"), ("assistant", "noted")]


@pytest.mark.parametrize("step", [scenario.silence(0.3), scenario.sleep(0.3)])
async def test_pauses_wait(step: Any) -> None:
    started = time.monotonic()
    result = await play(Agent(), script=[step, scenario.succeed()])
    assert time.monotonic() - started >= 0.3
    assert result.messages == []


async def test_keys_need_a_line() -> None:
    with pytest.raises(UnsupportedCapabilityError) as raised:
        await play(Agent(), script=[scenario.dtmf("1")])
    assert (raised.value.adapter_name, raised.value.capability) == ("<no voice adapter>", "dtmf")


@pytest.mark.parametrize("content", ["wait", ""])
async def test_an_interruption_follows_the_turn(content: str) -> None:
    script = [scenario.user("hello"), scenario.interrupt(content), scenario.agent(), scenario.succeed()]
    result = await play(Agent(), script=script)
    assert [role for role, _ in dialogue(result)] == ["user", "assistant", "user", "assistant"]
    assert dialogue(result)[2][1] == content or not content


async def test_a_simulator_with_a_voice_writes() -> None:
    result = await play(Agent(), script=[scenario.user("hello"), scenario.agent(), scenario.succeed()])
    assert result.messages[0]["content"] == "hello"


@pytest.mark.parametrize("seconds", [-0.1, float("nan"), float("inf")])
@pytest.mark.parametrize("make", [scenario.silence, scenario.sleep, silent_chunk])
def test_impossible_times_are_refused_when_the_step_is_made(make: Any, seconds: float) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        make(seconds)


@pytest.mark.parametrize("tones", ["", "12e", "a", "1 2"])
def test_unknown_keys_are_refused_when_the_step_is_made(tones: str) -> None:
    with pytest.raises(ValueError, match="DTMF"):
        scenario.dtmf(tones)


async def test_an_adapter_without_keys_says_so() -> None:
    with pytest.raises(UnsupportedCapabilityError, match="LoopbackVoiceAgent does not support dtmf"):
        await play(LoopbackVoiceAgent([]), script=[scenario.dtmf("1")])


async def test_keys_are_pressed() -> None:
    class Phone(Peer):
        capabilities = scenario.AdapterCapabilities(dtmf=True)

        async def send_dtmf(self, tones: str) -> None:
            self.calls.append(tones)

    phone = Phone([])
    result = await play(phone, script=[scenario.dtmf("12#w"), scenario.succeed()])
    assert phone.calls == ["connect", "12#w", "disconnect"]
    (event,) = events(result, "dtmf_sent")
    assert event.args == {"tones": "12#w"}


async def test_silence_is_heard_on_the_line_and_is_no_turn() -> None:
    peer = Peer([])
    result = await play(peer, script=[scenario.silence(1.5), scenario.sleep(1.0), scenario.succeed()])
    assert peer.sent == [bytes(int(1.5 * 48_000))]
    assert result.messages == []
    (event,) = events(result)
    assert (event.type, event.args) == ("silence", {"duration": 1.5})
