"""An agent in another process: its spans come in over OTLP, and the judge sees what it did."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

import scenario
from scenario.tracing import OtlpReceiver, judge_span_collector

PROGRAM = Path(__file__).with_name("remote_agent.py")


@contextmanager
def started(receiver: OtlpReceiver, *options: str) -> Iterator[str]:
    """Start the agent with the receiver as its collector, and stop it afterwards."""
    environment = {
        **os.environ,
        "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint,
        "OTEL_BSP_SCHEDULE_DELAY": "200",  # milliseconds until it exports in the background
    }
    command = [sys.executable, PROGRAM, *options]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


class RemoteAgent(scenario.AgentAdapter):
    def __init__(self, url: str):
        self.url = url

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        async with httpx.AsyncClient(timeout=60) as client:
            response = await client.post(
                f"{self.url}/chat",
                json={"text": input.last_new_user_message_str()},
                headers=input.propagation_headers,  # its spans join the trace of this call
            )
        return response.raise_for_status().json()["text"]


class AgentInTheBackground(RemoteAgent):
    """For agents that cannot flush before they answer: wait for their spans."""

    def __init__(self, url: str, receiver: OtlpReceiver):
        super().__init__(url)
        self.receiver = receiver

    async def call(self, input: scenario.AgentInput) -> scenario.AgentReturnTypes:
        answer = await super().call(input)
        await self.receiver.wait_for_spans(input.propagation_headers)
        return answer


async def cancel_an_order(agent: RemoteAgent) -> tuple[scenario.ScenarioResult, list[str]]:
    spans = []

    def look_at_the_spans(state: scenario.ScenarioState) -> None:
        spans.extend(span.name for span in judge_span_collector.get_spans_for_thread(state.thread_id))

    result = await scenario.run(
        name="cancel",
        description="The user wants to cancel their order 4711.",
        agents=[
            agent,
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
    return result, spans


async def test_the_judge_sees_what_a_remote_agent_did():
    async with OtlpReceiver() as receiver:
        with started(receiver) as url:
            result, spans = await cancel_an_order(RemoteAgent(url))
    assert result.success, result.reasoning
    assert spans == ["execute_tool cancel_order", "POST /chat", "RemoteAgent.call"]


async def test_the_same_answer_without_the_deed_fails():
    async with OtlpReceiver() as receiver:
        with started(receiver, "--careless") as url:
            result, spans = await cancel_an_order(RemoteAgent(url))
    assert result.messages[-1]["content"] == "Your order 4711 is cancelled."
    assert spans == ["POST /chat", "RemoteAgent.call"]
    assert result.failed_criteria == ["The agent calls the tool cancel_order"]


async def test_spans_that_are_exported_in_the_background_are_waited_for():
    async with OtlpReceiver() as receiver:
        with started(receiver, "--no-flush") as url:
            result, spans = await cancel_an_order(AgentInTheBackground(url, receiver))
    assert result.success, result.reasoning
    assert spans == ["execute_tool cancel_order", "POST /chat", "AgentInTheBackground.call"]
