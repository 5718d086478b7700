"""Trees of spans, also where the parents make no tree."""

from __future__ import annotations

from scenario._judge.digest import judge_span_digest_formatter

from .recorded_spans import Recorder, context, hand_made, ms, number


def drawn(spans) -> list[str]:
    """Prefix and name of each span line."""
    found = []
    for line in judge_span_digest_formatter.format(spans).splitlines()[2:]:
        prefix, bracket, rest = line.partition("[")
        if bracket:
            found.append(prefix + rest.split()[2])
    return found


def test_prefixes_draw_the_tree():
    recorder = Recorder()
    parents = {"a": None, "b": "a", "c": "b", "d": "b", "e": "a", "f": "e"}
    for position, (name, parent) in enumerate(parents.items()):
        recorder.span(name, name, parent, at=position)

    assert drawn(recorder.spans) == [
        "a",
        "├── b",
        "│   ├── c",
        "│   └── d",
        "└── e",
        "    └── f",
    ]


def test_a_span_whose_parent_is_not_there_is_a_root():
    recorder = Recorder()
    recorder.span("orphan", "a1", "bb")

    assert drawn(recorder.spans) == ["orphan"]


def test_a_parent_may_start_after_its_child():
    recorder = Recorder()
    recorder.span("child", "a1", "bb", at=0)
    recorder.span("parent", "bb", at=50)

    assert drawn(recorder.spans) == ["parent", "└── child"]


def test_a_span_that_is_its_own_parent_is_a_root():
    recorder = Recorder()
    recorder.span("self", "a1", "a1")

    assert drawn(recorder.spans) == ["self"]


def test_a_circle_is_opened_at_the_span_that_started_first():
    recorder = Recorder()
    recorder.span("tail", "a0", "a1", at=0)
    recorder.span("one", "a1", "a3", at=1)
    recorder.span("two", "a2", "a1", at=2)
    recorder.span("three", "a3", "a2", at=3)

    assert drawn(recorder.spans) == ["one", "├── tail", "└── two", "    └── three"]


def test_spans_with_one_id_are_all_shown_and_the_first_has_the_children():
    recorder = Recorder()
    recorder.span("first", "a1", at=0)
    recorder.span("second", "a1", at=1)
    recorder.span("child", "b1", "a1", at=2)

    assert drawn(recorder.spans) == ["first", "└── child", "second"]


def test_equal_ids_of_two_traces_are_two_spans():
    parent = hand_made(name="other", context=context(number("a1"), trace_id=9))
    child = hand_made(name="child", context=context(number("b1")), parent=context(number("a1")))

    assert drawn([parent, child]) == ["other", "child"]


def test_spans_without_a_context_are_roots():
    spans = [hand_made(name=name, context=None) for name in ("one", "two")]

    assert drawn(spans) == ["one", "two"]
    assert "[00000000] " in judge_span_digest_formatter.format(spans)


def test_a_chain_of_20000_spans_is_shown_whole():
    spans = [
        hand_made(
            name=f"n{depth}",
            context=context(depth + 1),
            parent=context(depth) if depth else None,
            start_time=ms(depth),
        )
        for depth in range(20_000)
    ]

    lines = drawn(spans)

    assert lines[:2] == ["n0", "└── n1"]
    assert [line.rpartition(" ")[2] for line in lines] == [f"n{depth}" for depth in range(20_000)]
    assert lines[-1].endswith("└── (level 19999) n19999")
    assert max(map(len, lines)) < 300
