"""The models that voice uses when none is given, and the environment variables that name others.

A default that a provider has shut down is replaced without touching code: where an argument is left out, the
variable counts, and without one the name in the signature.
"""

from __future__ import annotations

import os


class DefaultModel(str):
    """The name of a model that stands in a signature as the default.

    It reads like any string; by its type it is told from the same name given by the user.

    Attributes:
        variable: the environment variable that names another model.
    """

    __slots__ = ("variable",)

    variable: str

    def __new__(cls, name: str, variable: str) -> DefaultModel:
        self = super().__new__(cls, name)
        self.variable = variable
        return self

    def __reduce__(self) -> tuple[type[DefaultModel], tuple[str, str]]:
        return DefaultModel, (str(self), self.variable)

    def resolve(self, given: str | None = None) -> str:
        """Return the model to use: the given one, else the variable's, else this one."""
        if given is not None and not isinstance(given, DefaultModel):
            return given
        return os.environ.get(self.variable) or str(self)


OPENAI_TTS_MODEL = DefaultModel("gpt-4o-mini-tts", "SCENARIO_OPENAI_TTS_MODEL")
OPENAI_STT_MODEL = DefaultModel("gpt-4o-transcribe", "SCENARIO_OPENAI_STT_MODEL")
OPENAI_REALTIME_MODEL = DefaultModel("gpt-realtime-mini", "SCENARIO_OPENAI_REALTIME_MODEL")
GEMINI_LIVE_MODEL = DefaultModel("gemini-2.5-flash-native-audio-latest", "SCENARIO_GEMINI_LIVE_MODEL")
VOICE_LLM_MODEL = DefaultModel("openai/gpt-5.4-mini", "SCENARIO_VOICE_LLM_MODEL")


def openai_tts_model(given: str | None = None) -> str:
    """Return the model that speaks for `openai/` voices."""
    return OPENAI_TTS_MODEL.resolve(given)


def openai_stt_model(given: str | None = None) -> str:
    """Return the model that transcribes for `OpenAISTTProvider`."""
    return OPENAI_STT_MODEL.resolve(given)


def openai_realtime_model(given: str | None = None) -> str:
    """Return the model of `OpenAIRealtimeAgentAdapter`."""
    return OPENAI_REALTIME_MODEL.resolve(given)


def gemini_live_model(given: str | None = None) -> str:
    """Return the model of `GeminiLiveAgentAdapter`."""
    return GEMINI_LIVE_MODEL.resolve(given)


def voice_llm_model(given: str | None = None) -> str:
    """Return the chat model of agents that are put together from speech and a chat model."""
    return VOICE_LLM_MODEL.resolve(given)
