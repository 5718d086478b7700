"""An eight-turn scenario whose simulator, agent and judge ask a model over HTTP and cache its answers."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

import httpx

import scenario

BASE: dict[str, Any] = {
    "cache_key": "v1",
    "model": "openai/gpt-4.1-mini",
    "persona": "An old sailor.",
    "criterion": "The agent answers every question",
    "verbose": False,
}


class Assistant(scenario.AgentAdapter):
    """The agent under test: its answers come from the same server, through a cached function of its own."""

    async def call(self, input: scenario.AgentInput) -> str:
        return await self.answer(input.messages)

    @scenario.cache
    async def answer(self, messages: list[dict[str, Any]]) -> str:
        async with httpx.AsyncClient() as client:
            url = f"{os.environ['MODEL_SERVER']}/chat/completions"
            response = await client.post(url, json={"model": "agent", "messages": messages})
        return response.json()["choices"][0]["message"]["content"]


async def play(**changes: Any) -> dict[str, Any]:
    """Play it and return what must be equal in every replay."""
    settings = BASE | changes
    server = {"api_base": os.environ["MODEL_SERVER"], "api_key": "sk-test-0123456789"}
    result = await scenario.arun(
        name="sailor",
        description="A sailor asks for the way to the harbour.",
        agents=[
            scenario.UserSimulatorAgent(model=settings["model"], persona=settings["persona"], **server),
            Assistant(),
            scenario.JudgeAgent(model=settings["model"], criteria=[settings["criterion"]], **server),
        ],
        max_turns=8,
        cache_key=settings["cache_key"],
        verbose=settings["verbose"],
    )
    ids = ("id", "trace_id")
    return {
        "messages": [{k: v for k, v in message.items() if k not in ids} for message in result.messages],
        "success": result.success,
        "reasoning": result.reasoning,
        "passed": result.passed_criteria,
        "criteria": [verdict.model_dump() for verdict in result.criteria],
    }


def main() -> None:
    """Play it and print that; imported, because a function's module is part of its cache keys."""
    sys.stdout.write(json.dumps(asyncio.run(play())))
