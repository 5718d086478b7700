"""Claims about text that is given letter by letter: quoted, or in angle brackets."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from scenario._model.offline.findings import Finding, absent, found

if TYPE_CHECKING:
    from scenario._model.offline.criteria import Claim
    from scenario._model.offline.evidence import Evidence

_LITERAL = re.compile(r"\"([^\"]{1,200})\"|`([^`]{1,200})`|(?<!\w)'([^']{1,200})'(?!\w)|(<[^<>\s]{1,60}>?)")
# What may stand beside the literals without changing what has to be looked for.
_BESIDE = re.compile(
    r"\b(?:the|a|an|any|exact|exactly|literal|word|words|phrase|phrases|text|texts|string|strings|term|terms"
    r"|tag|tags|token|tokens|expression|expressions|character|characters|name|names|or|and|nor|either|with"
    r"|in|its|an?swers?|repl(?:y|ies)|response|responses|output)\b|[\s,;:.]+"
)
_VERBS = frozenset(
    {"write", "say", "contain", "include", "output", "print", "mention", "state", "use", "repeat"}
)


def literal(claim: Claim, evidence: Evidence) -> Finding | None:
    """Look for text that a claim quotes and names nothing beside; `None` for any other claim."""
    if claim.verb not in _VERBS or claim.about != "agent":
        return None
    quoted: list[str] = [next(filter(None, match.groups())) for match in _LITERAL.finditer(claim.object)]
    if not quoted or _BESIDE.sub("", _LITERAL.sub(" ", claim.object)):
        return None
    said = [(line.label, _comparable(line.text)) for line in evidence.agent]
    places = {text: [label for label, line in said if _comparable(text) in line] for text in quoted}
    any_is_enough = claim.forbidden or re.search(r"\bor\b|\beither\b", claim.object) is not None
    hits = [bool(labels) for labels in places.values()]
    if any(hits) if any_is_enough else all(hits):
        return found("the text stands there", [label for labels in places.values() for label in labels], 0)
    return absent("the text stands nowhere")


def _comparable(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
