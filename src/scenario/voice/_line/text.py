"""The agent's words in a turn, and when each of them is heard."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

_WORDS = " \t\n"
_BREAKS = ".\N{HORIZONTAL ELLIPSIS}-\N{EN DASH}\N{EM DASH}"  # how a text ends that was broken off


class TurnText:
    """Grows as text comes; a word is heard when playback reaches the place at which its text arrived."""

    def __init__(self) -> None:
        self.text = ""
        self._from: list[int] = []  # index of a character, from which on
        self._heard_at: list[float] = []  # the characters are heard at this media time

    def __bool__(self) -> bool:
        return bool(self.text.strip())

    def becomes(self, text: str, heard_at: float) -> None:
        """The text so far is `text`; what is new in it is heard at `heard_at`."""
        if text == self.text:
            return
        same = _in_common(self.text, text)
        while self._from and self._from[-1] >= same:
            self._from.pop()
            self._heard_at.pop()
        self.text = text
        if len(text) > same:
            self._from.append(same)
            self._heard_at.append(max([heard_at, *self._heard_at[-1:]]))

    def say(self, text: str, start: float, end: float) -> None:
        """Append text that is spoken evenly from `start` to `end`."""
        words = _pieces(text)
        step = (end - start) / max(len(words), 1)
        said = self.text
        for index, word in enumerate(words):
            said += word
            self.becomes(said, start + index * step)

    def heard(self, until: float) -> str:
        """Return what has been heard at a media time."""
        known = bisect_right(self._heard_at, until)
        return self.text if known == len(self._from) else self.text[: self._from[known]]

    def copy(self) -> TurnText:
        """Return the words as they are known now."""
        copy = TurnText()
        copy.text, copy._from, copy._heard_at = self.text, [*self._from], [*self._heard_at]
        return copy

    def goes_on(self, before: str, until: float) -> bool:
        """Whether it is the text of which `before` was heard; if that is nothing, some must be by `until`.

        A transport may have corrected it to what was said before the agent was cut into.
        """
        if not before:
            return not self.text or bool(self.heard(until))
        corrected = self.text.rstrip(_WORDS + _BREAKS)
        return self.text.startswith(before) or bool(corrected and before.startswith(corrected))

    def heard_between(self, since: float, until: float) -> str:
        """Return what has been heard from one media time to another."""
        return self.heard(until)[len(self.heard(since)) :]

    def words_heard(self, until: float) -> int:
        """Return how many words have been heard at a media time."""
        return len(self.heard(until).split())

    def heard_at(self, words: int) -> float | None:
        """Return when the given number of words will have been heard; `None` when they are not known yet."""
        moments = self._heard_at
        index = bisect_left(range(len(moments)), words, key=lambda i: self.words_heard(moments[i]))
        return moments[index] if index < len(moments) else None


def _in_common(one: str, other: str) -> int:
    """Return how many characters both begin with."""
    if other.startswith(one):
        return len(one)
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _pieces(text: str) -> list[str]:
    """Split text into words, each with the blanks before it."""
    pieces: list[str] = []
    start = 0
    for index in range(1, len(text)):
        if text[index] in _WORDS and text[index - 1] not in _WORDS:
            pieces.append(text[start:index])
            start = index
    return [*pieces, text[start:]] if text else []
