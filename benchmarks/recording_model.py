"""A model in this process that keeps the requests it gets and answers them at once."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import scenario
from benchmarks.replies import USER_TEXT, decision
from scenario.types import ModelRequest, ModelResponse, ToolCall

if TYPE_CHECKING:
    from collections.abc import Generator

MODEL = "recording/model"


@contextmanager
def recording_model() -> Generator[list[ModelRequest]]:
    """Register the model `recording/model` and give the list of its requests."""
    requests: list[ModelRequest] = []

    async def answer(request: ModelRequest) -> ModelResponse:
        requests.append(request)
        return _response(request, len(requests))

    scenario.register_model_provider("recording", answer)
    yield requests


def _response(request: ModelRequest, number: int) -> ModelResponse:
    tools = {tool["function"]["name"]: dict(tool) for tool in request.tools}
    if not tools:
        return ModelResponse(text=f"{USER_TEXT} ({number})")
    return ModelResponse(
        tool_calls=tuple(
            ToolCall("call_1", name, json.dumps(arguments)) for name, arguments in decision(tools).items()
        )
    )


def messages_text(request: ModelRequest) -> str:
    """Return the messages of a request as a model reads them, one after the other."""
    return "".join(f"{message['role']}\n{message['content']}\n" for message in request.messages)


def prompt_text(request: ModelRequest) -> str:
    """Return all that a request has the model read; providers put the tools first."""
    return json.dumps(list(request.tools), ensure_ascii=False) + messages_text(request)
