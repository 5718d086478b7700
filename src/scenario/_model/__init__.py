"""The one way to call a chat model.

`complete()` takes a `ModelRequest`, picks a backend by the model's provider and returns a `ModelResponse`. It
holds the time-outs, the retries, the parameters that a model refuses, usage and cost, the tracing span and
the removal of secrets from errors. Nothing is imported before it is needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario._model.clients import aclose_clients
    from scenario._model.completion import complete
    from scenario._model.fake import FakeModel, fake_model
    from scenario._model.meter import UsageMeter, current_meter
    from scenario._model.names import provider_of
    from scenario._model.prices import context_window
    from scenario._model.registry import register_model_provider
    from scenario._model.settings import ModelSettings, resolve_settings
    from scenario._model.testing import forbid_real_requests

_HOMES = {
    "FakeModel": "fake",
    "ModelSettings": "settings",
    "UsageMeter": "meter",
    "aclose_clients": "clients",
    "complete": "completion",
    "context_window": "prices",
    "current_meter": "meter",
    "fake_model": "fake",
    "forbid_real_requests": "testing",
    "provider_of": "names",
    "register_model_provider": "registry",
    "resolve_settings": "settings",
}

__all__ = [
    "FakeModel",
    "ModelSettings",
    "UsageMeter",
    "aclose_clients",
    "complete",
    "context_window",
    "current_meter",
    "fake_model",
    "forbid_real_requests",
    "provider_of",
    "register_model_provider",
    "resolve_settings",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
