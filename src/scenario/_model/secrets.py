"""Secrets: how they are recognised, and how they are removed from text and exceptions."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from scenario._model.narrowing import is_dict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario.types import ModelRequest

_SECRET_NAME = re.compile(
    r"api[-_]?key|access[-_]?key|secret|passw|credential|authori[sz]ation|cookie|(^|[-_])token$",
    re.IGNORECASE,
)
# What stands before a secret in error texts: a scheme, a name, or the beginning of a URL with credentials.
_LABELLED = re.compile(
    r"""(
        \b(?:Bearer|Basic)\s+
      | \b(?:[\w-]*api[-_]?key|authorization|access_token|secret|password)["']?\s*[:=]\s*["']?(?!Bearer|Basic)
      | [?&]key=
      | ://(?=[^\s/@]+@)
    )[^\s"',;&@}\])]{4,}""",
    re.VERBOSE | re.IGNORECASE,
)
# How the keys of well-known providers begin.
_KEY_LIKE = re.compile(
    r"\b(?:(?:sk|pk|rk|gsk|xai|hf|ghp|gho|glpat|pplx|r8|nvapi)[-_]|AIza|AKIA|eyJ)[\w*.-]{8,}"
)
_PLACEHOLDER = "***"
_SHORTEST = 6  # shorter values ("none", "test") are no secrets and would blank out ordinary words


def is_secret_name(name: str) -> bool:
    """Tell whether a parameter, header or variable of this name usually holds a secret."""
    return _SECRET_NAME.search(name) is not None


def secrets_of(request: ModelRequest) -> set[str]:
    """Return the secrets that a call of `request` may send: its own, and those in the environment."""
    found = {request.api_key or ""}
    # Name by name: another thread may change the environment, which its iterators do not bear.
    found |= {os.environ.get(name, "") for name in list(os.environ) if is_secret_name(name)}
    _collect(request.params, found)
    return {secret for secret in found if len(secret) >= _SHORTEST}


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Return `text` without `secrets` and without anything that looks like a key."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, _PLACEHOLDER)
    return _KEY_LIKE.sub(_PLACEHOLDER, _LABELLED.sub(rf"\1{_PLACEHOLDER}", text))


def redact_exception(error: BaseException, secrets: Iterable[str]) -> None:
    """Remove secrets from an exception and those behind it, in place, because tracebacks print their texts.

    Providers echo keys in their answers; the exceptions of their SDKs carry the answer as text.
    """
    chain = [error]
    for item in chain:
        _redact_one(item, secrets)
        behind = (item.__cause__, item.__context__)
        chain += [other for other in behind if other is not None and other not in chain]


def _redact_one(error: BaseException, secrets: Iterable[str]) -> None:
    error.args = tuple(redact(item, secrets) if isinstance(item, str) else item for item in error.args)
    message: object = getattr(error, "message", None)
    if isinstance(message, str):
        error.__dict__["message"] = redact(message, secrets)


def _collect(value: Any, found: set[str], *, secret: bool = False) -> None:
    if is_dict(value):
        for name, item in value.items():
            _collect(item, found, secret=secret or is_secret_name(name))
    elif secret and isinstance(value, str):
        found.add(value)
        found.add(value.rpartition(" ")[2])  # the token of "Bearer token"
