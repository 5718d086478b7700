"""Parameters that a model refuses: found in its errors, left out from then on, said once."""

from __future__ import annotations

import logging
import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scenario._model.failures import original_of, status_of
from scenario._model.limits import DELIVERY_PARAMS

if TYPE_CHECKING:
    from collections.abc import Collection

    from scenario.types import ModelRequest

logger = logging.getLogger("scenario.model")

_OWN_FIELDS = ("temperature", "tool_choice", "max_tokens", "response_format")
_KEPT_PARAMS = DELIVERY_PARAMS | {"client", "http_client"}
# What providers call a parameter in their errors, where that is not our name for it.
_ALIASES = {
    "max_tokens": ("max_completion_tokens", "max_output_tokens", "maxOutputTokens", "max_new_tokens"),
    "tool_choice": ("toolChoice", "tool_config", "toolConfig"),
    "response_format": ("response_schema", "responseSchema", "output_format"),
    "reasoning_effort": ("reasoning", "thinking", "output_config", "budget_tokens"),
    "thinking": ("reasoning", "reasoning_effort", "budget_tokens"),
    "reasoning": ("reasoning_effort", "thinking"),
    "headers": ("extra_headers", "http_headers"),
}

_refused: dict[tuple[str, str | None], frozenset[str]] = {}
_lock = threading.Lock()


def refused_parameter(error: Exception, request: ModelRequest) -> str | None:
    """Return the parameter of `request` that `error` refuses; `None` when it is about something else."""
    error = original_of(error)
    if not _may_refuse(error):
        return None
    sent = [name for name in _OWN_FIELDS if getattr(request, name) is not None]
    sent += [name for name in request.params if name not in _KEPT_PARAMS]
    named: object = getattr(error, "param", None)
    text = named if isinstance(named, str) and named else str(error)
    found = [(position, name) for name in sent if (position := _position(name, text)) is not None]
    return min(found)[1] if found else None


def remember_refused(request: ModelRequest, names: Collection[str]) -> None:
    """Leave `names` out of further calls of the request's model at its endpoint, and say so once."""
    key = (request.model, request.api_base)
    with _lock:
        known = _refused.get(key, frozenset())
        _refused[key] = known.union(names)
    for name in sorted(set(names) - known):
        logger.warning(
            "%s refuses the parameter %r; it is left out of its calls from now on", request.model, name
        )


def without_refused(request: ModelRequest) -> ModelRequest:
    """Return the request without the parameters that its model is known to refuse."""
    return without(request, _refused.get((request.model, request.api_base), frozenset()))


def without(request: ModelRequest, names: Collection[str]) -> ModelRequest:
    """Return the request without the parameters `names`."""
    if not names:
        return request
    changes: dict[str, Any] = {name: None for name in _OWN_FIELDS if name in names}
    params = {name: value for name, value in request.params.items() if name not in names}
    return replace(request, params=params, **changes)


def _may_refuse(error: Exception) -> bool:
    if isinstance(error, TypeError):
        return "unexpected keyword argument" in str(error)
    return status_of(error) in (400, 422) or "UnsupportedParam" in type(error).__name__


def _position(name: str, text: str) -> int | None:
    names = "|".join(re.escape(alias) for alias in (name, *_ALIASES.get(name, ())))
    match = re.search(rf"(?<![\w-])(?:{names})(?![\w-])", text)
    return match.start() if match else None
