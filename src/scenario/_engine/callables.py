"""Calls the callables of a script, steps and callbacks, and reads what they return."""

from __future__ import annotations

import inspect
import warnings
from typing import TYPE_CHECKING, Any

from scenario.script import VerdictStep
from scenario.types import ScenarioResult

if TYPE_CHECKING:
    from scenario.scenario_state import Callback, ScenarioState
    from scenario.types import ScriptStep


async def verdict_of(function: ScriptStep | Callback, state: ScenarioState) -> ScenarioResult | None:
    """Return the verdict that a callable gave, if it gave one; what else it returns is ignored.

    What looks like a check that was meant to count is ignored with a `UserWarning`: without one, a test
    that checks nothing would pass.
    """
    outcome: Any = function(state)
    if inspect.isawaitable(outcome):
        outcome = await outcome
    if isinstance(outcome, ScenarioResult):
        return outcome
    if mistake := _mistake(outcome):
        _warn(function, mistake)
    return None


def _mistake(outcome: Any) -> str | None:
    if outcome is False:
        return "returned False, which is ignored: use `assert`, or `return scenario.fail('why')()`"
    if isinstance(outcome, VerdictStep) or inspect.isfunction(outcome):
        return (
            "returned a step, which is ignored: `return step(state)` plays it, and a verdict is "
            "`return scenario.fail('why')()`"
        )
    if inspect.isgenerator(outcome) or inspect.isasyncgen(outcome):
        return "is a generator, so nothing in it has run: take the `yield` out"
    return None


def _warn(function: Any, mistake: str) -> None:
    text = f"the script's callable {getattr(function, '__qualname__', type(function).__name__)} {mistake}"
    code = getattr(function, "__code__", None)
    if code is None:
        warnings.warn(text, UserWarning, stacklevel=3)
    else:  # the line to look at is the function's own, and it is not on the stack any more
        warnings.warn_explicit(text, UserWarning, code.co_filename, code.co_firstlineno)
