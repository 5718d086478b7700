"""A script: fixed lines, checks of your own, and checkpoints at which the judge decides half-way."""

import json

import pytest

import scenario

FORECAST = {"lisbon": "24 degrees and sunny", "porto": "17 degrees with light rain"}


class WeatherBot(scenario.AgentAdapter):
    """Tells the weather of the cities that it knows."""

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        text = input.last_new_user_message_str().lower()
        city = next((city for city in FORECAST if city in text), None)
        if city is None:
            return "For which city would you like the forecast?"
        function = {"name": "get_weather", "arguments": json.dumps({"city": city.title()})}
        return [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{"id": city, "type": "function", "function": function}],
            },
            {"role": "tool", "tool_call_id": city, "content": FORECAST[city]},
            {"role": "assistant", "content": f"Tomorrow in {city.title()}: {FORECAST[city]}."},
        ]


class GuessingBot(scenario.AgentAdapter):
    """The same without looking anything up."""

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        return "It will be sunny, with 24 degrees."


def the_weather_was_looked_up(state: scenario.ScenarioState) -> None:
    assert state.has_tool_call("get_weather"), "the agent answered without looking the weather up"


async def talk_about_the_weather(bot: scenario.AgentAdapter, script: list) -> scenario.ScenarioResult:
    return await scenario.run(
        name="weather, scripted",
        description="The user wants to know tomorrow's weather in Lisbon, and then in Porto.",
        agents=[bot, scenario.UserSimulatorAgent(), scenario.JudgeAgent()],
        script=script,
    )


async def test_a_script_with_a_check_and_two_checkpoints():
    result = await talk_about_the_weather(
        WeatherBot(),
        [
            scenario.user("what's the weather in lisbon tomorrow?"),
            scenario.agent(),
            the_weather_was_looked_up,
            scenario.judge(criteria=["The agent mentions 24 degrees"]),
            scenario.user("and in porto?"),
            scenario.agent(),
            scenario.judge(criteria=["The agent calls the tool get_weather with city Porto"]),
            scenario.succeed("Both forecasts were looked up and told."),
        ],
    )
    assert result.success, result.reasoning
    assert len(result.passed_criteria) == 2


async def test_a_checkpoint_that_is_not_met_ends_the_run():
    result = await talk_about_the_weather(
        GuessingBot(),
        [
            scenario.user("what's the weather in lisbon tomorrow?"),
            scenario.agent(),
            scenario.judge(criteria=["The agent calls the tool get_weather with city Lisbon"]),
            scenario.user("this is never said"),
        ],
    )
    assert not result.success
    assert result.messages[-1]["content"] == "It will be sunny, with 24 degrees."


async def test_a_failed_check_is_an_ordinary_assertion():
    script = [scenario.user("what's the weather in lisbon?"), scenario.agent(), the_weather_was_looked_up]
    with pytest.raises(AssertionError, match="without looking the weather up"):
        await talk_about_the_weather(GuessingBot(), script)


async def test_the_script_opens_and_the_simulator_goes_on():
    result = await talk_about_the_weather(
        WeatherBot(),
        [
            scenario.agent("Hello, this is the weather bot."),
            scenario.user(),  # the simulator writes this one
            scenario.proceed(turns=2),
            the_weather_was_looked_up,
            scenario.succeed(),
        ],
    )
    assert result.success, result.reasoning
