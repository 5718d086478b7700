"""Reading an OpenAI-format chat completion, as any-llm and litellm return it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario._model.prices import cost_of
from scenario.errors import ModelResponseError
from scenario.types import ModelResponse, ToolCall, Usage

if TYPE_CHECKING:
    from scenario.types import ModelRequest


def read_answer(completion: Any, request: ModelRequest) -> ModelResponse:
    """Turn a completion object into a `ModelResponse`.

    Raises:
        ModelResponseError: it has no choice.
    """
    choices: list[Any] = getattr(completion, "choices", None) or []
    message: Any = getattr(choices[0], "message", None) if choices else None
    if message is None:
        reason = getattr(choices[0], "finish_reason", None) if choices else None
        raise ModelResponseError(
            f"{request.model!r} answered without any choice (finish reason: {reason!r})",
            model=request.model,
            finish_reason=reason,
        )
    return ModelResponse(
        text=message.content,
        tool_calls=tuple(_tool_calls(message)),
        finish_reason=choices[0].finish_reason,
        usage=_usage(completion, request),
        model=completion.model,
    )


def _tool_calls(message: Any) -> list[ToolCall]:
    return [
        ToolCall(call.id or f"call_{number}", call.function.name, call.function.arguments or "{}")
        for number, call in enumerate(message.tool_calls or (), 1)
        if getattr(call, "function", None) is not None
    ]


def _usage(completion: Any, request: ModelRequest) -> Usage:
    reported: Any = getattr(completion, "usage", None)
    if reported is None:
        return Usage(calls=1, cost_usd=None)
    details: Any = getattr(reported, "prompt_tokens_details", None)
    usage = Usage(
        calls=1,
        input_tokens=reported.prompt_tokens or 0,
        cached_input_tokens=getattr(details, "cached_tokens", None) or 0,
        output_tokens=reported.completion_tokens or 0,
    )
    usage.cost_usd = cost_of(usage, request.model, completion.model)
    return usage
