"""Rows 2, 3, 4, 5, 7 and 8 of the contract: whole runs."""

from __future__ import annotations

import asyncio
import random
import time

import numpy as np
import pytest

import scenario
from scenario.errors import AgentCallError
from scenario.voice import FirstChunkTimeoutError, VoiceTransportError, extract_audio
from scenario.voice._audio.wav import write_wav
from scenario.voice.testing.assertions import assert_tone
from scenario.voice.testing.offline_speech import OfflineSTT
from tests.transports.contract.agent import Plan, Say, tone
from tests.transports.contract.cases import case
from tests.transports.contract.running import run

CANCELLATIONS = 50
CANCELLED_AT_ONCE = 13


def segments(result, speaker: str):
    return [segment for segment in result.audio.segments if segment.speaker == speaker]


def heard(messages, role: str = "assistant") -> list[str]:
    """Return what the audio of the messages says, whether or not the transport gives text too."""
    chunks = [extract_audio(message) for message in messages if message["role"] == role]
    return [OfflineSTT().hear(chunk.data) for chunk in chunks if chunk is not None]


def texts(messages, role: str) -> list[str]:
    return [
        " ".join(part["text"] for part in message["content"] if part["type"] == "text")
        for message in messages
        if message["role"] == role
    ]


def without_silence_around(pcm: bytearray) -> bytes:
    """Return what is left of audio from a line that also carries silence."""
    samples = np.frombuffer(pcm, "<i2")
    loud = np.flatnonzero(np.abs(samples.astype(int)) > 100)
    return samples[loud[0] : loud[-1] + 1].tobytes()


@case({"after": 0.4}, {"after": 0.8}, {"after": 2.0}, kind="exact")
async def row_2_a_tone_is_answered_with_a_tone_in_its_time(rig, after):
    plan = Plan(answers=[Say(tone=660, seconds=1.0, after=after)])
    async with rig.peer(plan) as peer:
        user = write_wav(tone(440, 1.0))
        script = [scenario.audio(user, transcript="a tone"), scenario.agent(), scenario.succeed()]
        result = await run(peer, peer.adapter(), script)
        assert_tone(without_silence_around(peer.agents[-1].heard), 440)
    (answer,) = segments(result, "agent")
    assert answer.end_time - answer.start_time == pytest.approx(1.0, abs=0.1)
    assert_tone(answer.audio, 660)
    took = peer.agents[-1].took  # on a busy machine it is longer than planned
    assert took >= after
    assert result.latency.measurements == [pytest.approx(took, abs=rig.latency_tolerance)]


@case(kind="long")
async def row_3_five_turns_of_speech_stay_five_turns(rig):
    said = ["alpha", "beta", "gamma", "delta", "omega"]
    answers = ["the one", "the two", "the three", "the four", "the five"]
    async with rig.peer(Plan(answers=[Say(text) for text in answers])) as peer:
        script = [step for text in said for step in (scenario.user(text), scenario.agent())]
        result = await run(peer, peer.adapter(), [*script, scenario.succeed()])
        assert peer.agents[-1].turns == said
    assert heard(result.messages) == answers
    assert heard(result.messages, "user") == texts(result.messages, "user") == said
    if rig.has_text:
        assert texts(result.messages, "assistant") == answers
    assert [OfflineSTT().hear(segment.audio) for segment in segments(result, "agent")] == answers


@case()
async def row_4_the_agent_may_speak_first(rig):
    async with rig.peer(Plan(opening=Say("welcome to the line", after=0.5))) as peer:
        result = await run(peer, peer.adapter(), [scenario.agent(), scenario.succeed()])
    assert heard(result.messages) == ["welcome to the line"]


@case()
async def row_4_an_agent_that_says_nothing_is_waited_for_no_longer_than_agreed(rig):
    async with rig.peer(Plan()) as peer:
        adapter = peer.adapter()
        adapter.response_timeout = 1.5
        with pytest.raises(AgentCallError) as caught:
            await run(peer, adapter, [scenario.user("hello"), scenario.agent()])
        waited = time.monotonic() - peer.agents[-1].done_at[0]
    assert isinstance(caught.value.__cause__, FirstChunkTimeoutError)
    # Disconnecting, which a slow peer may draw out, comes after the time-out.
    assert 1.3 <= waited <= 1.7 + 1.0


@case(kind="long")
async def row_5_a_user_who_speaks_over_the_agent_silences_it(rig):
    long_answer = " ".join(["this is a very long answer to a very short question"] * 4)  # over 10 s
    plan = Plan(answers=[Say(long_answer, after=0.5), Say("fine")])
    async with rig.peer(plan) as peer:
        adapter = peer.adapter()
        script = [
            scenario.user("tell me"),
            scenario.agent(wait=False),
            scenario.sleep(2.1),  # of these 0.5 s for the question, 0.5 s until the answer
            scenario.user("stop"),
            scenario.agent(),
            scenario.succeed(),
        ]
        result = await run(peer, adapter, script)
        agent = peer.agents[-1]
        native = adapter.capabilities.interruption
    (interruption,) = [event for event in result.timeline if event.type == "user_interrupt"]
    assert interruption.metadata["adapter"] == type(adapter).__name__
    assert interruption.metadata["outcome"] == "fired_after_speech"
    assert interruption.metadata["native"] in ((True, False) if native else (False,))
    assert interruption.metadata["stopped_after"] <= 1.0
    assert agent.said_until[0] < 3.0
    partial, clean = segments(result, "agent")
    assert partial.transcript_truncated
    assert partial.end_time - partial.start_time == pytest.approx(1.0 + 0.5, abs=0.6)
    assert OfflineSTT().hear(clean.audio) == "fine"
    first, second = heard(result.messages)
    assert long_answer.startswith(first)
    assert second == "fine"
    if rig.has_text:
        assert texts(result.messages, "assistant")[0].endswith("[interrupted]")


# A model that fails is no line that is lost (tests/transports/local), and LiveKit gets over a reset.
@case({"trouble": "close"}, {"trouble": "reset"}, applies=lambda rig, trouble: trouble in rig.troubles)
async def row_7_a_run_whose_peer_leaves_ends_with_its_error(rig, trouble):
    async with rig.peer(Plan(trouble=trouble)) as peer:
        with pytest.raises(AgentCallError) as caught:
            await run(peer, peer.adapter(), [scenario.user("hello"), scenario.agent()])
        assert time.monotonic() - peer.agents[-1].done_at[0] < 2.0
    assert isinstance(caught.value.__cause__, VoiceTransportError)
    assert [OfflineSTT().hear(bytes(agent.heard)) for agent in peer.agents] == ["hello"]
    assert caught.value.voice_recording.duration > 0


@case(kind="crowd")
async def row_8_a_run_that_is_cancelled_anywhere_ends_and_hangs_up(rig):
    moments = random.Random(8)  # the same points every time
    places = asyncio.Semaphore(CANCELLED_AT_ONCE)

    async def cancelled_run(moment: float) -> None:
        async with places, rig.peer(Plan(answers=[Say("yes", after=0.4)] * 2)) as peer:
            adapter = peer.adapter()
            script = [step for _ in range(2) for step in (scenario.user("go on"), scenario.agent())]
            running = asyncio.create_task(run(peer, adapter, [*script, scenario.succeed()]))
            await asyncio.wait({running}, timeout=moment)
            running.cancel()
            began = time.monotonic()
            await asyncio.wait({running}, timeout=10)
            assert running.done(), f"cancelled at {moment:.3f} s, it still runs after 10 s"
            assert time.monotonic() - began < 5, f"cancelled at {moment:.3f} s"
            with pytest.raises(RuntimeError, match=r"not connected|place_call"):
                await adapter.recv_audio(0.1)
            await asyncio.sleep(0.2)
            assert peer.calls_open == 0

    async with asyncio.TaskGroup() as tasks:
        for _ in range(CANCELLATIONS):
            tasks.create_task(cancelled_run(moments.uniform(0, 3.5)))
