"""An agent on OpenAI's chat completions, or on any endpoint that speaks them: a model and tools in a loop."""

import json
from collections.abc import Callable

import openai

import scenario


def get_weather(city: str) -> str:
    """Return tomorrow's weather in a city."""
    return {"Lisbon": "24 degrees and sunny", "Porto": "17 degrees with light rain"}.get(city, "no forecast")


GET_WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Tell tomorrow's weather in a city.",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    },
}


# [adapter]
class ChatAgent(scenario.AgentAdapter):
    def __init__(self, client: openai.OpenAI, tools: list[dict], functions: dict[str, Callable[..., str]]):
        self.client, self.tools, self.functions = client, tools, functions

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        prompt = [{"role": "system", "content": "You tell the weather."}, *input.messages]
        added = []
        while True:
            completion = self.client.chat.completions.create(
                model="gpt-5-mini", messages=[*prompt, *added], tools=self.tools or openai.omit
            )
            message = completion.choices[0].message
            added.append(message.model_dump(exclude_none=True))
            if not message.tool_calls:
                return added  # tool calls, their results and the answer: the judge sees them all
            for call in message.tool_calls:
                function = self.functions[call.function.name]
                result = function(**json.loads(call.function.arguments))
                added.append({"role": "tool", "tool_call_id": call.id, "content": result})


# [/adapter]


async def ask_for_the_weather(agent: ChatAgent) -> scenario.ScenarioResult:
    return await scenario.run(  # in a thread of its own: the blocking client delays nothing else
        name="weather",
        description="The user wants to know tomorrow's weather in Lisbon.",
        agents=[
            agent,
            scenario.UserSimulatorAgent(),
            scenario.JudgeAgent(
                criteria=[
                    "The agent calls the tool get_weather with city Lisbon",
                    "The agent mentions 24 degrees",
                ]
            ),
        ],
    )


async def test_the_weather_is_looked_up(model_url):
    with openai.OpenAI(base_url=model_url, api_key="none") as client:
        agent = ChatAgent(client, [GET_WEATHER], {"get_weather": get_weather})
        result = await ask_for_the_weather(agent)
    assert result.success, result.reasoning


async def test_an_agent_that_forgets_its_tools_fails(model_url):
    with openai.OpenAI(base_url=model_url, api_key="none") as client:
        result = await ask_for_the_weather(ChatAgent(client, tools=[], functions={}))
    assert not result.success
    assert "The agent calls the tool get_weather with city Lisbon" in result.failed_criteria
