"""What a rollback removed, as evidence."""

from __future__ import annotations

from scenario._judge.withdrawn import withdrawn_lines
from scenario._tokens import estimate_tokens
from scenario.scenario_state import Rollback


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


def test_long_messages_share_16000_tokens_and_short_ones_stay_whole():
    lines = withdrawn_lines([rollback("ä " * 60_000, "the leak: 4711", "b " * 60_000)])

    assert 14_000 < estimate_tokens("\n".join(lines)) <= 16_000
    assert lines[1].endswith('assistant: "the leak: 4711"')
    assert "characters omitted" in lines[0]
    assert "characters omitted" in lines[2]
    assert all(line.startswith(f"#w{number} ") for number, line in enumerate(lines, 1))


def test_of_very_many_messages_the_oldest_are_counted_only():
    lines = withdrawn_lines([rollback(*["some words " * 50] * 1000)])

    assert lines[0] == "(680 older withdrawn messages are not shown)"
    assert lines[-1].startswith("#w1000 ")
    assert estimate_tokens("\n".join(lines)) <= 16_200
