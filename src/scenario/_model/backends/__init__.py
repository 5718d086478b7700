"""Choice of the backend that answers a request."""

from __future__ import annotations

import os
from importlib.metadata import PackageNotFoundError, metadata
from importlib.util import find_spec
from typing import TYPE_CHECKING

from scenario._model.backends.sdks import SdkUnavailableError, sdk_of
from scenario._model.loading import import_off_loop
from scenario._model.names import IN_PROCESS, OFFLINE_MODEL, any_llm_name, provider_of
from scenario._model.registry import registered_provider
from scenario._model.testing import check_allowed
from scenario.errors import MissingExtraError, ModelCallError

if TYPE_CHECKING:
    from scenario._model.registry import ModelProvider
    from scenario.types import ModelRequest


async def backend_for(request: ModelRequest) -> ModelProvider:
    """Return the function that answers `request`; it is imported at its first use.

    Raises:
        MissingExtraError: the package of the model's provider is not installed.
        ModelCallError: the model string names no provider or no offline model, or a test forbids the request.
        ValueError: `SCENARIO_MODEL_BACKEND` names no backend.
    """
    provider = provider_of(request.model)
    registered = registered_provider(provider)
    if registered is not None:
        return registered
    if provider == "offline" and request.model != OFFLINE_MODEL:
        raise ModelCallError(
            f"there is no model {request.model!r}; the one that is made of rules is {OFFLINE_MODEL!r}",
            model=request.model,
        )
    if provider in IN_PROCESS:
        room = "offline" if provider == "offline" else "local"
        return (await import_off_loop(f"scenario._model.{room}")).answer
    check_allowed(request)
    name = await _backend_of(request.model)
    return (await import_off_loop(f"scenario._model.backends.{name}")).answer


async def _backend_of(model: str) -> str:
    """Return the module of the backend for a model that is called over the network."""
    demanded = os.environ.get("SCENARIO_MODEL_BACKEND", "")
    if demanded not in ("", "any-llm", "litellm"):
        raise ValueError(f"SCENARIO_MODEL_BACKEND must be 'litellm' or 'any-llm', got {demanded!r}")
    if demanded == "litellm":
        if not _litellm_is_installed():
            feature = "SCENARIO_MODEL_BACKEND=litellm"
            raise MissingExtraError(feature=feature, package="litellm", extra="litellm")
        return "litellm"
    provider = any_llm_name(model)
    if not demanded and provider in ("openai", "ollama"):
        return provider
    try:
        await sdk_of(provider)
    except SdkUnavailableError as error:
        if not _litellm_is_installed():
            raise _unserved(model, error) from error
        return "litellm"
    return "any_llm"


def _litellm_is_installed() -> bool:
    return find_spec("litellm") is not None


def _unserved(model: str, error: SdkUnavailableError) -> Exception:
    provider = provider_of(model)
    if not provider:
        return ModelCallError(
            f"cannot tell the provider of the model {model!r}; write it as 'provider/name', for example "
            f"'openai/{model}'",
            model=model,
        )
    feature = f"the model {model!r}"
    if error.reason == "not installed" and provider in _own_extras():
        return MissingExtraError(feature=feature, package=f"any-llm-sdk[{provider}]", extra=provider)
    return MissingExtraError(feature=feature, package="litellm", extra="litellm")


def _own_extras() -> list[str]:
    try:
        return metadata("agent-scenario").get_all("Provides-Extra") or []
    except PackageNotFoundError:  # a checkout on the path that was never installed
        return []
