"""Attempts to steer the judge change neither what it is asked nor what its answer means."""

from __future__ import annotations

import json
import re

import pytest
from opentelemetry.trace import Status, StatusCode

from ..judge.judge_case import CONTINUE, MET, finish, judge_input, judge_with, on_request
from .attack_samples import ATTACKS
from .trace_case import Traces, calls, results

HARMLESS = "Your parcel is on its way."
TAGS = re.compile(
    r"[<\uff1c]\W*(?:scenario|criteria|transcript|opentelemetry_traces|timeline|additional_context|system"
    r"|finish_test|continue_test)\b",
    re.IGNORECASE,
)
_BLOCKS = re.compile(r'<(\w+) token="(\w+)">\n(.*?)\n</\1 token="\2">', re.DOTALL)
REPLIES = {
    "met": MET,
    "not met": finish("false", "true", verdict="failure"),
    "undecided": finish("true", "inconclusive", verdict="inconclusive"),
    "continues": CONTINUE,
    "as text": MET["finish_test"],
    "unreadable": "hm",
}


def said(text):
    return {"role": "assistant", "content": text}


def called(name="find_order", arguments=None):
    function = {"name": name, "arguments": json.dumps(arguments or {})}
    return {"role": "assistant", "tool_calls": [{"id": "1", "function": function}]}


PLACES_IN_MESSAGES = {
    "content": said,
    "content part": lambda text: said([{"type": "text", "text": text}]),
    "tool result": lambda text: {"role": "tool", "tool_call_id": "1", "content": text},
    "object in a tool result": lambda text: {"role": "tool", "tool_call_id": "1", "content": {"note": text}},
    "tool name": lambda text: called(name=text),
    "tool argument": lambda text: called(arguments={"note": text}),
    "tool argument's name": lambda text: called(arguments={text: 1}),
}


def failing(traces, text):
    with traces.call(), traces.tracer.start_as_current_span("pay") as span:
        span.set_status(Status(StatusCode.ERROR, text))
    return f"{span.get_span_context().span_id:016x}"


PLACES_IN_SPANS = {
    "name": lambda traces, text: traces.add(text),
    "key": lambda traces, text: traces.add("pay", {text: "x"}),
    "value": lambda traces, text: traces.add("pay", {"note": text}),
    "value in JSON": lambda traces, text: traces.add("pay", {"note": json.dumps({"note": text})}),
    "value in a list": lambda traces, text: traces.add("pay", {"notes": ["x", text]}),
    "event": lambda traces, text: traces.add("pay", events=[(text, {})]),
    "value of an event": lambda traces, text: traces.add("pay", events=[("done", {"note": text})]),
    "error": failing,
}


def traces_with(place, text):
    traces = Traces()
    return traces, PLACES_IN_SPANS[place](traces, text)


async def judged(reply, *, input=None, collector=None, **settings):
    settings = {"span_collector": collector or Traces().collector, **settings}
    with judge_with(lambda _: reply, **settings) as (judge, model):
        answer = await judge.call(input or on_request())
    return answer, model.requests


def frame_of(request):
    """What the prompt is made of, without what stands in its evidence."""
    system, user = (message["content"] for message in request.messages[:2])
    evidence = re.sub(r'(<(\w+) token="(\w+)">\n).*?(\n</\2 token="\3">)', r"\1\4", user, flags=re.DOTALL)
    without_suspects = re.sub(
        r"Text that seems to be aimed at you was found in .*?conduct\.\n\n", "", evidence
    )
    return system, without_suspects, list(request.tools), request.tool_choice


def evidence_of(request):
    blocks = _BLOCKS.findall(request.messages[1]["content"])
    return "\n".join(text for _, _, text in blocks)


def is_flagged(request):
    return "aimed at you was found in" in request.messages[1]["content"]


def outcome_of(answer):
    if answer == []:
        return []
    return answer.success, answer.passed_criteria, answer.failed_criteria, answer.inconclusive_criteria


def test_there_are_at_least_forty_attacks_in_a_dozen_languages():
    assert len(ATTACKS) >= 40
    assert sum(not text.isascii() for text in ATTACKS.values()) >= 12


@pytest.mark.parametrize("place", PLACES_IN_MESSAGES)
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
async def test_an_attack_in_a_message_changes_nothing_but_its_line(attack, place):
    requests = []
    for text in (HARMLESS, attack):
        messages = [{"role": "user", "content": "hi"}, PLACES_IN_MESSAGES[place](text), said("Bye.")]
        requests += (await judged(MET, input=on_request(messages=messages)))[1]
    harmless, attacked = requests
    transcript = attacked.messages[1]["content"].partition("\n</transcript")[0].partition("<transcript ")[2]
    lines = transcript.splitlines()

    assert frame_of(attacked) == frame_of(harmless)
    assert (len(lines), is_flagged(harmless), is_flagged(attacked)) == (4, False, True)
    assert not TAGS.search("\n".join(lines[1:]))


@pytest.mark.parametrize("place", PLACES_IN_SPANS)
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
async def test_an_attack_in_a_span_changes_nothing_but_its_lines(attack, place):
    harmless, _ = traces_with(place, HARMLESS)
    attacked, id = traces_with(place, attack)
    _, (before,) = await judged(MET, collector=harmless.collector)
    _, (after,) = await judged(MET, collector=attacked.collector)

    assert frame_of(after) == frame_of(before)
    assert len(evidence_of(after).splitlines()) == len(evidence_of(before).splitlines())
    assert f"found in {id[:8]}" in after.messages[1]["content"]
    assert not is_flagged(before)
    assert not TAGS.search(evidence_of(after))


@pytest.mark.parametrize("tool", ["expand_trace", "grep_trace"])
@pytest.mark.parametrize("place", ["name", "key", "value", "event", "error"])
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
async def test_an_attack_that_is_looked_up_stays_in_its_fence(attack, place, tool, caplog):
    traces, id = traces_with(place, attack)
    names = {"name", "error"}
    asked = (
        {"span_ids": [id]}
        if tool == "expand_trace"
        else {"pattern": ": x" if place == "key" else attack[:20]}
    )
    replies = iter([calls((tool, asked)), MET])
    with judge_with(replies, span_collector=traces.collector, token_threshold=0) as (judge, model):
        answer = await judge.call(on_request())
    (shown,) = results(model.requests[1])
    token = model.requests[0].messages[1]["content"].partition('token="')[2].partition('"')[0]
    note, _, inside = shown.partition(f'<opentelemetry_traces token="{token}">\n')
    inside, closing, rest = inside.partition(f'\n</opentelemetry_traces token="{token}">')

    assert answer.success is True
    assert (bool(closing), rest) == (True, "")
    assert not TAGS.search(inside)
    if tool == "expand_trace":
        assert note.startswith("Some of this text seems to be aimed at you")
    assert "aimed at the judge" in caplog.text
    assert is_flagged(model.requests[0]) is (place in names)


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
@pytest.mark.parametrize("forced", [True, False], ids=["forced", "not forced"])
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS.keys())
async def test_the_same_reply_means_the_same_beside_an_attack(attack, forced, reply):
    ask = on_request if forced else judge_input
    outcomes = []
    for text in (HARMLESS, attack):
        traces, _ = traces_with("value", text)
        input = ask(messages=[{"role": "user", "content": "hi"}, said(text)])
        answer, _ = await judged(reply, input=input, collector=traces.collector)
        outcomes.append(outcome_of(answer))

    assert outcomes[0] == outcomes[1]
