from __future__ import annotations

import pytest

from scenario._model import provider_of
from scenario._model.names import any_llm_name


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("openai/gpt-5-mini", "openai"),
        ("openrouter/meta-llama/llama-4", "openrouter"),
        ("gpt-5-mini", "openai"),
        ("o3", "openai"),
        ("o4-mini", "openai"),
        ("chatgpt-4o-latest", "openai"),
        ("claude-sonnet-4-5", "anthropic"),
        ("gemini-2.5-flash", "gemini"),
        ("grok-4", "xai"),
        ("mistral-large-latest", "mistral"),
        ("deepseek-chat", "deepseek"),
        ("command-r-plus", "cohere"),
        ("offline/players", "offline"),
        ("auto", "auto"),
    ],
)
def test_the_provider_is_the_prefix_or_that_of_the_family(model: str, provider: str) -> None:
    assert provider_of(model) == provider


@pytest.mark.parametrize("model", ["my-own-model", "", "on1", "gpt"])
def test_a_bare_name_of_no_known_family_has_no_provider(model: str) -> None:
    assert provider_of(model) == ""


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("together_ai/some/model", "together"),
        ("azure/gpt-5", "azureopenai"),
        ("vertex_ai/gemini-2.5-pro", "vertexai"),
        ("vertex_ai/claude-sonnet-4-5", "vertexaianthropic"),
        ("fireworks_ai/x", "fireworks"),
        ("ollama_chat/llama3", "ollama"),
        ("groq/llama", "groq"),
        ("claude-sonnet-4-5", "anthropic"),
    ],
)
def test_litellms_provider_names_are_translated_for_any_llm(model: str, name: str) -> None:
    assert any_llm_name(model) == name


def test_every_translated_name_is_known_to_any_llm() -> None:
    from any_llm import AnyLLM

    from scenario._model.names import _ANY_LLM_NAMES

    assert set(_ANY_LLM_NAMES.values()) <= set(AnyLLM.get_supported_providers())
