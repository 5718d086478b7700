"""Text-to-speech: one function for every provider."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from scenario.voice._audio.chunk import AudioChunk
from scenario.voice._audio.wav import is_wav, read_wav
from scenario.voice._clock import Clock, current_clock
from scenario.voice._speech.cache import SpeechCache, key_of
from scenario.voice._speech.tts_registry import TTSProvider, provider_named, register

if TYPE_CHECKING:
    from scenario.voice._speech.tts_registry import Synth

_logger = logging.getLogger("scenario")
_cache = SpeechCache()
_warned: WeakKeyDictionary[Clock, set[str]] = WeakKeyDictionary()  # a run is known by its clock


async def synthesize(text: str, voice: str, *, style: str | None = None) -> AudioChunk:
    """Return `text` as speech. What was spoken before comes from the cache.

    Args:
        text: what to say.
        voice: `"provider/name"`, such as `"openai/nova"` or `"offline/ann"`.
        style: how to say it, in free text. It is never spoken; a provider that cannot be told is warned of.

    Raises:
        ValueError: the text is empty, `voice` has no `/`, or names an unknown provider.
        RuntimeError: the provider failed, or returned no audio.
    """
    prefix, slash, name = voice.partition("/")
    if not slash:
        raise ValueError(f"a voice is written 'provider/name', such as 'openai/nova', got {voice!r}")
    provider = provider_named(prefix)
    if not text.strip():
        raise ValueError(f"there is nothing to say in {text!r}")
    if style and not provider.takes_style:
        _warn_of_style(provider)
        style = None
    key = key_of(text, provider.prefix, name, provider.model(), style or None)
    with current_clock().hold():
        audio = await _cache.get(key, lambda: _speak(provider, text, name, style))
    return AudioChunk(audio, transcript=text)


def register_tts_provider(prefix: str, synth: Synth) -> None:
    """Have `synth` speak for voices that begin with `prefix` and a slash.

    It replaces the provider that had the prefix, also a built-in one, and what that one had spoken is
    forgotten.

    Args:
        prefix: without the slash; in any case.
        synth: `async synth(text, voice_name) -> bytes`, PCM16 at 24,000 Hz, mono, or a WAV file. If it has a
            parameter `style`, it is told how to speak.

    Raises:
        ValueError: the prefix is empty or contains a slash.
        TypeError: `synth` cannot be called.
    """
    if not prefix or "/" in prefix:
        raise ValueError(f"a prefix is a name without a slash, got {prefix!r}")
    if not callable(synth):
        raise TypeError(f"expected an async function of text and voice name, got {synth!r}")
    register(prefix, synth)
    clear_cache()


def clear_cache() -> None:
    """Forget the speech that is kept in memory."""
    _cache.clear()


async def _speak(provider: TTSProvider, text: str, name: str, style: str | None) -> bytes:
    options = {"style": style} if provider.takes_style else {}
    spoken: Any = await provider.synth(text, name, **options)
    if not isinstance(spoken, bytes | bytearray):
        raise TypeError(f"TTS provider {provider.prefix!r} must return bytes, got {type(spoken).__name__}")
    audio = bytes(spoken)
    if is_wav(audio):
        audio = read_wav(audio)
    if not audio:
        raise RuntimeError(f"TTS provider {provider.prefix!r} returned no audio")
    if len(audio) % 2:
        raise ValueError(
            f"TTS provider {provider.prefix!r} returned {len(audio)} bytes; expected PCM16, two per sample"
        )
    return audio


def _warn_of_style(provider: TTSProvider) -> None:
    warned = _warned.setdefault(current_clock(), set())
    if provider.prefix not in warned:
        warned.add(provider.prefix)
        _logger.warning("TTS provider %r cannot be told how to speak: style is ignored", provider.prefix)
