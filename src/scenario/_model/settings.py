"""The model settings of a built-in agent, resolved when it is constructed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scenario._model.limits import DELIVERY_PARAMS
from scenario._model.names import provider_of
from scenario._model.narrowing import is_dict
from scenario._model.secrets import is_secret_name, redact
from scenario.config import ModelConfig, ScenarioConfig
from scenario.errors import ModelNotConfiguredError
from scenario.types import ModelRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scenario.types import Message

_HEADERS = frozenset({"headers", "extra_headers", "default_headers"})
_CLIENTS = frozenset({"client", "http_client"})


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """A model and how it is called.

    Attributes:
        model: `provider/name`, or a bare name of a known family.
        api_base: endpoint; `None` is the provider's own.
        api_key: key; `None` is the provider's environment variable.
        temperature: sampling temperature.
        max_tokens: limit of each answer; `None` is not sent.
        extra: everything else that goes to each call.
    """

    model: str
    api_base: str | None = None
    api_key: str | None = field(default=None, repr=False)
    temperature: float | None = None
    max_tokens: int | None = None
    extra: dict[str, Any] = field(default_factory=dict[str, Any], repr=False)

    def request(
        self,
        messages: Sequence[Message],
        *,
        tools: Sequence[Mapping[str, Any]] = (),
        tool_choice: str | Mapping[str, Any] | None = None,
        response_format: Mapping[str, Any] | None = None,
    ) -> ModelRequest:
        """Return the request that sends `messages` with these settings."""
        return ModelRequest(
            model=self.model,
            messages=messages,
            tools=tools,
            tool_choice=tool_choice,
            response_format=response_format,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            api_base=self.api_base,
            api_key=self.api_key,
            params=self.extra,
        )

    def fingerprint(self) -> dict[str, Any]:
        """Return what decides the model's answer, for cache keys: no key, header, client or time-out."""
        return {
            "model": self.model,
            "api_base": redact(self.api_base) if self.api_base else None,
            "temperature": self.temperature,
            "max_tokens": self.max_tokens,
            "extra": _without_secrets(
                {name: value for name, value in self.extra.items() if name not in _CLIENTS | DELIVERY_PARAMS}
            ),
        }


def resolve_settings(
    agent: str,
    *,
    model: str | None = None,
    api_base: str | None = None,
    api_key: str | None = None,
    temperature: float | None = None,
    max_tokens: int | None = None,
    extra_params: Mapping[str, Any] | None = None,
    default_temperature: float | None = 0.0,
) -> ModelSettings:
    """Combine an agent's arguments with the configured default model, value by value.

    An argument wins over the `ModelConfig`, of which only what was given explicitly counts. Endpoint, key,
    headers, clients and other secrets of the `ModelConfig` are used only for a model of the same provider.

    Args:
        agent: the agent's class name, for the error.
        model: the agent's own model.
        api_base: the agent's own endpoint.
        api_key: the agent's own key.
        temperature: the agent's own temperature; `0.0` counts.
        max_tokens: the agent's own limit.
        extra_params: the agent's further keywords; `None` values count as not given.
        default_temperature: used when nobody gives one.

    Raises:
        ModelNotConfiguredError: there is neither `model` nor a default model.
    """
    default = _default_model()
    chosen = model or default.model
    if not chosen:
        raise ModelNotConfiguredError(agent)
    extras = {name: value for name, value in default.extras.items() if value is not None}
    if not _same_provider(chosen, default.model):
        default = default.model_copy(update={"api_base": None, "api_key": None})
        extras = {name: value for name, value in extras.items() if not _bound_to_provider(name)}
    extras |= {name: value for name, value in (extra_params or {}).items() if value is not None}
    return ModelSettings(
        model=chosen,
        api_base=_first(api_base, default.given("api_base")),
        api_key=_first(api_key, default.given("api_key")),
        temperature=_first(temperature, default.given("temperature"), default_temperature),
        max_tokens=_first(max_tokens, default.given("max_tokens")),
        extra=extras,
    )


def _default_model() -> ModelConfig:
    config = ScenarioConfig.default_config
    default = config.default_model if config else None
    return default if isinstance(default, ModelConfig) else ModelConfig(model=default or "")


def _same_provider(model: str, other: str) -> bool:
    provider = provider_of(model)
    return model == other or (provider != "" and provider == provider_of(other))


def _bound_to_provider(name: str) -> bool:
    return name in _HEADERS | _CLIENTS or is_secret_name(name)


def _first(*values: Any) -> Any:
    return next((value for value in values if value is not None), None)


def _without_secrets(value: Any) -> Any:
    if is_dict(value):
        return {
            name: _without_secrets(item)
            for name, item in value.items()
            if name not in _HEADERS and not is_secret_name(name)
        }
    return value
