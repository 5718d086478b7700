"""Models on this machine: GGUF files served in process by llama.cpp, and the choice behind `auto`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario._model.local.backend import answer
    from scenario._model.local.choice import resolve_auto

_HOMES = {"answer": "backend", "resolve_auto": "choice"}

__all__ = ["answer", "resolve_auto"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
