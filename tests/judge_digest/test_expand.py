"""The tool that shows chosen spans."""

from __future__ import annotations

import json

import pytest

from scenario._judge.digest import expand_trace

from .recorded_spans import Recorder, hand_made, one_span

LIMIT = 16_384
NOTICE = "[TRUNCATED]"


@pytest.fixture
def spans():
    recorder = Recorder()
    recorder.span(
        "chat",
        "abcd1234ef",
        at=20,
        attributes={"langwatch.input": "hi"},
        events=[("retry", {"reason": "429"})],
    )
    recorder.span("search", "abcd9999", "abcd1234ef", at=10, error="timeout")
    recorder.span("other", "12345678", at=30)
    return recorder.spans


CHAT = "[abcd1234] 2026-01-01T00:00:00.020Z chat (100ms)\n    input: hi\n    [event] retry\n      reason: 429"
SEARCH = "[abcd9999] 2026-01-01T00:00:00.010Z search (100ms) ⚠️ ERROR: timeout"
OTHER = "[12345678] 2026-01-01T00:00:00.030Z other (100ms)"


def test_a_span_is_shown_with_attributes_and_events(spans):
    assert expand_trace(spans, ["abcd1234"]) == CHAT


def test_a_beginning_shows_all_spans_in_order_of_their_start(spans):
    assert expand_trace(spans, ["abcd"]) == f"{SEARCH}\n\n{CHAT}"


def test_a_span_asked_for_twice_is_shown_once(spans):
    assert expand_trace(spans, ["abcd1234", "abcd1", "abcd1234ef000000"]) == CHAT


@pytest.mark.parametrize(
    "span_ids",
    [
        "abcd1234",
        "[abcd1234]",
        " ABCD1234 ",
        "0xABCD1234",
        ["[0xabcd1234]"],
        [["abcd1234"], []],
        ("`abcd1234`",),
        '["abcd1234"]',
        [None, "abcd1234", ""],
        "abcd1234,",
    ],
)
def test_ids_are_read_however_they_are_written(spans, span_ids):
    assert expand_trace(spans, span_ids) == CHAT


@pytest.mark.parametrize("span_ids", [12345678, [12345678], "12345678", [[[12345678]]]])
def test_numbers_are_ids(spans, span_ids):
    assert expand_trace(spans, span_ids) == OTHER


def test_a_string_may_hold_several_ids(spans):
    assert expand_trace(spans, "12345678, abcd9999") == f"{SEARCH}\n\n{OTHER}"


@pytest.mark.parametrize("span_ids", [None, [], "", "  ", "[]", [[], [None]], ["", ","]])
def test_without_an_id_one_is_asked_for(spans, span_ids):
    text = expand_trace(spans, span_ids)

    assert text.startswith("Error:")
    assert "span id" in text


def test_without_a_match_the_ids_are_listed(spans):
    text = expand_trace(spans, ["ffff"])

    assert text.startswith("Error:")
    assert "begins with: ffff" in text
    assert text.endswith("Available ids: abcd9999, abcd1234, 12345678")


@pytest.mark.parametrize(
    ("span_id", "shown"),
    [
        ("xyz", "'xyz'"),
        ("abc", "'abc'"),
        ("a" * 17, f"'{'a' * 17}'"),
        (-5, "'-5'"),
        (1.5, "'1.5'"),
        (True, "'True'"),
        (float("nan"), "'(float)'"),
        (10**4000, "'(int)'"),
        ({"id": "abcd1234"}, "'(dict)'"),
        ("a\nb", r"'a\\nb'"),
    ],
)
def test_what_is_no_id_is_named_beside_what_is_shown(spans, span_id, shown):
    assert expand_trace(spans, ["abcd1234", span_id]) == (
        f"{CHAT}\n\nError: not a span id (4 to 16 hexadecimal digits): {shown}"
    )
    assert expand_trace(spans, [span_id]).startswith("Error:")


def test_ids_without_a_match_are_named_at_the_end(spans):
    assert expand_trace(spans, ["abcd1234", "ffff", "eeee"]) == (
        f"{CHAT}\n\nError: no span has an id that begins with: ffff, eeee"
    )


def test_a_huge_request_is_read_in_part(spans):
    text = expand_trace(spans, ["12345678", *(f"{number:08x}" for number in range(100_000))])

    assert text.startswith(OTHER)
    assert "too many ids" in text
    assert len(text) < 2_000


def test_no_spans():
    assert expand_trace([], ["abcd1234"]) == "No spans recorded."
    assert expand_trace([], None) == "No spans recorded."


def without_notice(text: str) -> bytes:
    return text.partition(NOTICE)[0].encode()


def test_a_long_value_loses_its_middle():
    text = expand_trace(one_span(start="first", long="a" * 50_000 + "b" * 50_000, end="last"), "a100")

    assert "    start: first\n    long: aaa" in text
    assert "bbb\n    end: last" in text
    assert " characters omitted ...]" in text
    assert 14_000 < len(without_notice(text)) <= LIMIT
    assert text.splitlines()[-1].startswith(NOTICE)


def test_the_omitted_length_is_exact():
    text = expand_trace(one_span(long="é" * 50_000), "a100")

    omitted = int(text.partition("[... ")[2].partition(" ")[0])
    assert text.count("é") + omitted == 50_000


def test_the_room_is_shared_among_the_spans():
    recorder = Recorder()
    for position in range(4):
        recorder.span(
            f"work {position}", f"abcd{position}", at=position, attributes={"text": f"{position} " * 10_000}
        )
    recorder.span("short", "abcde", at=9, attributes={"text": "small"})

    text = expand_trace(recorder.spans, "abcd")

    assert all(text.count(f"{position} ") > 1_700 for position in range(4))
    assert "    text: small" in text
    assert len(without_notice(text)) <= LIMIT


def test_what_fits_is_shown_without_a_notice():
    text = expand_trace(one_span(one="a" * 7_000, two="b" * 7_000), "a100")

    assert NOTICE not in text
    assert text.count("a") > 7_000


def test_a_span_with_thousands_of_attributes_counts_what_is_left_out():
    text = expand_trace([hand_made(attributes={f"key{n}": n for n in range(5_000)})], "a100")

    assert "    key0: 0" in text
    assert " more lines" in text
    assert NOTICE in text
    assert len(without_notice(text)) <= LIMIT


def test_thousands_of_matches_are_counted():
    recorder = Recorder()
    for position in range(3_000):
        recorder.span("work", f"abcd{position:04}", attributes={"text": json.dumps(["日本" * 500])})

    text = expand_trace(recorder.spans, "abcd")

    assert text.count("] 2026-01-01T00:00:00.000Z work (100ms)") == 50
    assert "... 2950 more spans match" in text
    assert NOTICE in text
    assert len(without_notice(text)) <= LIMIT


def test_the_available_ids_are_bounded():
    recorder = Recorder()
    for position in range(5_000):
        recorder.span("work", f"{position + 1:08x}")

    text = expand_trace(recorder.spans, ["ffffffff"])

    assert len(text) <= LIMIT
    assert "00000001, 00000002" in text
    assert text.endswith(" more")
