"""The backend of the model strings `local/...` (a GGUF file on this machine) and `auto`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scenario._model.completion import complete
from scenario._model.local.chat_http import post_chat
from scenario._model.local.choice import resolve_auto
from scenario._model.local.files import model_file
from scenario._model.local.grammar import grammar_schema
from scenario._model.local.messages import plain_messages
from scenario._model.local.server import server_for
from scenario._model.local.tool_calls import ToolPlan, tool_plan
from scenario.types import ModelRequest, ModelResponse, Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_TIMEOUT = 600.0
"""Seconds for one answer, the time in the queue included: one thread may read a long prompt for minutes."""

DEFAULT_MAX_TOKENS = 2048
"""Limit of an answer when none is given: small models can repeat themselves until the context is full."""

_SAMPLING = ("seed", "stop", "top_p", "top_k", "min_p", "presence_penalty", "frequency_penalty")


async def answer(request: ModelRequest) -> ModelResponse:
    """Answer a request with the model of a GGUF file on this machine, or with the one that `auto` stands for.

    Args:
        request: its model is `local/<path>`, `local/smollm2` or `auto`. `params["timeout"]` is in seconds and
            begins when the model is loaded.

    Raises:
        MissingExtraError: the extra `local` is not installed.
        ScenarioError: there is no such file, or llama.cpp cannot load it.
        ModelCallError: the server refused the request, broke off, or did not answer in time.
    """
    if request.model == "auto":
        return await complete(replace(request, model=await resolve_auto()))
    path = model_file(request.model.removeprefix("local/"))
    plan = tool_plan(request)
    server = await server_for(path)
    seconds = request.params.get("timeout")
    reply = await post_chat(
        server,
        _body(request, plan),
        seconds=seconds if isinstance(seconds, int | float) else DEFAULT_TIMEOUT,
        model=request.model,
    )
    choice = reply["choices"][0]
    text: str | None = choice["message"].get("content")
    text, calls = plan.read(text) if plan and text else (text, ())
    finish_reason: str = choice["finish_reason"]
    return ModelResponse(
        text=text,
        tool_calls=calls,
        finish_reason="tool_calls" if calls and finish_reason == "stop" else finish_reason,
        usage=_usage(reply["usage"]),
        model=path.stem,
    )


def _body(request: ModelRequest, plan: ToolPlan | None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "messages": plain_messages(request.messages, instruction=plan.instruction if plan else None),
        "max_tokens": request.max_tokens or DEFAULT_MAX_TOKENS,
        **{name: request.params[name] for name in _SAMPLING if name in request.params},
    }
    if request.temperature is not None:
        body["temperature"] = request.temperature
    if plan:
        body["response_format"] = _json_schema(plan.schema)
    elif request.response_format:
        body["response_format"] = _response_format(request.response_format)
    return body


def _response_format(given: Mapping[str, Any]) -> Mapping[str, Any]:
    if given.get("type") != "json_schema":
        return given
    return _json_schema(grammar_schema(given["json_schema"]["schema"]))


def _json_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": schema}}


def _usage(usage: Mapping[str, Any]) -> Usage:
    return Usage(
        calls=1,
        input_tokens=usage["prompt_tokens"],
        cached_input_tokens=usage.get("prompt_tokens_details", {}).get("cached_tokens", 0),
        output_tokens=usage["completion_tokens"],
        cost_usd=0.0,
    )
