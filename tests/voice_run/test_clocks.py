"""The virtual clock skips pauses and changes nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

import scenario
from scenario.voice import effects
from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
from tests.voice_run.peers import Peer, seconds_of_speech
from tests.voice_run.plays import NUMBERS, caller, dialogue, events, play, segments

if TYPE_CHECKING:
    from scenario.voice import VoiceEvent


async def conversation(clock: str) -> scenario.ScenarioResult:
    agent = LoopbackVoiceAgent(["how can I help", NUMBERS, "sure", "bye"], latency=0.4)
    script = [
        scenario.user("hello there"),
        scenario.agent(),
        scenario.user("count for me"),
        scenario.interrupt("stop", after_words=3),
        scenario.agent(),
        scenario.silence(0.5),
        scenario.user("bye", audio_effects=[effects.phone_quality()]),
        scenario.agent(),
        scenario.succeed(),
    ]
    user = caller(audio_effects=[effects.static(0.01, seed=4)])
    return await play(agent, user, script=script, clock=clock)


def figures(result: scenario.ScenarioResult) -> list[float]:
    """Return the durations, latencies and metrics of a run."""
    metrics = result.audio.metrics
    (cut,) = events(result, "user_interrupt")
    return [
        *(segment.duration for segment in segments(result)),
        *result.latency.measurements,
        *(cut.metadata[name] for name in ("stopped_after", "overlap")),
        *(getattr(metrics, name) for name in ("user_talk", "agent_talk", "talk_over")),
    ]


def story(result: scenario.ScenarioResult) -> list[object]:
    """Return what happened in a run, times left out."""
    return [
        *dialogue(result),
        *(segment.speaker for segment in segments(result)),
        *map(_kind, events(result)),
    ]


def _kind(event: VoiceEvent) -> str:
    return event.type


async def test_both_clocks_tell_the_same() -> None:
    virtual = await conversation("virtual")
    for _ in range(5):  # real time is late on a busy machine: it need tell the same only once
        real = await conversation("real")
        if figures(real) == pytest.approx(figures(virtual), abs=0.02) and story(real) == story(virtual):
            break
    assert story(real) == story(virtual)
    assert figures(real) == pytest.approx(figures(virtual), abs=0.02)


async def test_virtual_runs_are_all_the_same() -> None:
    runs = [await conversation("virtual") for _ in range(5)]
    assert all(story(run) == story(runs[0]) for run in runs)
    # What is waited for outside counts with its real duration, and a busy machine may stretch that now and
    # then: the figures in the middle are those of nearly all runs.
    middle = [sorted(values)[2] for values in zip(*map(figures, runs), strict=True)]
    same = [run for run in runs if figures(run) == pytest.approx(middle, abs=0.005)]
    assert len(same) >= 3
    assert same[0].latency.measurements == pytest.approx([0.4] * 4, abs=0.025)


async def test_a_minute_of_conversation_takes_no_minute() -> None:
    agent = LoopbackVoiceAgent([f"{NUMBERS[:60]} {turn}" for turn in range(10)])
    script = [
        step for _ in range(10) for step in (scenario.user("tell me another one right now"), scenario.agent())
    ]
    started = time.perf_counter()
    result = await play(agent, script=[*script, scenario.succeed()])
    assert result.audio.duration > 60
    assert time.perf_counter() - started < 2 * 3  # three times the measured budget: machines are shared


async def test_pauses_cost_nothing_on_the_virtual_clock() -> None:
    script = [scenario.user("hi"), scenario.agent(), scenario.sleep(900), scenario.silence(900)]
    started = time.perf_counter()
    result = await play(LoopbackVoiceAgent(["hi"]), script=[*script, scenario.succeed()])
    assert time.perf_counter() - started < 10
    assert [event.args for event in events(result, "silence")] == [{"duration": 900}]


async def test_time_outside_counts_with_its_real_duration() -> None:
    import asyncio

    class Slow(scenario.AgentAdapter):
        role = scenario.AgentRole.USER

        async def call(self, input: scenario.AgentInput) -> str:
            await asyncio.sleep(1.2)
            return "hello"

    slow = Slow()
    slow.voice, slow.audio_effects = "offline/anna", []  # pyright: ignore[reportAttributeAccessIssue]
    script = [scenario.agent(), scenario.user(), scenario.agent(), scenario.succeed()]
    result = await play(LoopbackVoiceAgent(["hi", "bye"]), slow, script=script)
    first, user = segments(result)[:2]
    assert user.start_time - first.end_time == pytest.approx(1.2, abs=0.3)


async def test_the_virtual_clock_is_refused_where_a_peer_keeps_real_time() -> None:
    peer = Peer([seconds_of_speech(1)])
    peer.supports_virtual_clock = False
    with pytest.raises(ValueError, match="Peer keeps real time"):
        await play(peer, script=[scenario.succeed()], clock="virtual")
    with pytest.raises(ValueError, match="audio_playback"):
        await play(LoopbackVoiceAgent([]), script=[scenario.succeed()], clock="virtual", audio_playback=True)


async def test_auto_keeps_real_time_where_a_peer_does() -> None:
    peer = Peer([], turn_end="gap")
    peer.supports_virtual_clock = False
    started = time.perf_counter()
    await play(peer, script=[scenario.sleep(1.0), scenario.succeed()])
    assert time.perf_counter() - started >= 1.0
