"""The outline of a transcript that is too long."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from scenario._judge.skeleton import skeleton


def lines_of(*texts):
    return [f"#{number} assistant: {text}" for number, text in enumerate(texts, 1)]


def test_lines_that_fit_stay():
    lines = lines_of("one", "two")

    assert skeleton(lines, 4_000) == lines


def test_a_long_line_keeps_number_role_beginning_end_and_says_its_size():
    (line,) = skeleton(["#1 assistant: " + "a" * 50_000 + "z" * 50_000], 2_000)

    assert line.startswith("#1 assistant: aaaa")
    assert line.endswith("zzzz")
    assert "of 100,014 characters omitted" in line
    assert len(line) <= 2_000


def test_short_lines_are_whole_beside_a_long_one():
    lines = lines_of("short", "x" * 100_000, "also short")
    outline = skeleton(lines, 4_000)

    assert (outline[0], outline[2]) == (lines[0], lines[2])


def test_many_lines_in_the_middle_are_told_as_ranges():
    lines = [
        f"#{n} {('user', 'assistant', 'tool (find)')[n % 3]}: words words words" for n in range(1, 10_001)
    ]
    outline = skeleton(lines, 8_000)
    ranges = [line for line in outline if "messages omitted" in line]

    assert outline[:10] == lines[:10]
    assert outline[-20:] == lines[-20:]
    assert ranges[0] == (
        "#11 to #1007: 997 messages omitted (333 tool, 332 user, 332 assistant), 31,826 characters"
    )
    assert ranges[-1].partition(" to ")[2].startswith("#9980:")


def test_roles_that_nobody_knows_are_counted_together():
    lines = [f"#{n} role{n}: x" for n in range(1, 1001)]

    assert "(497 other)" in skeleton(lines, 2_000)[2]


def test_withdrawn_messages_are_counted_by_their_role():
    lines = [f"#w{n} (withdrawn by the test in turn 1, was #{n}) assistant: x" for n in range(1, 1001)]

    assert skeleton(lines, 2_000)[2].startswith("#w3 to #w499: 497 messages omitted (497 assistant), ")


@given(st.lists(st.text(max_size=400), max_size=300), st.integers(1_600, 20_000))
def test_an_outline_keeps_to_its_limit_and_to_the_order(texts, limit):
    lines = [line.replace("\n", " ") for line in lines_of(*texts)]
    outline = skeleton(lines, limit)
    numbers = [int(line.partition(" ")[0].removeprefix("#")) for line in outline]

    assert sum(len(line.encode("utf-8", "surrogatepass")) + 1 for line in outline) <= limit
    assert numbers == sorted(numbers)
    assert not lines or numbers[0] == 1
