"""Random copies of a request (Hughes et al. 2024, "Best-of-N Jailbreaking", arXiv:2412.03556)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

_WORD = re.compile(r"\w{4,}")
_FIRST, _LAST = 32, 126  # printable ASCII


def augmented(request: str, sigma: float, rng: random.Random) -> str:
    """Return a copy with shuffled words, random capitals and ASCII noise.

    Args:
        request: the text to vary.
        sigma: strength, 0 to 1. Words are shuffled inside and letters change case with a chance of
            `sigma ** 0.5`, characters move by one code with a chance of `sigma ** 3`, as published.
        rng: the generator.
    """
    often, seldom = sigma**0.5, sigma**3
    text = _WORD.sub(lambda word: _shuffled(word[0], rng) if rng.random() < often else word[0], request)
    text = "".join(char.swapcase() if char.isalpha() and rng.random() < often else char for char in text)
    return "".join(_moved(char, rng) if rng.random() < seldom else char for char in text)


def _shuffled(word: str, rng: random.Random) -> str:
    inside = list(word[1:-1])
    rng.shuffle(inside)
    return f"{word[0]}{''.join(inside)}{word[-1]}"


def _moved(char: str, rng: random.Random) -> str:
    code = ord(char) + rng.choice((-1, 1))
    return chr(code) if _FIRST <= ord(char) <= _LAST and _FIRST <= code <= _LAST else char
