"""One spoken answer of a local agent, sentence by sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_SENTENCE = re.compile(r".+?(?:[.!?…]+[\"')\]»”’]*(?=\s|$)|[。！？]|\n|$)", re.DOTALL)  # noqa: RUF001


@dataclass
class Answer:
    """What is being said.

    Attributes:
        spoken: the sentences that were handed to the line, each with its length in seconds.
        is_over: whether nothing more will come.
    """

    spoken: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    is_over: bool = False

    def heard(self, seconds: float) -> str:
        """Return the sentences that had begun to be heard after so many seconds of audio."""
        said: list[str] = []
        start = 0.0
        for sentence, length in self.spoken:
            if start >= seconds:
                break
            said.append(sentence)
            start += length
        return " ".join(said)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    found = (match.group().strip() for match in _SENTENCE.finditer(text))
    return [sentence for sentence in found if sentence]
