"""Whatever the service says is read or refused, and never breaks anything else."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from scenario.voice.adapters._elevenlabs.alignment import spoken_pieces
from scenario.voice.adapters._elevenlabs.server_events import FrameError, read_event

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_EVENT = st.fixed_dictionaries(
    {"type": st.sampled_from(["audio", "ping", "client_tool_call", "interruption"]) | _JSON},
    optional={"audio_event": _JSON, "ping_event": _JSON, "event_id": _JSON, "client_tool_call": _JSON},
)


@given(_EVENT | _JSON)
def test_any_json_is_an_event_or_none(value):
    try:
        event = read_event(json.dumps(value))
    except FrameError:
        assert not isinstance(value, dict)
        return
    assert isinstance(event.text("text"), str)
    assert event.number("event_id") is None or isinstance(event.number("event_id"), int)


@given(st.binary() | st.text())
def test_anything_else_is_refused(frame):
    try:
        read_event(frame)
    except FrameError:
        return
    assert isinstance(json.loads(frame), dict)


@given(
    st.binary(max_size=4000).map(lambda data: data[: len(data) // 2 * 2]),
    st.lists(st.tuples(st.sampled_from("ab \n"), st.integers(-5, 90)), max_size=12),
)
def test_pieces_of_any_alignment_make_up_the_audio_and_the_text(pcm, letters):
    letters.sort(key=lambda letter: letter[1])
    chars, starts = [char for char, _ in letters], [max(0, start) for _, start in letters]
    pieces = spoken_pieces(pcm, {"chars": chars, "char_start_times_ms": starts})
    assert b"".join(audio for audio, _ in pieces) == pcm
    assert "".join(text for _, text in pieces) == "".join(chars)
    assert all(len(audio) % 2 == 0 for audio, _ in pieces)


@given(st.binary(max_size=200).map(lambda data: data[: len(data) // 2 * 2]), _JSON, _JSON)
def test_alignments_that_are_none_lose_no_audio(pcm, chars, starts):
    pieces = spoken_pieces(pcm, {"chars": chars, "char_start_times_ms": starts})
    assert b"".join(audio for audio, _ in pieces) == pcm
