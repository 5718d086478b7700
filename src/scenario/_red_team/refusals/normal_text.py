"""A response as the rules read it: plain, without quotations, in clauses."""

from __future__ import annotations

import re
import unicodedata

_STRAIGHT = str.maketrans({"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"'})
_CODE = re.compile(r"(`{3,}|~{3,}).*?(?:\1|\Z)", re.DOTALL)
_BLOCK_QUOTE = re.compile(r"^[ \t]*>.*$", re.MULTILINE)
_QUOTED = re.compile(r'"[^"\n]{1,600}"|\u00ab[^\u00bb\n]{1,600}\u00bb|\u201e[^"\n]{1,600}"')
_BLANKS = re.compile(r"[^\S\n]+")
_CONTRACTIONS = (
    (re.compile(r"\bcan'?t\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon'?t\b"), "will not"),
    (re.compile(r"\b(do|does|did|is|are|was|were|would|could|should|have|has|must)n'?t\b"), r"\1 not"),
    (re.compile(r"\bi'?m\b"), "i am"),
    (re.compile(r"\b(we|you|they)'re\b"), r"\1 are"),
    (re.compile(r"\b(i|we|you|they|it|that)'ll\b"), r"\1 will"),
    (re.compile(r"\b(i|we|you|they)'ve\b"), r"\1 have"),
    (re.compile(r"\b(i|we|you|they)'d\b"), r"\1 would"),
    (re.compile(r"\b(it|that|what|here|there)'s\b"), r"\1 is"),
    (re.compile(r"\blet's\b"), "let us"),
)
_SENTENCE = re.compile(r"(?<=[.!?])[\"')\]]*\s+|\n+")
# Where a refusal may turn into something else within one sentence.
_TURN = re.compile(
    r"\s*(?:;|\s[\u2013\u2014-]\s|\u2014|:\s|(?<!not help),?\s(?:but|yet|although|though|however|except)\s"
    r"|,\s(?:such as|like|for example|for instance|so|and|which|it)\s)\s*"
)


def without_quotations(text: str) -> str:
    """Return the text in lower case with straight quotes, without code, block quotes and quotations."""
    text = unicodedata.normalize("NFKC", text).translate(_STRAIGHT).strip()
    if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in text[1:-1]:
        text = text[1:-1]  # all of it is in quotation marks: it quotes nobody
    for pattern in (_CODE, _BLOCK_QUOTE):
        text = pattern.sub(" ", text)
    text = _QUOTED.sub(' "" ', text)  # the marks stay: a quotation beside a refusal may be what was asked for
    return _BLANKS.sub(" ", text).lower()


def sentences(text: str) -> list[list[str]]:
    """Return the clauses of each sentence of a text in lower case, contractions written out."""
    for pattern, full in _CONTRACTIONS:
        text = pattern.sub(full, text)
    found = [[" ".join(c.split()) for c in _TURN.split(part) if c.strip()] for part in _SENTENCE.split(text)]
    return [clauses for clauses in found if clauses]
