"""The simulated user: a model that plays the human in the conversation."""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any

from scenario._cache import cache
from scenario._model import complete, resolve_settings
from scenario._spelling import warn_about_misspelt_keywords
from scenario._user_simulator.history import reversed_history
from scenario._user_simulator.prompt import system_prompt
from scenario.agent_adapter import AgentAdapter
from scenario.errors import ModelResponseError, ScenarioError
from scenario.types import AgentInput, AgentReturnTypes, AgentRole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario.types import Message, ModelRequest

__all__ = ["UserSimulatorAgent"]

_log = logging.getLogger("scenario")
_INTERJECTION_SECONDS = 3.0
_LABEL = re.compile(r"^\s*(?:human|user|me)\s*:\s*", re.IGNORECASE)


class UserSimulatorAgent(AgentAdapter):
    """Plays the human user, as the scenario's description and an optional persona tell it.

    One instance may serve any number of runs at once: it keeps nothing of a run.

    Args:
        model: `provider/name`; default: the configured `default_model`.
        api_base: endpoint of the model.
        api_key: key for it.
        temperature: sampling temperature; default 0.0.
        max_tokens: limit of each message.
        system_prompt: replaces the default prompt, the description included; the persona is still appended.
        voice: `provider/voice` to speak with; needs a voice adapter in the scenario.
        persona: who the human is; takes precedence over the default style.
        audio_effects: effects on the voice, in order.
        interrupt_probability: chance, 0 to 1, to cut into each of the agent's spoken turns.
        **extra_params: further parameters of every model call (`timeout`, `num_retries`, `headers`, ...).

    Raises:
        ModelNotConfiguredError: there is no model anywhere.
        ValueError: `interrupt_probability` is outside 0..1, or `voice` is not `provider/voice`.
    """

    role = AgentRole.USER

    def __init__(
        self,
        *,
        model: str | None = None,
        api_base: str | None = None,
        api_key: str | None = None,
        temperature: float | None = None,
        max_tokens: int | None = None,
        system_prompt: str | None = None,
        voice: str | None = None,
        persona: str | None = None,
        audio_effects: Sequence[Any] | None = None,
        interrupt_probability: float = 0.0,
        **extra_params: Any,
    ) -> None:
        if not 0.0 <= interrupt_probability <= 1.0:
            raise ValueError(f"interrupt_probability must be from 0 to 1, got {interrupt_probability!r}")
        if voice is not None and "/" not in voice:
            raise ValueError(f"voice must be 'provider/voice', for example 'openai/nova', got {voice!r}")
        warn_about_misspelt_keywords(
            type(self).__name__, extra_params, UserSimulatorAgent.__init__.__kwdefaults__ or ()
        )
        self._settings = resolve_settings(
            type(self).__name__,
            model=model,
            api_base=api_base,
            api_key=api_key,
            temperature=temperature,
            max_tokens=max_tokens,
            extra_params=extra_params,
        )
        self.model = self._settings.model
        self.api_base = self._settings.api_base
        self.api_key = self._settings.api_key
        self.temperature = self._settings.temperature
        self.max_tokens = self._settings.max_tokens
        self.system_prompt = system_prompt
        self.voice = voice
        self.persona = persona
        self.audio_effects = list(audio_effects or ())
        self.interrupt_probability = interrupt_probability

    async def call(self, input: AgentInput) -> AgentReturnTypes:
        """Write the user's next message.

        Raises:
            ModelResponseError: the model twice answered with nothing usable.
            ModelCallError: the provider refused or could not be reached.
        """
        return {"role": "user", "content": await self._write(input)}

    async def interject(self, messages: Sequence[Message], heard: Message | None, *, otherwise: str) -> str:
        """Return what the user blurts out while the agent is speaking.

        Args:
            messages: the conversation.
            heard: what the agent has said so far in this turn.
            otherwise: what is said when the model fails or takes longer than 3 seconds.
        """
        from scenario.voice import CONTEXTUAL_PROMPT

        said = [*messages, heard] if heard is not None else messages
        request = self._settings.request(
            [{"role": "system", "content": CONTEXTUAL_PROMPT}, *reversed_history(said)]
        )
        try:
            async with asyncio.timeout(_INTERJECTION_SECONDS):
                text = _bare((await complete(request)).text or "")
        except (TimeoutError, ScenarioError) as error:
            _log.info("the user interjects a phrase, since the model did not answer: %r", error)
            return otherwise
        return text or otherwise

    @cache
    async def _write(self, input: AgentInput) -> str:
        prompt = system_prompt(
            description=input.scenario_state.description,
            custom=self.system_prompt,
            persona=self.persona,
            spoken=self.voice is not None,
        )
        request = self._settings.request(
            [{"role": "system", "content": prompt}, *reversed_history(input.messages)]
        )
        try:
            return await self._ask(request)
        except ModelResponseError as error:
            _log.info("the user's message is asked for once more: %s", error)
            return await self._ask(request)

    async def _ask(self, request: ModelRequest) -> str:
        response = await complete(request)
        text = _bare(response.text or "")
        if not text:
            raise ModelResponseError(
                f"{type(self).__name__}: the model {self.model!r} answered without text "
                f"(finish reason {response.finish_reason!r}).",
                model=self.model,
                finish_reason=response.finish_reason,
            )
        return text

    def _cache_fingerprint(self) -> dict[str, Any]:
        return {
            "class": type(self).__qualname__,
            "settings": self._settings.fingerprint(),
            "system_prompt": self.system_prompt,
            "persona": self.persona,
            "spoken": self.voice is not None,
        }


def _bare(text: str) -> str:
    """Return a message without the role label and the quotation marks that small models put around it."""
    text = _LABEL.sub("", text.strip(), count=1).strip()
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        text = text[1:-1].strip()
    return text
