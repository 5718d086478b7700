"""Tools that the agent wants the client to run."""

from __future__ import annotations

import inspect
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from scenario.errors import exception_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class ToolOutcome(NamedTuple):
    """What a tool said, and whether that is an error."""

    text: str
    is_error: bool


async def run_tool(
    handlers: Mapping[str, Callable[..., Any]], name: str, parameters: Mapping[str, Any]
) -> ToolOutcome:
    """Run a tool; what goes wrong is told to the agent, as a real client would."""
    if (handler := handlers.get(name)) is None:
        return ToolOutcome(f"this client has no tool {name!r}", is_error=True)
    try:
        result = handler(**parameters)
        result = await result if inspect.isawaitable(result) else result
    except Exception as error:  # noqa: BLE001  # a tool of the user's may raise anything
        return ToolOutcome(f"{type(error).__name__}: {exception_text(error)}", is_error=True)
    return ToolOutcome(result if isinstance(result, str) else json.dumps(result, default=str), is_error=False)
