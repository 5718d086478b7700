"""Prices and context windows of models, from `genai-prices`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario._model.names import IN_PROCESS, split_model
from scenario._model.registry import registered_provider

if TYPE_CHECKING:
    from scenario.types import Usage

_UNKNOWN_CONTEXT_WINDOW = 32_000
_PRICE_LIST_NAMES = {
    "anthropic_text": "anthropic",
    "azure_ai": "azure",
    "bedrock": "aws",
    "bedrock_converse": "aws",
    "cohere_chat": "cohere",
    "fireworks_ai": "fireworks",
    "gemini": "google",
    "moonshot": "moonshotai",
    "together_ai": "together",
    "vertex_ai": "google",
    "xai": "x-ai",
}


def context_window(model: str) -> int:
    """Return the tokens that fit into a model's context; 32,000 where it is not known.

    The first call for a hosted model in a process loads the price list: make it off the event loop.
    """
    provider, name = split_model(model)
    if provider in IN_PROCESS or registered_provider(provider):
        return _UNKNOWN_CONTEXT_WINDOW
    priced = _priced_model(provider, name)
    return priced.context_window or _UNKNOWN_CONTEXT_WINDOW if priced else _UNKNOWN_CONTEXT_WINDOW


def load_price_list() -> None:
    """Load the price list, so that later calls of this module are quick; it takes some 0.2 s."""
    from genai_prices.data_snapshot import get_snapshot

    get_snapshot()


def cost_of(usage: Usage, model: str, answered_by: str | None = None) -> float | None:
    """Return the price in US dollars of one call; `None` when it is not known.

    Args:
        usage: the tokens of the call.
        model: the model string of the request.
        answered_by: the provider's name for the model that answered; tried when `model` is not in the list.
    """
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    provider, name = split_model(model)
    tokens = Tokens(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_input_tokens,
        output_tokens=usage.output_tokens,
    )
    for candidate in (name, answered_by):
        if candidate:
            try:
                price = calc_price(tokens, candidate, provider_id=_PRICE_LIST_NAMES.get(provider, provider))
            except (LookupError, ValueError):  # not in the list, or counts that contradict each other
                continue
            return float(price.total_price)
    return None


def _priced_model(provider: str, name: str) -> Any:
    from genai_prices.data_snapshot import get_snapshot

    try:
        return get_snapshot().find_provider_model(
            name, None, _PRICE_LIST_NAMES.get(provider, provider), None
        )[1]
    except LookupError:
        return None
