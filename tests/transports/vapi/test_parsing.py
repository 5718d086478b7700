"""Whatever the peer says is read or refused, and never breaks anything else."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from scenario.voice.adapters._vapi.call import read_call
from scenario.voice.adapters._vapi.messages import MessageError, read_message

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
_MESSAGE = st.fixed_dictionaries(
    {}, optional={"type": st.just("tool-calls") | _JSON, "toolCallList": _JSON, "message": _JSON}
)


@given(_MESSAGE | _JSON)
def test_any_json_is_a_message_or_none(value):
    try:
        message = read_message(json.dumps(value))
    except MessageError:
        assert not isinstance(value, dict)
        return
    assert isinstance(message.type, str)
    for call in message.tool_calls:
        assert all(isinstance(part, str) for part in call)


@given(st.text())
def test_anything_else_is_refused(frame):
    try:
        read_message(frame)
    except MessageError:
        return
    assert isinstance(json.loads(frame), dict)


@given(_JSON | st.fixed_dictionaries({"transport": _JSON, "monitor": _JSON}))
def test_answers_without_addresses_are_calls_without_addresses(answer):
    assert read_call(answer) == (None, None)
