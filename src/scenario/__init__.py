"""Test AI agents by talking to them: a simulated user, your agent, and a judge that decides.

    import scenario

    result = await scenario.run(
        name="refund",
        description="The user's kettle arrived broken. They want their money back for order 4711.",
        agents=[
            MyAgent(),
            scenario.UserSimulatorAgent(model="openai/gpt-5-mini"),
            scenario.JudgeAgent(model="openai/gpt-5-mini", criteria=["The agent refunds order 4711"]),
        ],
    )
    assert result.success

Importing this package loads nothing else; every name below is resolved when it is first used.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario._cache import cache
    from scenario._model import register_model_provider
    from scenario._red_team import (
        DEFAULT_GOAT_TECHNIQUES,
        DEFAULT_TECHNIQUES,
        EXTENDED_TECHNIQUES,
        PAPER_GOAT_TECHNIQUES,
        AttackerOutput,
        AttackTechnique,
        CrescendoStrategy,
        GoatStrategy,
        RedTeamStrategy,
        Technique,
    )
    from scenario._tracing import scenario_only, setup_scenario_tracing, with_custom_scopes
    from scenario.agent_adapter import AgentAdapter
    from scenario.config import ModelConfig, ScenarioConfig
    from scenario.judge_agent import JudgeAgent
    from scenario.red_team_agent import RedTeamAgent
    from scenario.scenario_executor import arun, run
    from scenario.scenario_state import ScenarioState
    from scenario.script import agent, fail, judge, message, proceed, succeed, user
    from scenario.types import (
        AgentInput,
        AgentReturnTypes,
        AgentRole,
        CriterionVerdict,
        ScenarioResult,
    )
    from scenario.types import (
        JudgmentRequest as JudgmentRequest,
    )
    from scenario.user_simulator_agent import UserSimulatorAgent

    configure = ScenarioConfig.configure
    default_config: ScenarioConfig | None
    __version__: str

__all__ = [
    "AgentAdapter",
    "AgentInput",
    "AgentReturnTypes",
    "AgentRole",
    "AttackTechnique",
    "AttackerOutput",
    "CrescendoStrategy",
    "CriterionVerdict",
    "DEFAULT_GOAT_TECHNIQUES",
    "DEFAULT_TECHNIQUES",
    "EXTENDED_TECHNIQUES",
    "GoatStrategy",
    "JudgeAgent",
    "ModelConfig",
    "PAPER_GOAT_TECHNIQUES",
    "RedTeamAgent",
    "RedTeamStrategy",
    "ScenarioConfig",
    "ScenarioResult",
    "ScenarioState",
    "Technique",
    "UserSimulatorAgent",
    "agent",
    "arun",
    "cache",
    "configure",
    "default_config",
    "fail",
    "judge",
    "message",
    "proceed",
    "register_model_provider",
    "run",
    "scenario_only",
    "setup_scenario_tracing",
    "succeed",
    "user",
    "with_custom_scopes",
]

_HOMES = {
    "AgentAdapter": "agent_adapter",
    "AgentInput": "types",
    "AgentReturnTypes": "types",
    "AgentRole": "types",
    "AttackTechnique": "_red_team",
    "AttackerOutput": "_red_team",
    "CrescendoStrategy": "_red_team",
    "CriterionVerdict": "types",
    "DEFAULT_GOAT_TECHNIQUES": "_red_team",
    "DEFAULT_TECHNIQUES": "_red_team",
    "EXTENDED_TECHNIQUES": "_red_team",
    "GoatStrategy": "_red_team",
    "JudgeAgent": "judge_agent",
    "JudgmentRequest": "types",
    "ModelConfig": "config",
    "PAPER_GOAT_TECHNIQUES": "_red_team",
    "RedTeamAgent": "red_team_agent",
    "RedTeamStrategy": "_red_team",
    "ScenarioConfig": "config",
    "ScenarioResult": "types",
    "ScenarioState": "scenario_state",
    "Technique": "_red_team",
    "UserSimulatorAgent": "user_simulator_agent",
    "agent": "script",
    "arun": "scenario_executor",
    "cache": "_cache",
    "fail": "script",
    "judge": "script",
    "message": "script",
    "proceed": "script",
    "register_model_provider": "_model",
    "run": "scenario_executor",
    "scenario_only": "_tracing",
    "setup_scenario_tracing": "_tracing",
    "succeed": "script",
    "user": "script",
    "with_custom_scopes": "_tracing",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if home := _HOMES.get(name):
        value = getattr(import_module(f"scenario.{home}"), name)
    elif name == "configure":
        value = import_module("scenario.config").ScenarioConfig.configure
    elif name == "default_config":  # not kept: it changes with every configure()
        return import_module("scenario.config").ScenarioConfig.default_config
    elif name == "__version__":
        value = import_module("importlib.metadata").version("agent-scenario")
    else:
        raise AttributeError(f"module 'scenario' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_HOMES, "__version__"})


if os.environ.get("SCENARIO_LOG_LEVEL"):
    from scenario._logging import configure_from_environment

    configure_from_environment()
