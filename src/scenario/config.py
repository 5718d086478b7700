"""Settings: what `configure()` sets for the process, and what a run overrides."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LangWatchSettings", "ModelConfig", "ScenarioConfig"]

OBSERVABILITY_KEYS = frozenset({"span_filter", "span_processors", "trace_exporter", "instrumentors"})


def _headless_from_environment() -> bool:
    return os.environ.get("SCENARIO_HEADLESS", "").strip().lower() not in ("", "0", "false")


class ModelConfig(BaseModel):
    """A model with its settings; further keywords are forwarded to every call of it.

    Attributes:
        model: `provider/name`, or a bare name of a known family.
        api_base: endpoint; `None` is the provider's own.
        api_key: key; `None` is the provider's environment variable. Never shown.
        temperature: sampling temperature.
        max_tokens: limit of each answer.
    """

    model_config = ConfigDict(extra="allow", protected_namespaces=(), arbitrary_types_allowed=True)

    model: str
    api_base: str | None = None
    api_key: str | None = Field(default=None, repr=False)
    temperature: float = 0.0
    max_tokens: int | None = None

    def given(self, name: str) -> Any:
        """Return the value of a field that was set explicitly, else `None`."""
        return getattr(self, name) if name in self.model_fields_set else None

    @property
    def extras(self) -> dict[str, Any]:
        """The further keywords (`headers`, `timeout`, `client`, ...)."""
        return dict(self.model_extra or {})

    def __repr_args__(self) -> Any:
        # Extras may hold headers and clients, that is, secrets: their names are enough.
        for name in type(self).model_fields:
            if name != "api_key" and name in self.model_fields_set | {"model"}:
                yield name, getattr(self, name)
        if self.extras:
            yield "extras", sorted(self.extras)


class ScenarioConfig(BaseModel):
    """The configuration of runs: global through `configure()`, or merged for one run.

    Attributes:
        default_model: model of every built-in agent that is not given its own.
        max_turns: limit of automatic turns.
        min_turns: turns before which the judge is not asked unless a step forces it.
        verbose: `False`/`0` prints nothing, `True`/`1` the conversation, `2` with the scenario's name.
        cache_key: enables the cache under this key.
        debug: asks before each generated user turn.
        headless: never opens a browser. Default: `SCENARIO_HEADLESS`.
        observability: keywords of `setup_scenario_tracing` for the lazy set-up of tracing.
        voice: voice options of the run.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    default_config: ClassVar[ScenarioConfig | None] = None

    default_model: str | Annotated[ModelConfig, SkipValidation] | None = None
    max_turns: int = Field(default=10, ge=1)
    min_turns: int = Field(default=0, ge=0)
    verbose: bool | int = True
    cache_key: str | None = None
    debug: bool = False
    headless: bool = Field(default_factory=_headless_from_environment)
    observability: Annotated[dict[str, Any] | None, SkipValidation] = None
    voice: Annotated[Any, SkipValidation] = None

    @classmethod
    def configure(
        cls,
        default_model: str | ModelConfig | None = None,
        max_turns: int | None = None,
        verbose: bool | int | None = None,
        cache_key: str | None = None,
        debug: bool | None = None,
        headless: bool | None = None,
        observability: Mapping[str, Any] | None = None,
        *,
        min_turns: int | None = None,
        voice: Any = None,
    ) -> None:
        """Merge values into the global configuration; later runs use them.

        `None` means "not given here" and keeps what is set. To start over, assign
        `ScenarioConfig.default_config = None`.

        Args:
            default_model: model of every built-in agent that is not given its own.
            max_turns: limit of automatic turns, at least 1.
            verbose: `False`, `True` or a level.
            cache_key: enables the cache under this key.
            debug: asks before each generated user turn.
            headless: never opens a browser.
            observability: keywords of `setup_scenario_tracing`: `span_filter`, `span_processors`,
                `trace_exporter`, `instrumentors`.
            min_turns: turns before which the judge is not asked unless a step forces it.
            voice: `VoiceOptions` for every run.

        Raises:
            ValueError: a value is out of range, or `observability` has an unknown key.
            TypeError: `default_model` is no model.
        """
        given = given_fields(
            default_model=default_model,
            max_turns=max_turns,
            min_turns=min_turns,
            verbose=verbose,
            cache_key=cache_key,
            debug=debug,
            headless=headless,
            observability=None if observability is None else dict(observability),
            voice=voice,
        )
        ScenarioConfig.default_config = (ScenarioConfig.default_config or ScenarioConfig()).merge(given)

    def merge(self, other: ScenarioConfig) -> ScenarioConfig:
        """Return a new configuration in which what `other` was explicitly given wins.

        Neither operand changes; contained objects (clients, filters) keep their identity.

        Raises:
            ValueError: `min_turns` and `max_turns` of the merged configuration contradict each other.
        """
        values = {name: getattr(self, name) for name in self.model_fields_set}
        values |= {
            name: getattr(other, name) for name in other.model_fields_set if getattr(other, name) is not None
        }
        if self.voice is not None and other.voice is not None:
            values["voice"] = self.voice.merge(other.voice)
        merged = ScenarioConfig(**values)
        if merged.min_turns > merged.max_turns:
            raise ValueError(
                f"min_turns must be at most max_turns, got min_turns={merged.min_turns} and "
                f"max_turns={merged.max_turns}"
            )
        return merged

    def items(self) -> dict[str, Any]:
        """Return the fields that are not `None`, as a dict."""
        return {name: value for name in type(self).model_fields if (value := getattr(self, name)) is not None}


def given_fields(**values: Any) -> ScenarioConfig:
    """Return a configuration that holds just the values that are not `None`, checked.

    Raises:
        ValueError: a value is out of range, or `observability` has an unknown key.
        TypeError: `default_model` is no model.
    """
    given = {name: value for name, value in values.items() if value is not None}
    for name, least in (("max_turns", 1), ("min_turns", 0)):
        # What is no number is for the field's own check.
        if isinstance(turns := given.get(name), int | float) and turns < least:
            raise ValueError(f"{name} must be at least {least}, got {turns!r}")
    if not isinstance(model := given.get("default_model", ""), str | ModelConfig):
        raise TypeError(
            f"default_model must be a model such as 'openai/gpt-5-mini' or a ModelConfig, got {model!r}"
        )
    unknown = sorted(set(given.get("observability", ())) - OBSERVABILITY_KEYS)
    if unknown:
        raise ValueError(f"unknown observability keys {unknown!r}; known are {sorted(OBSERVABILITY_KEYS)!r}")
    return ScenarioConfig(**given)


class LangWatchSettings(BaseModel):
    """Where events are posted, read from the environment when instantiated; keywords win.

    Attributes:
        endpoint: `LANGWATCH_ENDPOINT`, default `https://app.langwatch.ai`.
        api_key: `LANGWATCH_API_KEY`, default empty: nothing is posted. Never shown.
    """

    endpoint: str = Field(
        default_factory=lambda: os.environ.get("LANGWATCH_ENDPOINT") or "https://app.langwatch.ai"
    )
    api_key: str = Field(default_factory=lambda: os.environ.get("LANGWATCH_API_KEY", ""), repr=False)
