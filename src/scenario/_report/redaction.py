"""What is taken out of a report before it is written: the models' own keys, and what the user asks for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

from scenario._model.secrets import secrets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scenario._model import ModelSettings

_PLACEHOLDER = "***"
_SHORTEST_OF_ENVIRONMENT = 16  # shorter passwords there are words that a conversation may well hold


def keys_of(settings: Iterable[ModelSettings]) -> set[str]:
    """Return the secrets with which models are called: those of their settings and of the environment."""
    # Name by name: a test in another thread may change the environment meanwhile.
    ambient = {os.environ.get(name, "") for name in list(os.environ)}
    found = {secret for item in settings for secret in secrets_of(item.request([]))}
    return {key for key in found if key not in ambient or len(key) >= _SHORTEST_OF_ENVIRONMENT}


def redaction(keys: Iterable[str], redact: Callable[[str], str] | None) -> Callable[[str], str]:
    """Return the function that every string of a report passes through.

    What looks like a secret in the conversation stays: in a red-team run it is what the agent gave away.

    Args:
        keys: removed wherever they occur.
        redact: the user's own function, called afterwards.
    """
    known = sorted(keys, key=len, reverse=True)

    def change(text: str) -> str:
        for key in known:
            text = text.replace(key, _PLACEHOLDER)
        if redact is None:
            return text
        changed = cast("object", redact(text))  # it is the user's
        if not isinstance(changed, str):
            raise TypeError(f"redact must return a string, got {changed!r} of type {type(changed).__name__}")
        return changed

    return change
