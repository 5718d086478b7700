"""Messages that no API would send, but agents may return."""

from __future__ import annotations

import pytest

from scenario._console.layout import layout


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        (
            {"role": "assistant", "content": ["hi", {"type": "text", "text": "there"}]},
            [("Agent", "hi there")],
        ),
        ({"role": "assistant", "content": [None]}, [("Agent", "<None>")]),
        ({"role": "assistant", "content": None, "tool_calls": ["odd"]}, [("ToolCall(None)", "")]),
        ({"role": "assistant", "content": "hi", "tool_calls": 5}, [("Agent", "hi")]),
        ({"role": "assistant", "tool_calls": [{"function": "f"}]}, [("ToolCall(None)", "")]),
    ],
)
def test_odd_parts_are_shown_and_never_raise(message, shown):
    assert [tuple(paragraph) for paragraph in layout(message)] == shown
