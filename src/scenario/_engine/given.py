"""What a scenario is given, checked before anything happens: its agents and the steps of its script."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

import scenario.script as steps
from scenario.types import AgentRole

if TYPE_CHECKING:
    from scenario.agent_adapter import AgentAdapter
    from scenario.types import ScriptStep


def checked_agents(agents: Any) -> tuple[AgentAdapter, ...]:
    """Return the agents.

    Raises:
        TypeError: they are no list, or one of them is no agent.
    """
    given = _items("agents", agents, "agents")
    for index, agent in enumerate(given):
        if isinstance(agent, type):
            raise TypeError(
                f"agents[{index}] is the class {agent.__name__}; pass an instance: {agent.__name__}(...)"
            )
        if not isinstance(getattr(agent, "role", None), AgentRole) or not callable(
            getattr(agent, "call", None)
        ):
            raise TypeError(
                f"agents[{index}] is a {type(agent).__name__}, which is no agent: an agent has a `role` "
                "(AgentRole) and a method `call`. Subclass scenario.AgentAdapter."
            )
    return given


def checked_script(script: Any) -> tuple[ScriptStep, ...]:
    """Return the steps; `proceed()` alone where there are none.

    Raises:
        TypeError: they are no list, or one of them is no step.
    """
    given = () if script is None else _items("script", script, "steps")
    factories = [getattr(steps, name) for name in steps.__all__]
    for index, step in enumerate(given):
        if any(step is factory for factory in factories):
            raise TypeError(f"script[{index}] is scenario.{step.__name__} itself; call it: {step.__name__}()")
        if not callable(step):
            raise TypeError(
                f"script[{index}] is {step!r}, which is no step: a step is a callable with the state"
            )
    return given or (steps.proceed(),)


def _items(name: str, given: Any, what: str) -> tuple[Any, ...]:
    if not isinstance(given, Iterable):
        raise TypeError(f"{name} must be a list of {what}, got {given!r}; put it in brackets: {name}=[...]")
    # At once: an iterator gives its items only one time.
    return tuple(cast("Iterable[Any]", given))
