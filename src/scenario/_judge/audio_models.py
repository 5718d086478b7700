"""Which models take audio."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario.errors import ModelCallError

# What a model's name begins with; the longest entry that fits decides. No backend tells this of its models.
_TAKES_AUDIO = {
    "gpt-4o": False,
    "gpt-4o-audio": True,
    "gpt-4o-mini-audio": True,
    "gpt-audio": True,
    "gemini-1.5": True,
    "gemini-2": True,
    "gemini-2.0-flash-preview-image": False,
    "gemini-2.5-flash-image": False,
    "gemini-2.5-flash-preview-tts": False,
    "gemini-2.5-pro-preview-tts": False,
    "gemini-3": True,
    "gemini-3-pro-image": False,
}


def takes_audio(model: str) -> bool:
    """Return whether a model is known to take audio in a prompt.

    Args:
        model: a model string; what stands before the last `/` is left out.
    """
    name = model.rpartition("/")[2].lower()
    fitting = [beginning for beginning in _TAKES_AUDIO if name.startswith(beginning)]
    return _TAKES_AUDIO[max(fitting, key=len)] if fitting else False


def may_refuse_audio(error: ModelCallError) -> bool:
    """Return whether a call that failed with recordings may work without them."""
    return not error.retryable and error.status_code not in (401, 402, 403, 429)
