"""Ollama through its OpenAI endpoint, which needs nothing that the base install lacks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scenario._model.backends import openai
from scenario._model.local.ollama import ollama_address
from scenario._model.names import split_model

if TYPE_CHECKING:
    from scenario.types import ModelRequest, ModelResponse


async def answer(request: ModelRequest) -> ModelResponse:
    """Answer a request with a model of the Ollama server; it costs nothing."""
    response = await openai.answer(
        replace(
            request,
            model=f"openai/{split_model(request.model)[1]}",
            api_base=request.api_base or f"{ollama_address()}/v1",
            api_key=request.api_key or "ollama",  # the protocol's client insists on one
        )
    )
    return replace(response, usage=response.usage.model_copy(update={"cost_usd": 0.0}))
