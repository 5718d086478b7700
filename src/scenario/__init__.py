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
    from scenario._voice_steps import audio, dtmf, interrupt, silence, sleep
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
    from scenario.voice import (
        AdapterCapabilities,
        AudioChunk,
        AudioSegment,
        ComposableVoiceAgent,
        ElevenLabsAgentAdapter,
        ElevenLabsSTTProvider,
        ElevenLabsVoiceAgent,
        GeminiLiveAgentAdapter,
        InterruptionConfig,
        LatencyMetrics,
        LiveKitAgentAdapter,
        OpenAIRealtimeAgentAdapter,
        OpenAISTTProvider,
        PipecatAgentAdapter,
        STTProvider,
        TwilioAgentAdapter,
        UnsupportedCapabilityError,
        VapiAgentAdapter,
        VoiceAgentAdapter,
        VoiceEvent,
        VoiceOptions,
        VoiceRecording,
        WebRTCAgentAdapter,
        WebSocketAgentAdapter,
        WebSocketProtocol,
        register_tts_provider,
        set_stt_provider,
    )
    from scenario.voice import effects as effects

    configure = ScenarioConfig.configure
    default_config: ScenarioConfig | None
    __version__: str

__all__ = [
    "AdapterCapabilities",
    "AgentAdapter",
    "AgentInput",
    "AgentReturnTypes",
    "AgentRole",
    "AttackTechnique",
    "AttackerOutput",
    "AudioChunk",
    "AudioSegment",
    "ComposableVoiceAgent",
    "CrescendoStrategy",
    "CriterionVerdict",
    "DEFAULT_GOAT_TECHNIQUES",
    "DEFAULT_TECHNIQUES",
    "EXTENDED_TECHNIQUES",
    "ElevenLabsAgentAdapter",
    "ElevenLabsSTTProvider",
    "ElevenLabsVoiceAgent",
    "GeminiLiveAgentAdapter",
    "GoatStrategy",
    "InterruptionConfig",
    "JudgeAgent",
    "LatencyMetrics",
    "LiveKitAgentAdapter",
    "ModelConfig",
    "OpenAIRealtimeAgentAdapter",
    "OpenAISTTProvider",
    "PAPER_GOAT_TECHNIQUES",
    "PipecatAgentAdapter",
    "RedTeamAgent",
    "RedTeamStrategy",
    "STTProvider",
    "ScenarioConfig",
    "ScenarioResult",
    "ScenarioState",
    "Technique",
    "TwilioAgentAdapter",
    "UnsupportedCapabilityError",
    "UserSimulatorAgent",
    "VapiAgentAdapter",
    "VoiceAgentAdapter",
    "VoiceEvent",
    "VoiceOptions",
    "VoiceRecording",
    "WebRTCAgentAdapter",
    "WebSocketAgentAdapter",
    "WebSocketProtocol",
    "agent",
    "arun",
    "audio",
    "cache",
    "configure",
    "default_config",
    "dtmf",
    "effects",
    "fail",
    "interrupt",
    "judge",
    "message",
    "proceed",
    "register_model_provider",
    "register_tts_provider",
    "run",
    "scenario_only",
    "set_stt_provider",
    "setup_scenario_tracing",
    "silence",
    "sleep",
    "succeed",
    "user",
    "with_custom_scopes",
]

_HOMES = {
    "AdapterCapabilities": "voice",
    "AgentAdapter": "agent_adapter",
    "AgentInput": "types",
    "AgentReturnTypes": "types",
    "AgentRole": "types",
    "AttackTechnique": "_red_team",
    "AttackerOutput": "_red_team",
    "AudioChunk": "voice",
    "AudioSegment": "voice",
    "ComposableVoiceAgent": "voice",
    "CrescendoStrategy": "_red_team",
    "CriterionVerdict": "types",
    "DEFAULT_GOAT_TECHNIQUES": "_red_team",
    "DEFAULT_TECHNIQUES": "_red_team",
    "EXTENDED_TECHNIQUES": "_red_team",
    "ElevenLabsAgentAdapter": "voice",
    "ElevenLabsSTTProvider": "voice",
    "ElevenLabsVoiceAgent": "voice",
    "GeminiLiveAgentAdapter": "voice",
    "GoatStrategy": "_red_team",
    "InterruptionConfig": "voice",
    "JudgeAgent": "judge_agent",
    "JudgmentRequest": "types",
    "LatencyMetrics": "voice",
    "LiveKitAgentAdapter": "voice",
    "ModelConfig": "config",
    "OpenAIRealtimeAgentAdapter": "voice",
    "OpenAISTTProvider": "voice",
    "PAPER_GOAT_TECHNIQUES": "_red_team",
    "PipecatAgentAdapter": "voice",
    "RedTeamAgent": "red_team_agent",
    "RedTeamStrategy": "_red_team",
    "STTProvider": "voice",
    "ScenarioConfig": "config",
    "ScenarioResult": "types",
    "ScenarioState": "scenario_state",
    "Technique": "_red_team",
    "TwilioAgentAdapter": "voice",
    "UnsupportedCapabilityError": "voice",
    "UserSimulatorAgent": "user_simulator_agent",
    "VapiAgentAdapter": "voice",
    "VoiceAgentAdapter": "voice",
    "VoiceEvent": "voice",
    "VoiceOptions": "voice",
    "VoiceRecording": "voice",
    "WebRTCAgentAdapter": "voice",
    "WebSocketAgentAdapter": "voice",
    "WebSocketProtocol": "voice",
    "agent": "script",
    "arun": "scenario_executor",
    "audio": "_voice_steps",
    "cache": "_cache",
    "dtmf": "_voice_steps",
    "effects": "voice",
    "fail": "script",
    "interrupt": "_voice_steps",
    "judge": "script",
    "message": "script",
    "proceed": "script",
    "register_model_provider": "_model",
    "register_tts_provider": "voice",
    "run": "scenario_executor",
    "scenario_only": "_tracing",
    "set_stt_provider": "voice",
    "setup_scenario_tracing": "_tracing",
    "silence": "_voice_steps",
    "sleep": "_voice_steps",
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
