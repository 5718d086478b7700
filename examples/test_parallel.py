"""Many scenarios at once: on one event loop with `arun`, or each in a thread of its own with `run`."""

import asyncio
import json
import time

import scenario

CITIES = ["Lisbon", "Porto", "Berlin", "Paris", "Oslo", "Rome", "Madrid", "Boston"]


class WeatherDesk(scenario.AgentAdapter):
    """Tells the weather. It keeps nothing of a conversation, so that all runs may share one instance."""

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        text = input.last_new_user_message_str()
        city = next((city for city in CITIES if city.lower() in text.lower()), None)
        if city is None:
            return "You are welcome!"
        await self.wait_for_the_weather_service()
        function = {"name": "get_weather", "arguments": json.dumps({"city": city})}
        call = {"id": "call_1", "type": "function", "function": function}
        return [
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": "24 degrees"},
            {"role": "assistant", "content": f"The weather in {city}: it will be sunny, 24 degrees."},
        ]

    async def wait_for_the_weather_service(self) -> None:
        await asyncio.sleep(0.1)


class BlockingWeatherDesk(WeatherDesk):
    """The same with a client that blocks its thread."""

    async def wait_for_the_weather_service(self) -> None:
        time.sleep(0.1)  # noqa: ASYNC251 - what this agent is about


def weather_in(city: str, desk: scenario.AgentAdapter) -> dict:
    return {
        "name": f"weather in {city}",
        "description": f"The user wants to know tomorrow's weather in {city}.",
        "agents": [
            desk,
            scenario.UserSimulatorAgent(),
            scenario.JudgeAgent(criteria=[f"The agent calls the tool get_weather with city {city}"]),
        ],
    }


async def test_many_on_one_event_loop():
    desk = WeatherDesk()
    results = await asyncio.gather(*(scenario.arun(**weather_in(city, desk)) for city in CITIES))
    assert all(result.success for result in results), [result.reasoning for result in results]


async def test_blocking_agents_in_threads_of_their_own():
    desk = BlockingWeatherDesk()
    results = await asyncio.gather(*(scenario.run(**weather_in(city, desk)) for city in CITIES))
    assert all(result.success for result in results), [result.reasoning for result in results]


async def test_one_that_fails_leaves_the_others_alone():
    class FogDesk(WeatherDesk):
        async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
            return "There is fog. I cannot see the weather."

    good, bad = await asyncio.gather(
        scenario.arun(**weather_in("Lisbon", WeatherDesk())), scenario.arun(**weather_in("Oslo", FogDesk()))
    )
    assert good.success
    assert not bad.success
