"""Long strings that stand in a digest more than once."""

from __future__ import annotations

import re
from typing import Any

from scenario._judge.digest.values import value_text

_SHORTEST = 50
_MOST_REFERENCES = 5
_BLANKS = re.compile(r"(?:\s|\\[nrt])+")


class Duplicates:
    """The memory of one digest: where each long string stood first."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def value_text(self, short_id: str, key: str, value: Any) -> str:
        """Return a value as text, with a marker in place of each string that was there before.

        Args:
            short_id: the span.
            key: the attribute. Ids and keys of first occurrences are named behind the text.
            value: the value.
        """
        place = f"{short_id} {key}"
        seen: dict[str, None] = {}  # the places of first occurrences, each once, in order

        def is_duplicate(text: str) -> bool:
            if len(text) < _SHORTEST:
                return False
            normal = _BLANKS.sub(" ", text).strip()
            if normal not in self._first:
                self._first[normal] = place
                return False
            seen[self._first[normal]] = None
            return True

        text = value_text(value, is_duplicate)
        if not seen:
            return text
        named = list(seen)[:_MOST_REFERENCES]
        if len(seen) > len(named):
            named.append(f"{len(seen) - len(named)} more")
        return f"{text} (see {', '.join(named)})"
