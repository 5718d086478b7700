"""Hosted models that `auto` may take: which key in the environment stands for which small, current model."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec


@dataclass(frozen=True, slots=True)
class HostedModel:
    """A model and what it needs: one of the environment variables, and one of the packages."""

    model: str
    variables: tuple[str, ...]
    packages: tuple[str, ...]

    @property
    def variable(self) -> str | None:
        """The variable that holds its key, if one does."""
        return next((name for name in self.variables if os.environ.get(name, "").strip()), None)

    @property
    def installed(self) -> bool:
        """Whether a package that can call it is there."""
        return any(map(_is_installed, self.packages))


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # The parent of a dotted name is missing.
        return False


HOSTED_MODELS = (
    HostedModel("openai/gpt-5-mini", ("OPENAI_API_KEY",), ("openai",)),
    HostedModel("anthropic/claude-haiku-5-5", ("ANTHROPIC_API_KEY",), ("anthropic", "litellm")),
    HostedModel(
        "gemini/gemini-flash-latest", ("GEMINI_API_KEY", "GOOGLE_API_KEY"), ("google.genai", "litellm")
    ),
    HostedModel("xai/grok-4-1-fast-non-reasoning", ("XAI_API_KEY",), ("xai_sdk", "litellm")),
    HostedModel("mistral/mistral-small-latest", ("MISTRAL_API_KEY",), ("mistralai", "litellm")),
    HostedModel("deepseek/deepseek-chat", ("DEEPSEEK_API_KEY",), ("openai",)),
    HostedModel("groq/openai/gpt-oss-120b", ("GROQ_API_KEY",), ("groq", "litellm")),
)
"""In the order in which they are considered."""


def hosted_model() -> HostedModel | None:
    """Return the first model whose key is set and whose package is installed."""
    return next((each for each in HOSTED_MODELS if each.variable and each.installed), None)
