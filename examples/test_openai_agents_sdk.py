"""An agent of the OpenAI Agents SDK, with a session as its memory."""

from contextlib import closing
from pathlib import Path

from agents import Agent, OpenAIChatCompletionsModel, Runner, SQLiteSession, function_tool
from agents.models.chatcmpl_converter import Converter
from openai import AsyncOpenAI

import scenario


def account_desk(client: AsyncOpenAI, *, resets_enabled: bool = True) -> Agent:
    """Your agent: it resets passwords, unless the tool is switched off."""

    @function_tool(is_enabled=resets_enabled)
    def reset_password(email: str) -> str:
        """Send a link with which the user can reset the password."""
        return f"a reset link has been sent to {email}"

    return Agent(
        name="Account desk",
        instructions="You help people who cannot log in.",
        model=OpenAIChatCompletionsModel("gpt-5-mini", openai_client=client),
        tools=[reset_password],
    )


# [adapter]
class AgentsSDKAdapter(scenario.AgentAdapter):
    def __init__(self, agent: Agent, database: Path):
        self.agent, self.database = agent, database

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        with closing(SQLiteSession(input.thread_id, self.database)) as session:
            result = await Runner.run(self.agent, input.last_new_user_message_str(), session=session)
        return Converter.items_to_messages([item.to_input_item() for item in result.new_items])


# [/adapter]


async def ask_for_a_password(agent: Agent, database: Path) -> scenario.ScenarioResult:
    return await scenario.arun(  # on this event loop, to which the asynchronous client belongs
        name="password",
        description=(
            "The user forgot their password and wants to reset it. Their email is kim.lee@example.com."
        ),
        agents=[
            AgentsSDKAdapter(agent, database),
            scenario.UserSimulatorAgent(),
            scenario.JudgeAgent(
                criteria=["The agent calls the tool reset_password with email kim.lee@example.com"]
            ),
        ],
    )


async def test_the_reset_link_is_sent(model_url, tmp_path):
    async with AsyncOpenAI(base_url=model_url, api_key="none") as client:
        result = await ask_for_a_password(account_desk(client), tmp_path / "sessions.db")
    assert result.success, result.reasoning


async def test_a_desk_whose_tool_is_switched_off_fails(model_url, tmp_path):
    async with AsyncOpenAI(base_url=model_url, api_key="none") as client:
        desk = account_desk(client, resets_enabled=False)
        result = await ask_for_a_password(desk, tmp_path / "sessions.db")
    assert not result.success
    assert result.failed_criteria == [
        "The agent calls the tool reset_password with email kim.lee@example.com"
    ]
