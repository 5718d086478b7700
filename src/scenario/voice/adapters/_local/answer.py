"""One spoken answer of a local agent, sentence by sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import BYTES_PER_SAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scenario.voice._audio.chunk import AudioChunk

_SENTENCE = re.compile(r".+?(?:[.!?…]+[\"')\]»”’]*(?=\s|$)|[。！？]|\n|$)", re.DOTALL)  # noqa: RUF001
_ROUNDING = 1e-3


@dataclass
class Answer:
    """What is being said.

    Attributes:
        spoken: the sentences that were handed to the line, each with its length in seconds.
        taken: seconds of them that were received.
        is_over: whether nothing more will come.
    """

    spoken: list[tuple[str, float]] = field(default_factory=list[tuple[str, float]])
    taken: float = 0.0
    is_over: bool = False

    @property
    def is_taken(self) -> bool:
        """Whether all sentences were received."""
        return self.taken >= sum(length for _, length in self.spoken) - _ROUNDING

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

    @property
    def text(self) -> str:
        """All sentences."""
        return " ".join(sentence for sentence, _ in self.spoken)


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    found = (match.group().strip() for match in _SENTENCE.finditer(text))
    return [sentence for sentence in found if sentence]


def words(speech: AudioChunk, sentence: str) -> Iterator[tuple[bytes, str]]:
    """Cut a spoken sentence into words, so that each is known when it is heard and not before.

    Where a word ends is taken from its share of the letters.

    Yields:
        The audio of a word, and the word with the space that follows it.
    """
    parts = sentence.split()
    samples, letters = len(speech.data) // BYTES_PER_SAMPLE, sum(map(len, parts))
    start = said = 0
    for part in parts:
        said += len(part)
        end = samples * said // letters * BYTES_PER_SAMPLE
        yield speech.data[start:end], f"{part} "
        start = end
