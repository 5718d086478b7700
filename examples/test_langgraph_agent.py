"""A LangGraph agent that keeps its own memory, by thread."""

from langchain_core.messages import convert_to_openai_messages
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.prebuilt import ToolNode, tools_condition

import scenario


@tool
def refund_order(order_id: str) -> str:
    """Give the customer the money back for an order."""
    return f"order {order_id} is refunded"


@tool
def track_parcel(order_id: str) -> str:
    """Tell where the parcel of an order is."""
    return f"the parcel of order {order_id} is on its way"


def shop_desk(model_url: str, checkpointer: InMemorySaver | None) -> CompiledStateGraph:
    """Your agent: a model and its tools in a loop."""
    tools = [refund_order, track_parcel]
    model = ChatOpenAI(model="gpt-5-mini", base_url=model_url, api_key="none").bind_tools(tools)

    def think(state: MessagesState):
        return {"messages": [model.invoke(state["messages"])]}

    graph = StateGraph(MessagesState)
    graph.add_node("think", think)
    graph.add_node("tools", ToolNode(tools))
    graph.add_edge(START, "think")
    graph.add_conditional_edges("think", tools_condition)
    graph.add_edge("tools", "think")
    return graph.compile(checkpointer)


# [adapter]
class LangGraphAdapter(scenario.AgentAdapter):
    def __init__(self, graph: CompiledStateGraph):
        self.graph = graph

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        # The graph remembers the thread: it gets what is new, and what it adds comes back.
        added = []
        for update in self.graph.stream(
            {"messages": input.new_messages},
            config={"configurable": {"thread_id": input.thread_id}},
            stream_mode="updates",
        ):
            for step in update.values():
                added += step["messages"]
        return convert_to_openai_messages(added)


# [/adapter]


async def ask_for_a_refund(graph: CompiledStateGraph, script: list | None = None) -> scenario.ScenarioResult:
    return await scenario.run(  # in a thread of its own: the blocking graph delays nothing else
        name="refund",
        description="The user's kettle arrived broken. They want their money back for order 4711.",
        agents=[
            LangGraphAdapter(graph),
            scenario.UserSimulatorAgent(),
            scenario.JudgeAgent(
                criteria=[
                    "The agent calls the tool refund_order with order_id 4711",
                    "The agent does not call the tool track_parcel",
                ]
            ),
        ],
        script=script,
    )


# The number comes alone: only an agent that remembers the first message knows what to do with it.
IN_TWO_MESSAGES = [
    scenario.user("my kettle is broken, i want my money back"),
    scenario.agent(),
    scenario.user("4711"),
    scenario.agent(),
    scenario.judge(),
]


async def test_the_order_is_refunded(model_url):
    result = await ask_for_a_refund(shop_desk(model_url, InMemorySaver()))
    assert result.success, result.reasoning


async def test_the_thread_is_remembered(model_url):
    result = await ask_for_a_refund(shop_desk(model_url, InMemorySaver()), IN_TWO_MESSAGES)
    assert result.success, result.reasoning


async def test_a_graph_without_a_checkpointer_fails(model_url):
    result = await ask_for_a_refund(shop_desk(model_url, checkpointer=None), IN_TWO_MESSAGES)
    assert not result.success
    assert result.failed_criteria == ["The agent calls the tool refund_order with order_id 4711"]
