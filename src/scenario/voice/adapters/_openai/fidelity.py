"""Whether a model that was asked to say a text has said it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenario.voice.adapters._openai.answer import Answer

_logger = logging.getLogger("scenario.voice")
_TOLERATED = 0.2
"""Word error rate; the model writes numbers and names in its own way."""


def warn_if_unfaithful(adapter: str, answer: Answer) -> None:
    """Warn when the words of an answer are not those that the model was asked to say."""
    if answer.script is None:
        return
    from scenario.voice._recording.word_errors import word_errors

    errors, words = word_errors(answer.script, answer.text)
    if errors > _TOLERATED * words:
        _logger.warning(
            "%s: asked to say %r, the model said %r (word error rate %.2f)",
            adapter,
            answer.script,
            answer.text,
            errors / max(words, 1),
        )
