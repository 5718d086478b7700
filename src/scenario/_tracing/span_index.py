"""Which finished spans belong to which thread, kept up to date as spans start and end.

A span belongs to the threads named by its own attribute and by the baggage it started with, and to those of
its parent. Threads are handed down when a span starts; what is learnt later (an attribute set late, a parent
that was first seen when it ended) is pushed down to the descendants. A lookup is then one list.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

from scenario._tracing.attributes import ROLE, SCOPE, THREAD_ID, TURN_SPAN

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext

MAX_SPANS_OF_THREAD = 20_000
MAX_SPANS_WITHOUT_THREAD = 2_000
MAX_OPEN_SPANS = 20_000
MAX_THREADS = 5_000
MAX_CLEARED = 20_000

SpanKey = tuple[int, int]
_Key = TypeVar("_Key")


def span_key(context: SpanContext | None) -> SpanKey:
    """Return what identifies a span: its trace id and its span id (0 for a span without a context)."""
    return (0, 0) if context is None else (context.trace_id, context.span_id)


def text_attribute(span: ReadableSpan, name: str) -> str | None:
    """Return an attribute of a span if it is a non-empty string."""
    attributes = span.attributes
    value = None if attributes is None else attributes.get(name)
    return value if isinstance(value, str) and value else None


def is_turn_root(span: ReadableSpan) -> bool:
    """Return whether a span is the root that the framework starts for a turn."""
    scope = span.instrumentation_scope
    return span.parent is None and span.name == TURN_SPAN and scope is not None and scope.name == SCOPE


class _Node:
    """One span as the index knows it; `span` is `None` until the span ends."""

    __slots__ = ("key", "parent", "role", "span", "threads")

    def __init__(
        self, key: SpanKey, parent: SpanKey | None, threads: tuple[str, ...], role: str | None
    ) -> None:
        self.key = key
        self.parent = parent
        self.threads = threads
        self.role = role
        self.span: ReadableSpan | None = None


class _Thread:
    """The finished spans of one thread, oldest first, and the traces in which it has spans."""

    __slots__ = ("dropped", "spans", "traces")

    def __init__(self) -> None:
        self.spans: OrderedDict[_Node, None] = OrderedDict()
        self.traces: set[int] = set()
        self.dropped = 0


class SpanIndex:
    """The index; every bound on its size is one of the constants of this module. Not thread-safe."""

    def __init__(self) -> None:
        self._nodes: dict[SpanKey, _Node] = {}
        # Keyed by the parent's key whether or not the parent is known, so that it finds them when it comes.
        self._children: dict[SpanKey, set[_Node]] = {}
        self._traces: dict[int, set[_Node]] = {}
        self._threads: OrderedDict[str, _Thread] = OrderedDict()
        self._without_thread: OrderedDict[_Node, None] = OrderedDict()
        self._open: OrderedDict[_Node, None] = OrderedDict()
        # Cleared threads, and their traces with the thread that was cleared.
        self._cleared: OrderedDict[str | int, str] = OrderedDict()

    def started(self, span: ReadableSpan, baggage_thread: str | None) -> None:
        """Take in a span that starts, with the thread that its context's baggage names."""
        known = self._nodes.get(span_key(span.context))
        if known is not None and known.span is None:
            return
        node = self._add(span, baggage_thread)
        if node is None:
            return
        self._open[node] = None
        if len(self._open) > MAX_OPEN_SPANS:
            self._forget(next(iter(self._open)))

    def ended(self, span: ReadableSpan) -> None:
        """Take in a span that has ended, whether or not its start was seen."""
        node = self._nodes.get(span_key(span.context))
        if node is not None and node.span is span:
            return
        if node is None or node.span is not None:
            node = self._add(span, None)
            if node is None:
                return
        self._open.pop(node, None)
        thread_id = text_attribute(span, THREAD_ID)
        if thread_id is not None:
            self._cleared.pop(thread_id, None)
            self._hand_down(node, (thread_id,))
        node.span = span
        for name in node.threads:
            self._keep(node, name)
        if not node.threads and is_turn_root(span):
            # It is evidence of nothing, and the trace of a turn without calls would never be cleared.
            self._forget(node)
        elif not node.threads:
            self._without_thread[node] = None
            if len(self._without_thread) > MAX_SPANS_WITHOUT_THREAD:
                self._forget(next(iter(self._without_thread)))

    def received(self, span: ReadableSpan) -> None:
        """Take in a finished span of another process.

        One that names no thread, and whose parent is not known (yet), belongs to the thread whose trace it is
        in: what is above it may end later, or be traced elsewhere. One that names a thread which is not
        running came too late, and one that is known was sent again.
        """
        key, named = span_key(span.context), text_attribute(span, THREAD_ID)
        if key in self._nodes or (named is not None and named not in self._threads):
            return
        in_trace = (thread_id for node in self._traces.get(key[0], ()) for thread_id in node.threads)
        self.started(span, next(in_trace, None))
        self.ended(span)

    def spans(self, thread_id: str) -> list[ReadableSpan]:
        """Return the finished spans of a thread, in the order in which they ended."""
        thread = self._threads.get(thread_id)
        return [] if thread is None else [node.span for node in thread.spans if node.span is not None]

    def dropped(self, thread_id: str) -> int:
        """Return how many spans of a thread were dropped because it had too many."""
        thread = self._threads.get(thread_id)
        return 0 if thread is None else thread.dropped

    def role(self, context: SpanContext | None) -> str | None:
        """Return the role of a span or of its nearest ancestor that has one, finished or not."""
        node = self._nodes.get(span_key(context))
        return None if node is None else node.role

    def clear(self, thread_id: str) -> None:
        """Forget a thread with its traces, and drop what still ends in them."""
        thread = self._threads.pop(thread_id, None)
        if thread is None:
            return
        self._cleared[thread_id] = thread_id
        for trace_id in thread.traces:
            self._cleared[trace_id] = thread_id
            for node in tuple(self._traces.get(trace_id, ())):
                if not node.threads or thread_id in node.threads:
                    self._forget(node)
        while len(self._cleared) > MAX_CLEARED:
            self._cleared.popitem(last=False)

    def _add(self, span: ReadableSpan, baggage_thread: str | None) -> _Node | None:
        key = span_key(span.context)
        parent_key = span_key(span.parent) if span.parent is not None else None
        parent = self._nodes.get(parent_key) if parent_key is not None else None
        own = text_attribute(span, THREAD_ID)
        threads = parent.threads if parent is not None else ()
        if own is not None and own not in threads:
            threads = (*threads, own)
        if baggage_thread and baggage_thread not in threads and baggage_thread not in self._cleared:
            threads = (*threads, baggage_thread)
        cleared_by = self._cleared.get(key[0])
        if cleared_by is not None and (not threads or cleared_by in threads):
            return None
        if own is not None:
            self._cleared.pop(own, None)
        role = text_attribute(span, ROLE) or (parent.role if parent is not None else None)
        node = _Node(key, parent_key, (), role)
        self._nodes[key] = node
        self._traces.setdefault(key[0], set()).add(node)
        if parent_key is not None:
            self._children.setdefault(parent_key, set()).add(node)
        self._hand_down(node, threads)
        return node

    def _hand_down(self, node: _Node, threads: tuple[str, ...]) -> None:
        # A node that has them all already ends its branch, and a cycle: its descendants have them too.
        pending = [node]
        while pending:
            current = pending.pop()
            added = tuple(name for name in threads if name not in current.threads)
            if not added:
                continue
            current.threads += added
            self._without_thread.pop(current, None)
            for name in added:
                self._thread(name).traces.add(current.key[0])
                if current.span is not None:
                    self._keep(current, name)
            pending.extend(self._children.get(current.key, ()))

    def _thread(self, name: str) -> _Thread:
        thread = self._threads.get(name)
        if thread is None:
            thread = self._threads[name] = _Thread()
            if len(self._threads) > MAX_THREADS:
                self.clear(next(iter(self._threads)))
        return thread

    def _keep(self, node: _Node, name: str) -> None:
        thread = self._thread(name)
        thread.spans[node] = None
        if len(thread.spans) > MAX_SPANS_OF_THREAD:
            oldest, _ = thread.spans.popitem(last=False)
            thread.dropped += 1
            oldest.threads = tuple(other for other in oldest.threads if other != name)
            if not oldest.threads:
                self._forget(oldest)

    def _forget(self, node: _Node) -> None:
        if self._nodes.get(node.key) is node:
            del self._nodes[node.key]
        self._open.pop(node, None)
        self._without_thread.pop(node, None)
        for name in node.threads:
            if name in self._threads:
                self._threads[name].spans.pop(node, None)
        _discard(self._traces, node.key[0], node)
        if node.parent is not None:
            _discard(self._children, node.parent, node)


def _discard(groups: dict[_Key, set[_Node]], key: _Key, node: _Node) -> None:
    group = groups.get(key)
    if group is not None:
        group.discard(node)
        if not group:
            del groups[key]
