"""Which TTS provider a prefix names. Built-in ones are imported when they are first used."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Synth: TypeAlias = "Callable[..., Awaitable[bytes]]"
    """`async synth(text, voice_name) -> bytes`, with a further keyword `style` if it takes one."""

_BUILT_IN = {
    "cartesia": "cartesia_tts",
    "elevenlabs": "elevenlabs_tts",
    "flite": "flite_tts",
    "google": "google_tts",
    "offline": "offline_tts",
    "openai": "openai_tts",
    "say": "say_tts",
}
"""Prefix to the module with its `synthesize(text, voice)` and, where models are chosen, `model()`."""


@dataclass(frozen=True)
class TTSProvider:
    """A provider and what has to be known of it to call it.

    Attributes:
        prefix: its name in front of the `/`, lower case.
        synth: the function that speaks.
        takes_style: whether it accepts the keyword `style`.
        model: returns the name of what would speak now; another one sounds different.
    """

    prefix: str
    synth: Synth
    takes_style: bool
    model: Callable[[], str]

    @classmethod
    def of(cls, prefix: str, synth: Synth, model: Callable[[], str] | None = None) -> TTSProvider:
        """Return the provider that speaks with `synth`."""
        name = (
            f"{getattr(synth, '__module__', '')}.{getattr(synth, '__qualname__', type(synth).__qualname__)}"
        )
        return cls(prefix, synth, _takes_style(synth), model or (lambda: name))


_registered: dict[str, TTSProvider] = {}
_functions: dict[str, list[Synth]] = {}
"""Prefix to the functions that have been its provider in this process, in order."""


def register(prefix: str, synth: Synth) -> None:
    """Make `synth` the provider of `prefix`."""
    name = prefix.lower()
    functions = _functions.setdefault(name, [])
    if synth not in functions:
        functions.append(synth)
    provider = TTSProvider.of(name, synth)
    if place := functions.index(synth):  # what an earlier one of the same name spoke is not its speech
        model = f"{provider.model()}#{place + 1}"
        provider = replace(provider, model=lambda: model)
    _registered[name] = provider


def provider_named(prefix: str) -> TTSProvider:
    """Return the provider of `prefix`, in whatever case it is written.

    Raises:
        ValueError: there is none.
    """
    name = prefix.lower()
    if (provider := _registered.get(name)) is not None:
        return provider
    if (home := _BUILT_IN.get(name)) is None:
        known = ", ".join(sorted({*_BUILT_IN, *_registered}))
        raise ValueError(f"unknown TTS provider {prefix!r}; known are {known}, or register_tts_provider()")
    module: Any = import_module(f"scenario.voice._speech.{home}")
    return TTSProvider.of(name, module.synthesize, getattr(module, "model", None))


def _takes_style(synth: Synth) -> bool:
    try:
        parameters = inspect.signature(synth).parameters.values()
    except (TypeError, ValueError):  # a callable without a readable signature
        return False
    return any(p.name == "style" or p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)
