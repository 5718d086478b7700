"""Finds the techniques that an attacker says it uses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._red_team.techniques import Technique

_SIGN = re.compile(r"[_&-]")
_JOINT = re.compile(r"\s+(?:and\s+)*")
_NEGATION = re.compile(r"\b(?:not|avoid\w*|instead of|rather than)(?: [^\s.:;!?]+){0,2}$")


def named_techniques(text: str, techniques: Sequence[Technique]) -> list[str]:
    """Return the ids of the techniques that a text names and does not rule out, in catalogue order.

    `&`, `and`, `_`, `-` and blanks are equal; a name within three words after a negation does not count.
    """
    plain = _plain(text.replace("n't", " not").replace("n\u2019t", " not"))
    return [
        technique.id
        for technique in techniques
        if any(_is_named(_plain(name), plain) for name in (technique.id, technique.name))
    ]


def _plain(text: str) -> str:
    return _JOINT.sub(" ", _SIGN.sub(" ", text.lower())).strip()


def _is_named(name: str, text: str) -> bool:
    if not name:
        return False
    places = re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    return any(_NEGATION.search(text[: place.start()].rstrip()) is None for place in places)
