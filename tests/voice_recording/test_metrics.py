"""The figures of a conversation, against counting hundredths of a second, and limits on them."""

from __future__ import annotations

import asyncio
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice import (
    AudioChunk,
    AudioSegment,
    LatencyMetrics,
    STTProvider,
    VoiceEvent,
    VoiceMetrics,
    set_stt_provider,
)
from scenario.voice._recording.latency import TurnTiming, build_latency
from scenario.voice._recording.metrics import build_metrics

INTERVALS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), max_size=6)


class Heard(STTProvider):
    """Answers with given texts, by the length of the audio."""

    def __init__(self, **texts: str) -> None:
        self.texts = texts
        self.asked: list[AudioChunk] = []

    async def transcribe(self, audio: AudioChunk) -> str:
        self.asked.append(audio)
        return self.texts[f"s{round(audio.duration_seconds)}"]


def said(speaker: str, start: float, seconds: float, text: str | None, **facts: object) -> AudioSegment:
    return AudioSegment(speaker, start, start + seconds, bytes(int(seconds * 48_000)), text, **facts)  # type: ignore[arg-type]


def interrupted(stopped_after: float | None) -> VoiceEvent:
    facts = {"outcome": "fired_after_speech", "stopped_after": stopped_after}
    return VoiceEvent(1.0, "user_interrupt", metadata=facts)


@given(user=INTERVALS, agent=INTERVALS)
def test_talk_and_silence_are_those_of_counted_moments(user, agent):
    u = {moment for start, end in user for moment in range(start, end)}
    a = {moment for start, end in agent for moment in range(start, end)}
    metrics = build_metrics(
        [(start / 100, end / 100) for start, end in user],
        [(start / 100, end / 100) for start, end in agent],
        6.0,
        [],
        [],
    )
    longest = run = 0
    for moment in range(min(u | a, default=0), max(u | a, default=0)):
        run = 0 if moment in u | a else run + 1
        longest = max(longest, run)
    assert metrics.user_talk == pytest.approx(len(u) / 100)
    assert metrics.agent_talk == pytest.approx(len(a) / 100)
    assert metrics.talk_over == pytest.approx(len(u & a) / 100)
    assert metrics.talk_over_ratio == pytest.approx(len(u & a) / len(u | a) if u | a else 0)
    assert metrics.silence == pytest.approx(6 - len(u | a) / 100)
    assert metrics.longest_silence == pytest.approx(longest / 100)


def test_interruptions_are_counted_by_who_and_how_fast():
    events = [
        interrupted(0.4),
        interrupted(1.0),
        interrupted(1.01),
        interrupted(None),
        VoiceEvent(2.0, "user_interrupt", metadata={"outcome": "pending_done", "stopped_after": 0.0}),
        VoiceEvent(3.0, "agent_interrupt", metadata={"overlap": 0.3}),
    ]
    metrics = build_metrics([], [], 10.0, events, [])
    assert (metrics.interruptions, metrics.interruptions_stopped, metrics.agent_interruptions) == (4, 2, 1)


def test_words_per_minute_counts_what_was_heard():
    segments = [
        said("user", 0, 2, "One, two, three."),
        said("agent", 2, 2, "Four five six seven eight.", heard_transcript="Four five"),
        said("agent", 4, 1, None),
    ]
    metrics = build_metrics([(0, 1.5)], [(2, 3)], 5.0, [], segments)
    assert metrics.words_per_minute == {"user": 120.0, "agent": 120.0}
    assert build_metrics([], [], 5.0, [], segments).words_per_minute == {"user": None, "agent": None}


async def test_word_errors_are_those_of_the_recorded_audio_against_what_was_meant():
    segments = [
        said("user", 0, 1, "My order is late."),
        said("user", 2, 2, "Order forty two."),
        said("agent", 5, 3, "Where is it?"),
        said("agent", 9, 4, None),
        said("user", 14, 5, "..."),
    ]
    metrics = build_metrics([], [], 20.0, [], segments)
    provider = Heard(s1="my order was late", s2="forty two please", s3="Where is it", s5="")
    assert metrics.wer == {}
    assert await metrics.compute_wer(provider) == {"user": pytest.approx(3 / 7), "agent": 0.0}
    assert metrics.wer == {"user": pytest.approx(3 / 7), "agent": 0.0}
    assert [(one.start_time, one.errors, one.words, one.wer) for one in metrics.wer_by_segment] == [
        (0, 1, 4, 0.25),
        (2, 2, 3, pytest.approx(2 / 3)),
        (5, 0, 3, 0.0),
        (14, 0, 0, None),
    ]
    assert all(audio.transcript is None for audio in provider.asked)


async def test_an_interrupted_segment_is_compared_with_what_was_heard_of_it():
    cut = said("agent", 0, 1, "Your order left on Monday.", heard_transcript="Your order")
    metrics = build_metrics([], [], 1.0, [], [cut])
    assert await metrics.compute_wer(Heard(s1="your order")) == {"agent": 0.0}


async def test_without_a_provider_the_one_that_was_set_is_asked():
    set_stt_provider(Heard(s1="hello you"))
    try:
        metrics = build_metrics([], [], 1.0, [], [said("user", 0, 1, "Hello.")])
        assert await metrics.compute_wer() == {"user": 1.0}
    finally:
        set_stt_provider(None)


async def test_at_most_eight_segments_are_transcribed_at_once():
    class Counting(STTProvider):
        now = most = 0

        async def transcribe(self, audio: AudioChunk) -> str:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            return "hi"

    provider = Counting()
    await build_metrics([], [], 1.0, [], [said("user", 0, 1, "hi")] * 30).compute_wer(provider)
    assert provider.most == 8


async def test_a_failing_provider_is_told_as_it_is():
    metrics = build_metrics([], [], 1.0, [], [said("user", 0, 7, "Hello.")])
    with pytest.raises(KeyError, match="s7") as caught:
        await metrics.compute_wer(Heard())
    assert caught.value.__context__ is None
    assert metrics.wer == {}


def test_limits_on_figures_of_both_kinds_are_all_checked():
    latency = build_latency([TurnTiming(1, 1.0, 3.0, 1.0, 2.5)], [])
    metrics = build_metrics([(0, 1)], [(0.5, 3)], 4.0, [], [said("user", 0, 1, "a b c")], latency=latency)
    metrics.assert_within(p95_response_time=2.0, talk_over_ratio=0.2, silence=1.0, transport_ttfb=1.5)
    with pytest.raises(AssertionError) as caught:
        metrics.assert_within(
            p95_response_time=1.5, talk_over=0.4, agent_talk=3, words_per_minute=170, measurements=1
        )
    assert str(caught.value).splitlines()[1:] == [
        "- p95_response_time: 2, limit 1.5",
        "- talk_over: 0.5, limit 0.4",
        "- words_per_minute of the user: 180, limit 170",
        "- measurements[0]: 2, limit 1",
    ]


def test_what_was_not_measured_is_not_within_a_limit():
    metrics = build_metrics([], [], 4.0, [], [], latency=build_latency([], []))
    with pytest.raises(AssertionError, match="p95_response_time: not measured"):
        metrics.assert_within(p95_response_time=1.5)
    with pytest.raises(AssertionError, match="await compute_wer"):
        metrics.assert_within(wer=0.1)
    with pytest.raises(AssertionError, match="not measured"):
        VoiceMetrics().assert_within(avg_response_time=1)


def test_how_fast_an_agent_stops_only_counts_when_it_was_interrupted():
    quiet = build_metrics([], [], 4.0, [], [], latency=build_latency([], []))
    quiet.assert_within(interrupt_response_time=0.5)
    events = [interrupted(0.2), interrupted(None)]
    metrics = build_metrics([], [], 4.0, events, [], latency=build_latency([], events))
    with pytest.raises(AssertionError, match="did not stop after 1 of 2 interruptions"):
        metrics.assert_within(interrupt_response_time=0.5)


def test_every_number_of_a_conversation_and_of_its_latencies_can_be_limited():
    numbers = {field.name for field in fields(VoiceMetrics)} - {"latency", "segments", "wer_by_segment"}
    latencies = {name for name in dir(LatencyMetrics()) if not name.startswith("_")} - {"per_turn"}
    far = dict.fromkeys(numbers | latencies, 1e9)
    latency = LatencyMetrics([1.0], 1.0, 1.0, interrupt_response_times=[1.0], transport_ttfb=[1.0])
    VoiceMetrics(words_per_minute={"user": 1.0}, wer={"user": 1.0}, latency=latency).assert_within(**far)
    near = dict.fromkeys(far, -1.0)
    with pytest.raises(AssertionError) as caught:
        VoiceMetrics(
            interruptions=1, words_per_minute={"user": 1.0}, wer={"user": 1.0}, latency=latency
        ).assert_within(**near)
    assert len(str(caught.value).splitlines()) == 1 + len(far)


def test_a_misspelt_limit_is_an_error():
    with pytest.raises(TypeError, match=r"p59_response_time.*p50_response_time"):
        VoiceMetrics().assert_within(p59_response_time=1.0)
