"""An instrumented LangGraph agent: the instrumentation traces the tools too, and the judge sees them.

Nothing in the agent knows of tracing, and the adapter returns the answer only.
"""

import pytest
from langchain_core.tools import BaseTool, tool
from langchain_openai import ChatOpenAI
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from opentelemetry.instrumentation.langchain import LangchainInstrumentor

import scenario
from scenario.tracing import judge_span_collector


@tool
def cancel_order(order_id: str) -> str:
    """Cancel an order."""
    return f"order {order_id} is cancelled"


@tool
def note_order(order_id: str) -> str:
    """Cancel an order: note that somebody should."""
    return f"order {order_id} is cancelled"


def order_desk(model_url: str, *tools: BaseTool) -> CompiledStateGraph:
    """Your agent: a model and its tools in a loop."""
    model = ChatOpenAI(model="gpt-5-mini", base_url=model_url, api_key="none").bind_tools(tools)

    def think(state: MessagesState):
        return {"messages": [model.invoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node("think", think)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "think")
    graph.add_conditional_edges("think", tools_condition)
    graph.add_edge("tools", "think")
    return graph.compile()


class AnswerOnlyAdapter(scenario.AgentAdapter):
    def __init__(self, graph: CompiledStateGraph):
        self.graph = graph

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        state = await self.graph.ainvoke({"messages": input.messages})
        return state["messages"][-1].content


@pytest.fixture(autouse=True)
def _instrumented():
    LangchainInstrumentor().instrument()
    yield
    LangchainInstrumentor().uninstrument()


async def cancel_an_order(graph: CompiledStateGraph) -> tuple[scenario.ScenarioResult, list[str]]:
    tools = []

    def look_at_the_spans(state: scenario.ScenarioState) -> None:
        spans = judge_span_collector.get_spans_for_thread(state.thread_id)
        tools.extend(span.name for span in spans if "gen_ai.tool.name" in span.attributes)

    result = await scenario.run(
        name="cancel",
        description="The user wants to cancel their order 4711.",
        agents=[
            AnswerOnlyAdapter(graph),
            scenario.UserSimulatorAgent(),
            scenario.JudgeAgent(
                criteria=[
                    "The agent says that the order is cancelled",
                    "The agent calls the tool cancel_order",
                ]
            ),
        ],
        script=[
            scenario.user("please cancel my order 4711"),
            scenario.agent(),
            look_at_the_spans,
            scenario.judge(),
        ],
    )
    return result, tools


async def test_the_trace_shows_the_tool(model_url):
    result, tools = await cancel_an_order(order_desk(model_url, cancel_order))
    assert result.success, result.reasoning
    assert tools == ["execute_tool cancel_order"]
    assert result.usage.by_role["Agent"].calls == 2  # as the instrumentation tells


async def test_the_same_answer_after_another_tool_fails(model_url):
    right, _ = await cancel_an_order(order_desk(model_url, cancel_order))
    result, tools = await cancel_an_order(order_desk(model_url, note_order))
    assert [message["content"] for message in result.messages] == [m["content"] for m in right.messages]
    assert tools == ["execute_tool note_order"]
    assert not result.success
    assert result.failed_criteria == ["The agent calls the tool cancel_order"]
