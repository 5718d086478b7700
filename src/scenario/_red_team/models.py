"""The models of a red-team run: the attacker, and the one that plans and scores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from scenario._cache import cache
from scenario._model import complete, provider_of, resolve_settings
from scenario._model.limits import DELIVERY_PARAMS
from scenario._model.secrets import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scenario._model import ModelSettings
    from scenario.types import Message, ModelRequest, ModelResponse

_CONNECTION = DELIVERY_PARAMS | {"headers", "extra_headers", "default_headers", "client", "http_client"}
_LEAST_SCORER_TOKENS = 1024  # a reasoning model spends hundreds before its first visible one


def resolve_metaprompt(
    agent: str, attacker: ModelSettings, *, model: str | None, api_base: str | None, api_key: str | None,
    extra_params: Mapping[str, Any],
) -> ModelSettings:  # fmt: skip
    """Return the settings of the model that plans and scores.

    The attacker's endpoint, key and headers serve it only if both are of one provider.

    Args:
        agent: the agent's class name, for errors.
        attacker: the attacker's settings.
        model: the model; `None` is the attacker's.
        api_base: endpoint given for it.
        api_key: key given for it.
        extra_params: the attacker's further keywords.
    """
    chosen = model or attacker.model
    shared = chosen == attacker.model or provider_of(chosen) == provider_of(attacker.model) != ""
    extras = {name: value for name, value in extra_params.items() if _is_for_connection(name)}
    return resolve_settings(
        agent,
        model=chosen,
        api_base=api_base or (attacker.api_base if shared else None),
        api_key=api_key or (attacker.api_key if shared else None),
        extra_params=extras if shared else None,
    )


def _is_for_connection(name: str) -> bool:
    return name in _CONNECTION or is_secret_name(name)


class RedTeamModels:
    """Calls the two models; with a cache in force, equal runs make no call twice.

    Args:
        attacker: settings of the attacker.
        metaprompt: settings of the model that plans and scores.
        plan_temperature: sampling temperature of the plan.
        seed: the seed that was asked for. With a cache in force, runs of different seeds share no answers:
            repeated trials would be one and the same attack.
    """

    def __init__(
        self,
        attacker: ModelSettings,
        metaprompt: ModelSettings,
        *,
        plan_temperature: float | None,
        seed: int | None,
    ) -> None:
        limit = metaprompt.max_tokens
        grader_limit = None if limit is None else max(limit, _LEAST_SCORER_TOKENS)
        self.attacker = attacker
        self._planner = replace(metaprompt, temperature=plan_temperature)
        self._grader = replace(metaprompt, temperature=0.0, max_tokens=grader_limit)
        self._seed = seed
        self._calls = 0

    @property
    def metaprompt_model(self) -> str:
        """The model that plans and scores."""
        return self._grader.model

    async def attack(self, messages: Sequence[Message], token: str) -> ModelResponse:
        """Ask the attacker.

        Args:
            messages: the prompt.
            token: the run's token in it, which is not part of the cache's key.
        """
        return await self._ask(self.attacker.request(messages), token)

    async def plan(self, prompt: str) -> ModelResponse:
        """Ask for an attack plan."""
        return await self._ask(self._planner.request([{"role": "user", "content": prompt}]), "")

    async def grade(self, prompt: str, token: str) -> ModelResponse:
        """Ask for a score, or another decision, at temperature 0."""
        return await self._ask(self._grader.request([{"role": "user", "content": prompt}]), token)

    async def _ask(self, request: ModelRequest, token: str) -> ModelResponse:
        self._calls += 1
        neutral = [
            {**message, "content": message["content"].replace(token, "token")} if token else message
            for message in request.messages
        ]
        return await _answer(replace(request, messages=neutral), self._calls, self._seed, request)


@cache(ignore=["request"])  # it holds the run's token; `neutral` stands for it
async def _answer(
    neutral: ModelRequest, number: int, seed: int | None, request: ModelRequest
) -> ModelResponse:
    # The number keeps apart equal questions of one run, which are asked to get different answers.
    return await complete(request)
