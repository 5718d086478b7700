"""The provider SDKs under any-llm: loaded once, with what has to be known to call them."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from scenario._model.backends.tls import tls_context
from scenario._model.loading import load_once
from scenario._model.prices import load_price_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from any_llm import AnyLLM


@dataclass(frozen=True, slots=True)
class Sdk:
    """One provider's SDK.

    Attributes:
        provider: any-llm's class.
        parameters: the names that its call takes, others travel in `extra_body`; `None` where it takes any.
        new_http_client: makes an HTTP client without a time-out of its own, with the shared TLS context;
            `None` where the SDK makes its own.
        headers: the parameter of the call that takes headers.
    """

    provider: type[AnyLLM]
    parameters: frozenset[str] | None = None
    new_http_client: Callable[[], Any] | None = None
    headers: str = "extra_headers"


class SdkUnavailableError(LookupError):
    """any-llm does not know a provider, or the provider's SDK is not installed."""

    def __init__(self, provider: str, reason: Literal["unknown", "not installed"]) -> None:
        self.reason = reason
        super().__init__(f"the SDK of the provider {provider!r} is {reason}")


_HEADERS_PARAMETERS = {"gemini": "http_options", "mistral": "http_headers", "vertexai": "http_options"}


async def sdk_of(provider: str) -> Sdk:
    """Return the SDK of a provider, by any-llm's name for it; the first call loads it in a thread.

    Raises:
        SdkUnavailableError: there is none.
    """
    sdk = await load_once(f"any-llm {provider}", partial(_load, provider))
    if isinstance(sdk, str):
        raise SdkUnavailableError(provider, sdk)
    return sdk


def _load(provider: str) -> Sdk | Literal["unknown", "not installed"]:
    from any_llm import AnyLLM
    from any_llm.providers.openai.base import BaseOpenAIProvider

    if provider not in AnyLLM.get_supported_providers():
        return "unknown"
    llm = AnyLLM.get_provider_class(provider)
    if llm.MISSING_PACKAGES_ERROR is not None:
        return "not installed"
    load_price_list()  # each answer needs it
    if issubclass(llm, BaseOpenAIProvider):
        import openai
        from openai.resources.chat.completions import AsyncCompletions

        return Sdk(
            llm, _parameters(llm, AsyncCompletions.create), _http_clients(openai.DefaultAsyncHttpxClient)
        )
    if provider == "anthropic":
        import anthropic
        from anthropic.resources.messages import AsyncMessages

        return Sdk(
            llm, _parameters(llm, AsyncMessages.create), _http_clients(anthropic.DefaultAsyncHttpxClient)
        )
    return Sdk(llm, headers=_HEADERS_PARAMETERS.get(provider, "extra_headers"))


def _parameters(llm: type[AnyLLM], create: Callable[..., Any]) -> frozenset[str]:
    return (
        frozenset(inspect.signature(llm.acompletion).parameters) | inspect.signature(create).parameters.keys()
    )


def _http_clients(new: Callable[..., Any]) -> Callable[[], Any]:
    context = tls_context()
    new(verify=context)  # the first one imports more modules; that belongs into this thread, too
    # The attempt's own time-out holds; a second one underneath could only cut it short.
    return lambda: new(verify=context, timeout=None)
