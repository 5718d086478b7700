"""Membership equals its definition, whatever the order in which spans start and end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.trace import set_span_in_context

from scenario._tracing import JudgeSpanCollector

from .span_helpers import THREAD, provider_with


@st.composite
def forests(draw):
    """Parents (by index), threads set at the start, threads set late, and an order of ends."""
    size = draw(st.integers(1, 12))
    parents = [
        draw(st.one_of(st.none(), st.integers(0, index - 1))) if index else None for index in range(size)
    ]
    thread = st.sampled_from([None, None, "t", "u"])
    early = draw(st.lists(thread, min_size=size, max_size=size))
    late = draw(st.lists(thread, min_size=size, max_size=size))
    return parents, early, late, draw(st.permutations(range(size)))


def members(parents, early, late, thread):
    found = set()
    for index in range(len(parents)):
        ancestor = index
        while ancestor is not None:
            # A late attribute replaces the earlier one; what was handed down at the start stays true.
            if thread in (early[ancestor], late[ancestor]):
                found.add(index)
            ancestor = parents[ancestor]
    return found


@given(forests())
def test_a_thread_has_exactly_the_spans_that_have_it_themselves_or_in_an_ancestor(forest):
    parents, early, late, order = forest
    collector = JudgeSpanCollector()
    tracer = provider_with(collector).get_tracer("app")
    spans = []
    for index, parent in enumerate(parents):
        context = set_span_in_context(spans[parent]) if parent is not None else None
        attributes = {THREAD: early[index]} if early[index] else {}
        spans.append(tracer.start_span(str(index), context=context, attributes=attributes))
    for index in order:
        if late[index]:
            spans[index].set_attribute(THREAD, late[index])
        spans[index].end()

    for thread in ("t", "u"):
        kept = {int(span.name) for span in collector.get_spans_for_thread(thread)}
        assert kept == members(parents, early, late, thread)
