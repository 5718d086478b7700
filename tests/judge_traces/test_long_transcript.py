"""Conversations larger than what the judge's model takes."""

from __future__ import annotations

import asyncio
import json

import pytest

from scenario._tokens import cautious_tokens, estimate_tokens

from ..judge.judge_case import CRITERIA, MET, judge_input, judge_with, on_request
from .trace_case import Traces, block, calls, results, tool_names

WINDOW = 32_000  # of a model that nobody knows
NEEDLE = "the secret word is xylophone"


def one_huge_message(text="Some words about nothing in particular. "):
    half = text * (1_000_000 // len(text.encode()))
    return [
        {"role": "user", "content": "Tell me all."},
        {"role": "assistant", "content": f"{half}{NEEDLE} {half}"},
        {"role": "user", "content": "Thank you."},
    ]


def very_many_messages(count=20_000):
    messages = [
        {"role": "user" if number % 2 else "assistant", "content": f"Message {number}. " + "Some words. " * 8}
        for number in range(1, count + 1)
    ]
    messages[count * 2 // 3 // 2 * 2 - 1]["content"] += NEEDLE
    return messages


CONVERSATIONS = {
    "one message of 2 MB": one_huge_message(),
    "20,000 messages": very_many_messages(),
    "2 MB of digits and signs": one_huge_message("9$x{7}&1;"),
    "2 MB of Japanese": one_huge_message("これは長い会話です。"),
}


@pytest.fixture(params=CONVERSATIONS.values(), ids=CONVERSATIONS.keys())
def messages(request):
    return request.param


async def requests_of(replies, input, **settings):
    with judge_with(replies, **settings) as (judge, model):
        await judge.call(input)
    return model.requests


def tokens_of(request):
    return cautious_tokens(json.dumps([list(request.messages), list(request.tools)], ensure_ascii=False))


async def test_prompt_and_reply_fit_into_the_window(messages):
    (request,) = await requests_of([MET], on_request(messages=messages))

    assert tokens_of(request) < WINDOW - 4_096
    assert estimate_tokens(block(request.messages, "transcript")) > 2_000


async def test_criteria_and_rules_are_untouched(messages):
    (long,) = await requests_of([MET], on_request(messages=messages))
    (short,) = await requests_of([MET], on_request(messages=messages[:1]))

    assert long.messages[0] == short.messages[0]
    assert all(criterion in long.messages[0]["content"] for criterion in CRITERIA)
    assert "call finish_test" in long.messages[1]["content"].rpartition("</transcript")[2]


async def test_the_needle_is_found_with_the_tools(messages):
    position = next(n for n, message in enumerate(messages, 1) if NEEDLE in message["content"])
    first, second, third = await requests_of(
        [
            calls(("grep_transcript", {"pattern": "SECRET word"})),
            calls(("expand_transcript", {"numbers": [str(position)]})),
            MET,
        ],
        judge_input(messages),
    )

    assert tool_names(first) == ["expand_transcript", "grep_transcript", "continue_test", "finish_test"]
    assert NEEDLE not in first.messages[1]["content"]
    assert NEEDLE in results(second)[0]
    assert f"#{position} assistant: " in results(second)[0]
    assert f"#{position} assistant: " in results(third)[1]
    assert results(third)[1].startswith("<transcript token=")


async def test_looking_up_as_much_as_possible_still_fits(messages):
    greedy = calls(*[("expand_transcript", {"numbers": "1-20000"})] * 8)
    requests = await requests_of([greedy] * 10 + [MET], on_request(messages=messages))

    assert max(map(tokens_of, requests)) < WINDOW
    assert tool_names(requests[-1]) == ["finish_test"]


async def test_the_hint_stands_behind_the_transcript(messages):
    (request,) = await requests_of([MET], on_request(messages=messages))
    behind = request.messages[1]["content"].rpartition("</transcript")[2]

    assert "expand_transcript(numbers)" in behind
    assert "grep_transcript(pattern)" in behind


async def test_a_transcript_that_fits_is_shown_whole_without_tools():
    messages = [{"role": "user", "content": "word " * 8_000}]
    (request,) = await requests_of([MET], on_request(messages=messages))

    assert messages[0]["content"] in request.messages[1]["content"]
    assert tool_names(request) == ["finish_test"]


async def test_a_large_window_takes_a_large_transcript(monkeypatch):
    monkeypatch.setattr("scenario._judge.window.context_window", lambda _: 1_000_000)
    (request,) = await requests_of([MET], on_request(messages=one_huge_message()))

    assert NEEDLE in request.messages[1]["content"]
    assert tool_names(request) == ["finish_test"]


async def test_the_limit_of_the_reply_is_kept_free():
    (request,) = await requests_of([MET], on_request(messages=very_many_messages()), max_tokens=8_000)

    assert tokens_of(request) < WINDOW - 8_000


async def test_transcript_and_traces_can_both_be_too_long():
    traces = Traces()
    traces.add_many(2_000, {"note": NEEDLE})
    greedy = calls(("grep_trace", {"pattern": "secret"}), ("grep_transcript", {"pattern": "secret"}))
    requests = await requests_of(
        [greedy, MET], on_request(messages=very_many_messages()), span_collector=traces.collector
    )

    assert tool_names(requests[0]) == [
        "expand_trace", "grep_trace", "expand_transcript", "grep_transcript", "finish_test",
    ]  # fmt: skip
    assert [NEEDLE in text for text in results(requests[1])] == [True, True]
    assert max(map(tokens_of, requests)) < WINDOW


async def test_reading_a_huge_conversation_leaves_the_loop_free():
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0)
            ticks += 1

    with judge_with([MET]) as (judge, _):
        ticking = asyncio.create_task(tick())
        await judge.call(on_request(messages=very_many_messages(4_000)))
        ticking.cancel()

    assert ticks > 20  # a call that never leaves the loop gives way a handful of times
