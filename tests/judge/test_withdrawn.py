"""What a rollback removed, as evidence."""

from __future__ import annotations

from scenario._judge.evidence import gather_evidence
from scenario._judge.record import Record
from scenario._judge.withdrawn import withdrawn_lines
from scenario.scenario_state import Rollback

from .judge_case import CONVERSATION, MET, judge_with, on_request, text_of


def rollback(*texts, turn=0, index=2):
    return Rollback(turn, index, [{"role": "assistant", "content": text} for text in texts])


def test_nothing_was_withdrawn():
    assert withdrawn_lines([]) == []


def test_each_line_is_marked_with_its_turn_and_place_and_numbered_over_all_rollbacks():
    lines = withdrawn_lines([rollback("a", "b"), rollback("c", turn=3, index=0)])

    assert lines == [
        '#w1 (withdrawn by the test in turn 1, was #3) assistant: "a"',
        '#w2 (withdrawn by the test in turn 1, was #4) assistant: "b"',
        '#w3 (withdrawn by the test in turn 4, was #1) assistant: "c"',
    ]


ATTEMPTS = [rollback("Some words about nothing. " * 300, turn=turn, index=0) for turn in range(20)]
LEAK = rollback("Words. " * 500 + "The code is 4711. " + "Words. " * 500, turn=20, index=0)


def test_a_leak_in_the_middle_of_much_that_was_withdrawn_is_shown():
    rollbacks = [LEAK, *ATTEMPTS]  # 160 kB
    record = Record(CONVERSATION, rollbacks)
    evidence = gather_evidence(record, room=100_000, token_threshold=8192)

    assert "The code is 4711." in evidence.transcript
    assert evidence.sources == ()


async def test_what_does_not_fit_into_the_prompt_can_be_looked_up():
    look = {"grep_transcript": {"pattern": "code is"}}
    with judge_with([look, MET]) as (judge, model):  # 32,000 tokens
        await judge.call(on_request(rollbacks=[LEAK, *ATTEMPTS]))

    assert "The code is 4711." not in text_of(model.prompts[0])
    assert "The code is 4711." in model.prompts[1][-1]["content"]
    assert "#w1 " in model.prompts[1][-1]["content"]
