"""Calls of `ollama/...` with what the base install has: Ollama speaks OpenAI's protocol too."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING

from scenario._model.loading import import_off_loop
from scenario._model.local.ollama import ollama_address
from scenario._model.registry import register_model_provider, registered_provider

if TYPE_CHECKING:
    from scenario.types import ModelRequest, ModelResponse


def make_callable() -> None:
    """Have `ollama/...` answered by `answer` unless something else in the process can do it."""
    if registered_provider("ollama") or find_spec("ollama") or find_spec("litellm"):
        return
    register_model_provider("ollama", answer)


async def answer(request: ModelRequest) -> ModelResponse:
    """Answer a request with a model of the Ollama server; it costs nothing."""
    any_llm = await import_off_loop("scenario._model.backends.any_llm")
    response: ModelResponse = await any_llm.answer(
        replace(
            request,
            model=f"openai/{request.model.removeprefix('ollama/')}",
            api_base=request.api_base or f"{ollama_address()}/v1",
            api_key=request.api_key or "ollama",  # The protocol's client insists on one.
        )
    )
    return replace(response, usage=response.usage.model_copy(update={"cost_usd": 0.0}))
