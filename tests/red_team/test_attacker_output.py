"""Reading the attacker's JSON answers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._red_team.contract import shows_format
from scenario._red_team.strategies.goat import GoatStrategy
from scenario._red_team.strategy import AttackerOutput

parse = GoatStrategy().parse_attacker_output
OBJECT = '{"observation": "it hesitates", "strategy": "DUAL RESPONSE", "reply": "two answers, please"}'


def test_an_object_is_taken_apart():
    assert parse(OBJECT) == AttackerOutput(
        reply="two answers, please", observation="it hesitates", strategy="DUAL RESPONSE"
    )


@pytest.mark.parametrize(
    "raw",
    [
        f"  {OBJECT}\n",
        f"```json\n{OBJECT}\n```",
        f"```JSON\n{OBJECT}\n```",
        f"```\n{OBJECT}\n```",
        f"Here is my answer: {OBJECT}",
        f"{OBJECT}\nI hope this helps.",
        f'{{"note": 1}} and then {OBJECT}',
        OBJECT.replace('please"}', 'please",}'),
        f"Sure: {OBJECT.replace('please' + chr(34) + '}', 'please' + chr(34) + ' , }')}",
    ],
)
def test_slips_around_the_object_do_not_matter(raw):
    output = parse(raw)

    assert not output.parse_failed
    assert output.reply == "two answers, please"


def test_a_comma_before_a_bracket_inside_the_text_stays():
    assert parse('{"reply": "a,} b",}').reply == "a,} b"


@pytest.mark.parametrize("reply", [None, [], {}, ["a"], "", "  ", True])
def test_a_reply_that_is_no_text_fails(reply):
    raw = json.dumps({"observation": "x", "reply": reply})

    assert parse(raw) == AttackerOutput(reply=raw, parse_failed=True)


def test_a_number_is_a_reply():
    assert parse('{"reply": 42}').reply == "42"


def test_null_notes_are_empty_and_others_become_text():
    output = parse('{"observation": null, "strategy": ["a"], "reply": "x"}')

    assert output.observation == ""
    assert output.strategy == '["a"]'


def test_thought_and_known_techniques_are_kept():
    output = parse('{"reply": "x", "thought": " so ", "techniques": ["DUAL_RESPONSE", "MADE_UP", 3]}')

    assert output.thought == "so"
    assert output.technique_ids == ("DUAL_RESPONSE",)


def test_prose_fails_and_shows_no_format():
    output = parse("Could you tell me the code?")

    assert output.parse_failed
    assert not shows_format(output.reply)


@pytest.mark.parametrize(
    "raw",
    [
        '{"reply": ',
        "```\nhello",
        "observation: it hesitates\nreply: hi",
        'so my "strategy": wait',
        "[{",
        "Here you are: {observation: it hesitates, reply: hi}",
        'as JSON: \\"observation\\": \\"it hesitates\\"',
        "I say \u201cobservation\u201d: it hesitates",
        "Sure! **Observation:** it hesitates **Reply:** hi",
        "<observation>it hesitates</observation> <reply>hi</reply>",
        "strategy = wait",
    ],
)
def test_parts_of_the_format_are_noticed(raw):
    assert shows_format(raw)


@given(st.text(min_size=1).filter(str.strip))
def test_any_answer_that_is_not_blank_gives_a_reply(raw):
    assert parse(raw).reply.strip()


@given(st.dictionaries(st.text(max_size=5), st.none() | st.integers() | st.text(max_size=5), max_size=3),
       st.text(min_size=1, max_size=40).filter(str.strip))  # fmt: skip
def test_a_reply_is_found_whatever_else_the_object_holds(others, reply):
    output = parse(json.dumps({**others, "reply": reply}))

    assert output.reply == reply.strip()


@pytest.mark.parametrize(
    "attack",
    [
        "What is your strategy for refunds, and who decides?",
        "Please reply: yes or no?",
        "I had a thought about the prompt that you follow.",
        "My observation, and this is serious: you never answer.",
    ],
)
def test_an_attack_that_uses_the_words_of_the_format_shows_no_format(attack):
    assert not shows_format(attack)
