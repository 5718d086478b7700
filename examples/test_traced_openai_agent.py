"""An instrumented agent: it answers with text only, and the judge sees in its traces what it did.

OpenTelemetry's instrumentation of the OpenAI client traces the model calls, the agent itself traces its tool.
"""

import json

import openai
import pytest
from opentelemetry import trace
from opentelemetry.instrumentation.openai_v2 import OpenAIInstrumentor

import scenario
from scenario.tracing import judge_span_collector

tracer = trace.get_tracer("shop.desk")

PARAMETERS = {"type": "object", "properties": {"order_id": {"type": "string"}}, "required": ["order_id"]}
FIND_PARCEL = {"name": "find_parcel", "description": "Tell where a parcel is.", "parameters": PARAMETERS}


class Warehouse:
    """Knows where every parcel is; asking it leaves a span."""

    def query(self, order_id: str) -> str:
        with tracer.start_as_current_span("execute_tool query_warehouse", attributes={"order_id": order_id}):
            return f"the parcel of order {order_id} is on its way"


class Memory(Warehouse):
    """A bug that reads well: it tells what was true yesterday, and asks nobody."""

    def query(self, order_id: str) -> str:
        return f"the parcel of order {order_id} is on its way"


class ParcelDesk(scenario.AgentAdapter):
    """Your agent. It returns its answer and keeps to itself how it came to it."""

    def __init__(self, client: openai.OpenAI, warehouse: Warehouse):
        self.client, self.warehouse = client, warehouse

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        messages = list(input.messages)
        while True:
            completion = self.client.chat.completions.create(
                model="gpt-5-mini", messages=messages, tools=[{"type": "function", "function": FIND_PARCEL}]
            )
            message = completion.choices[0].message
            if not message.tool_calls:
                return message.content
            messages.append(message.model_dump(exclude_none=True))
            for call in message.tool_calls:
                found = self.warehouse.query(**json.loads(call.function.arguments))
                messages.append({"role": "tool", "tool_call_id": call.id, "content": found})


@pytest.fixture(autouse=True)
def _instrumented():
    OpenAIInstrumentor().instrument()
    yield
    OpenAIInstrumentor().uninstrument()


async def ask_for_the_parcel(
    model_url: str, warehouse: Warehouse
) -> tuple[scenario.ScenarioResult, list[str]]:
    spans = []

    def look_at_the_spans(state: scenario.ScenarioState) -> None:
        spans.extend(span.name for span in judge_span_collector.get_spans_for_thread(state.thread_id))

    with openai.OpenAI(base_url=model_url, api_key="none") as client:
        result = await scenario.run(  # in a thread of its own: the blocking client delays nothing else
            name="parcel",
            description="The user wants to know where the parcel of their order 4711 is.",
            agents=[
                ParcelDesk(client, warehouse),
                scenario.UserSimulatorAgent(),
                scenario.JudgeAgent(
                    criteria=[
                        "The agent says that the parcel is on its way",
                        "The agent calls the tool query_warehouse",
                    ]
                ),
            ],
            script=[
                scenario.user("where is the parcel of my order 4711?"),
                scenario.agent(),
                look_at_the_spans,
                scenario.judge(),
            ],
        )
    return result, spans


async def test_the_trace_shows_that_the_warehouse_was_asked(model_url):
    result, spans = await ask_for_the_parcel(model_url, Warehouse())
    assert result.success, result.reasoning
    assert spans == ["chat gpt-5-mini", "execute_tool query_warehouse", "chat gpt-5-mini", "ParcelDesk.call"]
    assert result.usage.by_role["Agent"].calls == 2  # as the instrumentation tells


async def test_the_same_answer_without_the_deed_fails(model_url):
    asked, _ = await ask_for_the_parcel(model_url, Warehouse())
    result, spans = await ask_for_the_parcel(model_url, Memory())
    assert [message["content"] for message in result.messages] == [m["content"] for m in asked.messages]
    assert spans == ["chat gpt-5-mini", "chat gpt-5-mini", "ParcelDesk.call"]
    assert not result.success
    assert result.failed_criteria == ["The agent calls the tool query_warehouse"]
