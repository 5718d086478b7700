"""The provider's own types as judges of frames: what they leave out or let pass counts too."""

from __future__ import annotations

import itertools
from typing import Any, get_args

from openai.types.beta import realtime as beta_types
from openai.types.beta.realtime import RealtimeClientEvent as BetaClientEvent
from openai.types.beta.realtime import RealtimeServerEvent as BetaServerEvent
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent
from pydantic import BaseModel

_ids = itertools.count(1)


def _by_type(union: Any) -> dict[str, type[BaseModel]]:
    """Return the events of a union by the name on the wire."""
    events = get_args(get_args(union)[0])
    return {name: event for event in events for name in get_args(event.model_fields["type"].annotation)}


CLIENT = {False: _by_type(RealtimeClientEvent), True: _by_type(BetaClientEvent)}
SERVER = {False: _by_type(RealtimeServerEvent), True: _by_type(BetaServerEvent)}
assert beta_types


def undeclared(value: object, path: str = "") -> list[str]:
    """Return where a validated value has keys that its type does not declare."""
    if isinstance(value, BaseModel):
        found = [f"{path}.{name}" for name in value.model_extra or ()]
        for name in type(value).model_fields:
            found += undeclared(getattr(value, name), f"{path}.{name}")
        return found
    if isinstance(value, list):
        return [key for at, item in enumerate(value) for key in undeclared(item, f"{path}[{at}]")]
    return []


def check_client_frame(frame: dict[str, Any], *, beta: bool = False) -> None:
    """Raise `AssertionError` or `ValidationError` unless a frame is exactly what the provider publishes."""
    _check(frame, CLIENT[beta])


def server_event(type: str, *, beta: bool = False, **fields: Any) -> dict[str, Any]:
    """Return an event of the server, checked in the same way."""
    event = {"type": type, "event_id": f"event_{next(_ids)}", **fields}
    _check(event, SERVER[beta])
    return event


def _check(frame: dict[str, Any], types: dict[str, type[BaseModel]]) -> None:
    assert frame.get("type") in types, f"{frame.get('type')!r} is no published event"
    keys = undeclared(types[frame["type"]].model_validate(frame, strict=True))
    assert keys == [], f"{frame['type']}: undeclared keys {keys}"
