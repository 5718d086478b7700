"""Messages and who sees them: core 2.4."""

from __future__ import annotations

import copy
import json
import pickle
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from scenario._engine.conversation import Conversation
from scenario._engine.copies import MessageView, copy_json, copy_message


def said(*texts: str, agents: int = 2) -> Conversation:
    conversation = Conversation(agents)
    for text in texts:
        conversation.add({"role": "user", "content": text}, trace_id="t1")
    return conversation


def test_an_added_message_is_stored_with_its_trace_and_the_callers_object_is_left_alone():
    mine = {"role": "user", "content": [{"type": "text", "text": "hi"}]}
    conversation = Conversation(0)
    conversation.add(mine, trace_id="t1")
    mine["content"][0]["text"] = "changed"
    assert conversation.messages == [
        {"role": "user", "content": [{"type": "text", "text": "hi"}], "trace_id": "t1"}
    ]
    assert "trace_id" not in mine


@pytest.mark.parametrize("bad", ["hi", None, {}, {"content": "hi"}, {"role": 7}, [], {"role": None}])
def test_what_is_no_message_is_refused(bad):
    with pytest.raises(ValueError, match="a message is a dict with a string 'role'"):
        Conversation(1).add(bad, trace_id=None)


def test_content_without_a_form_in_json_is_refused():
    with pytest.raises(ValueError, match="bytes has no form in JSON"):
        Conversation(1).add({"role": "user", "content": b"x"}, trace_id=None)


def test_a_message_is_new_for_every_agent_but_its_producer():
    conversation = Conversation(3)
    conversation.add({"role": "assistant", "content": "hi"}, trace_id=None, producer=1)
    assert [len(conversation.take(position)) for position in range(3)] == [1, 0, 1]


def test_taking_a_queue_empties_it():
    conversation = said("one")
    assert len(conversation.take(0)) == 1
    assert conversation.take(0) == []


def test_what_a_failed_call_had_taken_comes_back_in_front():
    conversation = said("one", "two")
    taken = conversation.take(0)
    conversation.add({"role": "user", "content": "three"}, trace_id=None)
    conversation.put_back(0, taken)
    assert [message["content"] for message in conversation.take(0)] == ["one", "two", "three"]


def test_what_was_withdrawn_meanwhile_does_not_come_back():
    conversation = said("one", "two")
    taken = conversation.take(0)
    conversation.withdraw_from(1)
    conversation.put_back(0, taken)
    assert [message["content"] for message in conversation.take(0)] == ["one"]


def test_withdrawn_messages_leave_every_queue():
    conversation = said("one", "two", "three")
    assert [message["content"] for message in conversation.withdraw_from(1)] == ["two", "three"]
    assert [message["content"] for message in conversation.take(0)] == ["one"]
    assert [message["content"] for message in conversation.take(1)] == ["one"]


def test_withdrawing_beyond_the_end_removes_nothing():
    assert said("one").withdraw_from(5) == []


def test_withdrawing_from_a_negative_index_is_refused():
    with pytest.raises(ValueError, match="at least 0, got -1"):
        said("one").withdraw_from(-1)


def test_messages_appended_to_the_live_list_show_up_in_the_view_but_not_as_new():
    conversation = said("one")
    conversation.take(0)
    conversation.messages.append({"role": "system", "content": "note"})
    assert conversation.view() == [{"role": "user", "content": "one"}, {"role": "system", "content": "note"}]
    assert conversation.take(0) == []


def test_a_message_edited_in_the_live_list_is_seen_edited():
    conversation = said("one", "two")
    conversation.view()
    conversation.messages[0]["content"] = "edited"
    assert conversation.view()[0]["content"] == "edited"


def test_a_message_replaced_in_the_live_list_is_seen_replaced():
    conversation = said("one", "two")
    conversation.view()
    conversation.messages[0] = {"role": "user", "content": "other"}
    assert [message["content"] for message in conversation.view()] == ["other", "two"]


def test_a_view_is_a_list_of_messages_without_trace_ids():
    view = said("one", "two").view()
    assert isinstance(view, list)
    assert view == [{"role": "user", "content": "one"}, {"role": "user", "content": "two"}]
    assert json.loads(json.dumps(view)) == list(view)


def test_changing_a_view_changes_neither_the_conversation_nor_another_view():
    conversation = Conversation(1)
    conversation.add({"role": "user", "content": [{"type": "text", "text": "hi"}]}, trace_id=None)
    first, second = conversation.view(), conversation.view()
    first[0]["content"][0]["text"] = "changed"
    first.append({"role": "user", "content": "mine"})
    next(iter(second))["role"] = "system"
    assert conversation.messages[0]["content"][0]["text"] == "hi"
    assert conversation.view() == [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]


def test_a_view_keeps_what_its_owner_changed_in_it():
    view = said("one", "two").view()
    view[0]["content"] = "changed"
    assert [message["content"] for message in view] == ["changed", "two"]
    view.insert(0, {"role": "system", "content": "first"})
    assert [message["content"] for message in view] == ["first", "changed", "two"]


VIEW_READERS = {
    "index": lambda view: [view[i] for i in range(len(view))],
    "negative index": lambda view: [view[-len(view) + i] for i in range(len(view))],
    "slice": lambda view: view[:],
    "iteration": lambda view: [*view],
    "reversed": lambda view: list(reversed(view))[::-1],
    "list": list,
    "copy": lambda view: view.copy(),
    "deepcopy": copy.deepcopy,
    "shallow copy": copy.copy,
    "pickle": lambda view: pickle.loads(pickle.dumps(view)),
    "sum before": lambda view: ([{"role": "x"}] + view)[1:],  # noqa: RUF005  # the operator is the test
    "sum after": lambda view: (view + [{"role": "x"}])[:-1],  # noqa: RUF005  # as above
    "pop": lambda view: [view.pop(0) for _ in range(len(view))],
    "sorted": lambda view: sorted(view, key=lambda message: message["content"]),
    "sort": lambda view: view.sort(key=lambda message: message["content"]) or view,
    "times": lambda view: view * 1,
    "extend": lambda view: (lambda mine: mine.extend(view) or mine)([]),
}


@pytest.mark.parametrize("reader", VIEW_READERS.values(), ids=VIEW_READERS.keys())
def test_whatever_is_read_from_a_view_is_the_readers_own(reader):
    conversation = said("a", "b", "c")
    read = reader(conversation.view())
    assert [message["content"] for message in read] == ["a", "b", "c"]
    for message in read:
        message["content"] = "changed"
    assert [message["content"] for message in conversation.messages] == ["a", "b", "c"]
    assert [message["content"] for message in conversation.view()] == ["a", "b", "c"]


def test_code_that_reads_the_storage_of_the_view_directly_sees_the_messages_too():
    class Body(BaseModel):
        messages: list[dict[str, str]]

    assert Body(messages=said("one").view()).model_dump() == {
        "messages": [{"role": "user", "content": "one"}]
    }


def test_adding_a_large_payload_copies_none_of_it():
    payload = "A" * 10_000_000
    message = {"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": payload}}]}
    conversation = Conversation(3)
    tracemalloc.start()
    conversation.add(message, trace_id="t1")
    for position in range(3):
        conversation.take(position)
        list(conversation.view())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 100_000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(value=json_values)
def test_a_copy_equals_its_original_and_shares_no_container(value):
    def containers(item):
        if isinstance(item, dict | list):
            yield id(item)
            for inner in item.values() if isinstance(item, dict) else item:
                yield from containers(inner)

    made = copy_json(value)
    assert made == value
    assert not set(containers(made)) & set(containers(value))


def test_endless_nesting_is_an_error_and_not_an_overflow():
    nested: list = []
    nested.append(nested)
    with pytest.raises(TypeError, match="nested more than"):
        copy_json(nested)


def test_a_copied_message_has_no_trace_id():
    assert copy_message({"role": "user", "trace_id": "t"}) == {"role": "user"}


def test_an_empty_view_is_an_empty_list():
    assert MessageView([], []) == []
    assert list(MessageView([], [])) == []
