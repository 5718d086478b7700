"""The canonical forms of our own types: what decides an answer, and nothing that differs between equal runs.

Ids of threads and traces, keys, headers, clients and settings of output never enter a form.
"""

from __future__ import annotations

from typing import Any

from scenario._cache.canonical import canonical, canonical_message, canonical_object, register
from scenario._model.settings import ModelSettings
from scenario.config import ModelConfig, ScenarioConfig
from scenario.types import AgentInput, ModelRequest


@register(AgentInput)
def _agent_input(value: AgentInput) -> Any:
    state = value.scenario_state
    return {
        "!agent_input": {
            "messages": [canonical_message(message) for message in value.messages],
            "new_messages": [canonical_message(message) for message in value.new_messages],
            "judgment_request": canonical(value.judgment_request),
            "description": canonical(getattr(state, "description", None)),
            "current_turn": canonical(getattr(state, "current_turn", None)),
        }
    }


@register(ScenarioConfig)
def _scenario_config(value: ScenarioConfig) -> Any:
    return canonical_object(value, {"default_model": value.default_model, "max_turns": value.max_turns})


@register(ModelConfig)
def _model_config(value: ModelConfig) -> Any:
    settings = ModelSettings(
        model=value.model,
        api_base=value.api_base,
        temperature=value.temperature,
        max_tokens=value.max_tokens,
        extra=value.extras,
    )
    return canonical_object(value, settings.fingerprint())


@register(ModelSettings)
def _model_settings(value: ModelSettings) -> Any:
    return canonical_object(value, value.fingerprint())


@register(ModelRequest)
def _model_request(value: ModelRequest) -> Any:
    settings = ModelSettings(
        model=value.model,
        api_base=value.api_base,
        temperature=value.temperature,
        max_tokens=value.max_tokens,
        extra=dict(value.params),
    )
    prompt = {
        "messages": list(value.messages),
        "tools": list(value.tools),
        "tool_choice": value.tool_choice,
        "response_format": value.response_format,
    }
    return canonical_object(value, settings.fingerprint() | prompt)
