"""Model providers that a user adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scenario.types import ModelRequest, ModelResponse

ModelProvider: TypeAlias = "Callable[[ModelRequest], Awaitable[ModelResponse]]"
"""Answers a request, or raises `ModelCallError` (which is tried again when it is `retryable`)."""

_providers: dict[str, ModelProvider] = {}


def register_model_provider(prefix: str, fn: ModelProvider) -> None:
    """Have `fn` answer every call of a model named `prefix/...`, before any built-in provider.

    A second registration of a prefix replaces the first.

    Args:
        prefix: the text before the first `/` of the model strings.
        fn: `async (ModelRequest) -> ModelResponse`.

    Raises:
        ValueError: `prefix` is empty or contains a `/`.
        TypeError: `fn` is not callable.
    """
    if not prefix or "/" in prefix:
        raise ValueError(f"prefix must be the part of a model string before its first '/', got {prefix!r}")
    if not callable(fn):
        raise TypeError(f"fn must be an async function from ModelRequest to ModelResponse, got {fn!r}")
    _providers[prefix] = fn


def unregister_model_provider(prefix: str) -> None:
    """Forget the provider registered for `prefix`, if there is one."""
    _providers.pop(prefix, None)


def registered_provider(provider: str) -> ModelProvider | None:
    """Return what was registered for a provider."""
    return _providers.get(provider)
