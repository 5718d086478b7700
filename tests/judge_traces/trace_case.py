"""What the tests of the judge's traces need: spans of a run, and a judge that reads them."""

from __future__ import annotations

import json
from contextlib import contextmanager

from opentelemetry.sdk.trace import TracerProvider

from scenario._tracing import JudgeSpanCollector
from scenario.types import ModelResponse, ToolCall

THREAD = "thread-1"


class Traces:
    """A collector with a tracer that feeds it."""

    def __init__(self):
        self.collector = JudgeSpanCollector()
        provider = TracerProvider(shutdown_on_exit=False)
        provider.add_span_processor(self.collector)
        self.tracer = provider.get_tracer("app")

    @contextmanager
    def call(self, role="Agent", thread=THREAD):
        """The span of one call of an agent, for a block."""
        attributes = {"langwatch.thread.id": thread, "scenario.role": role}
        with self.tracer.start_as_current_span(f"{role}.call", attributes=attributes):
            yield self.tracer

    def add(self, name, attributes=None, *, role="Agent", thread=THREAD, events=()):
        """Add a finished span below a call; return its id."""
        with self.call(role, thread), self.tracer.start_as_current_span(name, attributes=attributes) as span:
            for event, values in events:
                span.add_event(event, values)
        return f"{span.get_span_context().span_id:016x}"

    def add_many(self, count, attributes=None, *, role="Agent", thread=THREAD):
        with self.call(role, thread):
            for number in range(count):
                self.tracer.start_span(f"step {number}", attributes=attributes).end()


def block(prompt, name):
    """The text of the only block of that name in a prompt; `None` without one."""
    text = "\n\n".join(message["content"] for message in prompt)
    assert text.count(f"<{name} token=") <= 1
    if f"<{name} token=" not in text:
        return None
    return text.partition(f"<{name} token=")[2].partition(">\n")[2].partition(f"\n</{name} token=")[0]


def tool_names(request):
    return [tool["function"]["name"] for tool in request.tools]


def calls(*asked):
    """A reply with several tool calls, each a name and its arguments."""
    return ModelResponse(
        tool_calls=tuple(
            ToolCall(f"id{number}", name, value if isinstance(value, str) else json.dumps(value))
            for number, (name, value) in enumerate(asked)
        )
    )


def results(request):
    """The contents of the `tool` messages of a request."""
    return [message["content"] for message in request.messages if message["role"] == "tool"]


async def attributes_of_call(judge, input):
    """Call a judge within a span, as a run does; return the attributes of that span."""
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("test")
    with tracer.start_as_current_span("JudgeAgent.call") as span:
        await judge.call(input)
    return dict(span.attributes)
