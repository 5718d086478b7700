"""How much fits into one call of the judge's model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._model import context_window
from scenario._model.loading import load_once
from scenario._model.names import IN_PROCESS, provider_of
from scenario._model.prices import load_price_list
from scenario._model.registry import registered_provider

if TYPE_CHECKING:
    from scenario._model import ModelSettings

_REPLY = 4_096  # tokens kept for the reply when `max_tokens` does not say
_LARGEST_SHARE_OF_REPLY = 4


async def prompt_window(settings: ModelSettings) -> int:
    """Return the tokens that a prompt for this model may have, with room left for the reply."""
    provider = provider_of(settings.model)
    if provider not in IN_PROCESS and registered_provider(provider) is None:
        await load_once("price list", load_price_list)
    window = context_window(settings.model)
    return window - min(settings.max_tokens or _REPLY, window // _LARGEST_SHARE_OF_REPLY)
