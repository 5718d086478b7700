"""A Pydantic AI agent, with its history kept by thread."""

from openai import AsyncOpenAI
from pydantic_ai import Agent, Tool
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolReturnPart
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

import scenario


def book_table(people: int, time: str) -> str:
    """Book a table."""
    return f"a table for {people} at {time} is booked"


def book_some_table(time: str) -> str:
    """Book a table."""
    return f"a table at {time} is booked"


def table_desk(client: AsyncOpenAI, tool: Tool) -> Agent:
    """Your agent: it books tables."""
    model = OpenAIChatModel("gpt-5-mini", provider=OpenAIProvider(openai_client=client))
    return Agent(model, instructions="You book tables in a restaurant.", tools=[tool])


# [adapter]
class PydanticAIAdapter(scenario.AgentAdapter):
    def __init__(self, agent: Agent):
        self.agent = agent
        self.history: dict[str, list[ModelMessage]] = {}  # by thread: runs may share this adapter

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        history = self.history.get(input.thread_id)
        result = await self.agent.run(input.last_new_user_message_str(), message_history=history)
        self.history[input.thread_id] = result.all_messages()
        return [message for added in result.new_messages() for message in as_openai(added)]


def as_openai(message: ModelMessage) -> list[dict]:
    """Return what the agent said, called or got back from a tool, in OpenAI's format."""
    if not isinstance(message, ModelResponse):
        results = [part for part in message.parts if isinstance(part, ToolReturnPart)]
        return [
            {"role": "tool", "tool_call_id": result.tool_call_id, "content": result.model_response_str()}
            for result in results
        ]
    calls = []
    for call in message.tool_calls:
        function = {"name": call.tool_name, "arguments": call.args_as_json_str()}
        calls.append({"id": call.tool_call_id, "type": "function", "function": function})
    return [{"role": "assistant", "content": message.text, **({"tool_calls": calls} if calls else {})}]


# [/adapter]


async def ask_for_a_table(agent: Agent) -> scenario.ScenarioResult:
    return await scenario.arun(  # on this event loop, to which the asynchronous client belongs
        name="table",
        description="The user wants to book a table for 4 people at 8 pm.",
        agents=[
            PydanticAIAdapter(agent),
            scenario.UserSimulatorAgent(),
            scenario.JudgeAgent(criteria=["The agent calls the tool book_table with people 4 and time 8 pm"]),
        ],
    )


async def test_the_table_is_booked(model_url):
    async with AsyncOpenAI(base_url=model_url, api_key="none") as client:
        result = await ask_for_a_table(table_desk(client, Tool(book_table)))
    assert result.success, result.reasoning


async def test_a_tool_that_does_not_take_the_number_of_people_fails(model_url):
    async with AsyncOpenAI(base_url=model_url, api_key="none") as client:
        result = await ask_for_a_table(table_desk(client, Tool(book_some_table, name="book_table")))
    assert not result.success
    assert [verdict.status for verdict in result.criteria] == ["false"]
