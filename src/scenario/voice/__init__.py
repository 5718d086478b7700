"""Voice: a simulated user who speaks and listens, and the adapters that reach a voice agent.

Importing this package loads nothing else; every name below is resolved when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scenario.voice import effects as effects
    from scenario.voice._audio.chunk import AudioChunk, silent_chunk
    from scenario.voice._audio.messages import create_audio_message, extract_audio, message_has_audio
    from scenario.voice._interruptions import CONTEXTUAL_PROMPT, InterruptionConfig
    from scenario.voice._recording.latency import LatencyMetrics
    from scenario.voice._recording.metrics import VoiceMetrics
    from scenario.voice._recording.recording import VoiceRecording
    from scenario.voice._recording.segment import AudioSegment
    from scenario.voice._speech.elevenlabs_stt import ElevenLabsSTTProvider
    from scenario.voice._speech.local_stt import LocalSTTProvider
    from scenario.voice._speech.openai_stt import OpenAISTTProvider
    from scenario.voice._speech.stt import STTProvider, get_stt_provider, set_stt_provider, transcribe
    from scenario.voice._speech.transcription import transcribe_segments
    from scenario.voice._speech.tts import register_tts_provider, synthesize
    from scenario.voice._vad.fallback import WebRTCVadFallback
    from scenario.voice.adapters.base import VoiceAgentAdapter
    from scenario.voice.adapters.capabilities import AdapterCapabilities
    from scenario.voice.adapters.elevenlabs import ElevenLabsAgentAdapter
    from scenario.voice.adapters.gemini_live import GeminiLiveAgentAdapter
    from scenario.voice.adapters.livekit import LiveKitAgentAdapter
    from scenario.voice.adapters.local import ComposableVoiceAgent, ElevenLabsVoiceAgent
    from scenario.voice.adapters.openai_realtime import OpenAIRealtimeAgentAdapter
    from scenario.voice.adapters.pipecat import PipecatAgentAdapter
    from scenario.voice.adapters.twilio import TwilioAgentAdapter
    from scenario.voice.adapters.vapi import VapiAgentAdapter
    from scenario.voice.adapters.webrtc import WebRTCAgentAdapter
    from scenario.voice.adapters.websocket import WebSocketAgentAdapter, WebSocketProtocol
    from scenario.voice.errors import (
        FirstChunkTimeoutError,
        MissingVoiceDependencyError,
        PendingTransportError,
        UnsupportedCapabilityError,
        VoiceTransportError,
    )
    from scenario.voice.events import VoiceEvent
    from scenario.voice.options import VoiceOptions

_HOMES = {
    "AdapterCapabilities": "adapters.capabilities",
    "AudioChunk": "_audio.chunk",
    "AudioSegment": "_recording.segment",
    "CONTEXTUAL_PROMPT": "_interruptions",
    "ComposableVoiceAgent": "adapters.local",
    "ElevenLabsAgentAdapter": "adapters.elevenlabs",
    "ElevenLabsSTTProvider": "_speech.elevenlabs_stt",
    "ElevenLabsVoiceAgent": "adapters.local",
    "FirstChunkTimeoutError": "errors",
    "GeminiLiveAgentAdapter": "adapters.gemini_live",
    "InterruptionConfig": "_interruptions",
    "LatencyMetrics": "_recording.latency",
    "LiveKitAgentAdapter": "adapters.livekit",
    "LocalSTTProvider": "_speech.local_stt",
    "MissingVoiceDependencyError": "errors",
    "OpenAIRealtimeAgentAdapter": "adapters.openai_realtime",
    "OpenAISTTProvider": "_speech.openai_stt",
    "PendingTransportError": "errors",
    "PipecatAgentAdapter": "adapters.pipecat",
    "STTProvider": "_speech.stt",
    "TwilioAgentAdapter": "adapters.twilio",
    "UnsupportedCapabilityError": "errors",
    "VapiAgentAdapter": "adapters.vapi",
    "VoiceAgentAdapter": "adapters.base",
    "VoiceEvent": "events",
    "VoiceMetrics": "_recording.metrics",
    "VoiceOptions": "options",
    "VoiceRecording": "_recording.recording",
    "VoiceTransportError": "errors",
    "WebRTCAgentAdapter": "adapters.webrtc",
    "WebRTCVadFallback": "_vad.fallback",
    "WebSocketAgentAdapter": "adapters.websocket",
    "WebSocketProtocol": "adapters.websocket",
    "create_audio_message": "_audio.messages",
    "extract_audio": "_audio.messages",
    "get_stt_provider": "_speech.stt",
    "message_has_audio": "_audio.messages",
    "register_tts_provider": "_speech.tts",
    "set_stt_provider": "_speech.stt",
    "silent_chunk": "_audio.chunk",
    "synthesize": "_speech.tts",
    "transcribe": "_speech.stt",
    "transcribe_segments": "_speech.transcription",
}

__all__ = [
    "AdapterCapabilities",
    "AudioChunk",
    "AudioSegment",
    "CONTEXTUAL_PROMPT",
    "ComposableVoiceAgent",
    "ElevenLabsAgentAdapter",
    "ElevenLabsSTTProvider",
    "ElevenLabsVoiceAgent",
    "FirstChunkTimeoutError",
    "GeminiLiveAgentAdapter",
    "InterruptionConfig",
    "LatencyMetrics",
    "LiveKitAgentAdapter",
    "LocalSTTProvider",
    "MissingVoiceDependencyError",
    "OpenAIRealtimeAgentAdapter",
    "OpenAISTTProvider",
    "PendingTransportError",
    "PipecatAgentAdapter",
    "STTProvider",
    "TwilioAgentAdapter",
    "UnsupportedCapabilityError",
    "VapiAgentAdapter",
    "VoiceAgentAdapter",
    "VoiceEvent",
    "VoiceMetrics",
    "VoiceOptions",
    "VoiceRecording",
    "VoiceTransportError",
    "WebRTCAgentAdapter",
    "WebRTCVadFallback",
    "WebSocketAgentAdapter",
    "WebSocketProtocol",
    "create_audio_message",
    "effects",
    "extract_audio",
    "get_stt_provider",
    "message_has_audio",
    "register_tts_provider",
    "set_stt_provider",
    "silent_chunk",
    "synthesize",
    "transcribe",
    "transcribe_segments",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name == "effects":
        return import_module("scenario.voice.effects")
    if (home := _HOMES.get(name)) is None:
        raise AttributeError(f"module 'scenario.voice' has no attribute {name!r}")
    value = getattr(import_module(f"scenario.voice.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
