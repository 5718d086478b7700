"""For tests of voice agents: speech without a network, an agent in this process, checks on audio.

Importing this package loads nothing else; every name below is resolved when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario.voice.testing.assertions import assert_audio_level, assert_silence, assert_tone
    from scenario.voice.testing.loopback_agent import LoopbackVoiceAgent
    from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS
    from scenario.voice.testing.tunnel import CloudflareTunnel, TunnelUnavailableError
    from scenario.voice.testing.twilio_harness import TwilioHarness

_HOMES = {
    "CloudflareTunnel": "tunnel",
    "LoopbackVoiceAgent": "loopback_agent",
    "OfflineSTT": "offline_speech",
    "OfflineTTS": "offline_speech",
    "TunnelUnavailableError": "tunnel",
    "TwilioHarness": "twilio_harness",
    "assert_audio_level": "assertions",
    "assert_silence": "assertions",
    "assert_tone": "assertions",
}

__all__ = [
    "CloudflareTunnel",
    "LoopbackVoiceAgent",
    "OfflineSTT",
    "OfflineTTS",
    "TunnelUnavailableError",
    "TwilioHarness",
    "assert_audio_level",
    "assert_silence",
    "assert_tone",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if (home := _HOMES.get(name)) is None:
        raise AttributeError(f"module 'scenario.voice.testing' has no attribute {name!r}")
    value = getattr(import_module(f"scenario.voice.testing.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
