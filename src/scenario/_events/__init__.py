"""The event stream of a run: what is told, in which form, and how it is delivered."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario._events.bus import EventBus
    from scenario._events.model import (
        RunResults,
        ScenarioEvent,
        ScenarioMessageSnapshotEvent,
        ScenarioRunFinishedEvent,
        ScenarioRunStartedEvent,
    )
    from scenario._events.recorder import EventRecorder
    from scenario._events.stream import Events

__all__ = [
    "EventBus",
    "EventRecorder",
    "Events",
    "RunResults",
    "ScenarioEvent",
    "ScenarioMessageSnapshotEvent",
    "ScenarioRunFinishedEvent",
    "ScenarioRunStartedEvent",
]

_HOMES = {
    "EventBus": "bus",
    "EventRecorder": "recorder",
    "Events": "stream",
    "RunResults": "model",
    "ScenarioEvent": "model",
    "ScenarioMessageSnapshotEvent": "model",
    "ScenarioRunFinishedEvent": "model",
    "ScenarioRunStartedEvent": "model",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
