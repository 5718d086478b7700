"""Model strings: which provider a model belongs to."""

from __future__ import annotations

IN_PROCESS = frozenset({"offline", "local", "auto"})
"""Providers whose models run in this process, or are chosen by it."""
OFFLINE_MODEL = "offline/players"

_FAMILIES = {
    "openai": ("gpt-", "chatgpt-", "o1", "o3", "o4", "ft:gpt-", "codex-"),
    "anthropic": ("claude-",),
    "gemini": ("gemini-", "gemma-"),
    "xai": ("grok-",),
    "mistral": ("mistral-", "ministral-", "magistral-", "codestral-", "pixtral-", "devstral-", "open-mi"),
    "deepseek": ("deepseek-",),
    "cohere": ("command-", "c4ai-"),
    "perplexity": ("sonar",),
}
_ANY_LLM_NAMES = {
    "azure": "azureopenai",
    "azure_ai": "azure",
    "bedrock_converse": "bedrock",
    "cohere_chat": "cohere",
    "custom_openai": "openai",
    "fireworks_ai": "fireworks",
    "hosted_vllm": "vllm",
    "lm_studio": "lmstudio",
    "meta_llama": "llama",
    "ollama_chat": "ollama",
    "openai_like": "openai",
    "sagemaker_chat": "sagemaker",
    "together_ai": "together",
    "vertex_ai": "vertexai",
}
"""litellm's names of providers, where any-llm has another."""


def split_model(model: str) -> tuple[str, str]:
    """Return the provider of a model string and the name by which that provider knows the model.

    The provider is the text before the first `/`, else that of the name's family (`gpt-`, `claude-`, ...),
    else empty.
    """
    provider, slash, name = model.partition("/")
    if slash:
        return provider, name
    if model == "auto":
        return "auto", model
    for family, prefixes in _FAMILIES.items():
        if model.startswith(prefixes):
            return family, model
    return "", model


def provider_of(model: str) -> str:
    """Return the provider of a model string; empty when a bare name belongs to no known family."""
    return split_model(model)[0]


def any_llm_name(model: str) -> str:
    """Return any-llm's name for the provider of a model string."""
    provider, name = split_model(model)
    if provider == "vertex_ai" and name.startswith("claude"):
        return "vertexaianthropic"
    return _ANY_LLM_NAMES.get(provider, provider)
