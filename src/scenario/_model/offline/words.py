"""From text to comparable words: normalising, sentences, light stems and synonyms."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from scenario._model.offline.lexicon import MONTHS, NUMBER_WORDS, STOPWORDS, SYNONYMS

_QUOTES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})
_CONTRACTIONS = (
    (re.compile(r"\bcan't\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"\b(\w{2,8})n't\b"), r"\1 not"),
    (re.compile(r"\b(\w{1,6})'ll\b"), r"\1 will"),
    (re.compile(r"\b(\w{1,6})'ve\b"), r"\1 have"),
    (re.compile(r"\b(\w{1,6})'re\b"), r"\1 are"),
    (re.compile(r"\bi'm\b"), "i am"),
    (re.compile(r"\b(it|that|what|how|where|there|let|here)'s\b"), r"\1 is"),
    (re.compile(r"\bi'd\b"), "i would"),
)
_CLOCK = re.compile(r"\b(\d{1,2})(?:[:.](\d\d))? ?([ap])\.?m\b\.?")
_HOURS = re.compile(r"\b(\d):(\d\d)\b")
_ISO_DATE = re.compile(r"\b\d{4}-(\d\d)-(\d\d)\b")
_ORDINAL = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b")
_WORD = re.compile(r"%|[^\W_]+(?:[.,:'\-][^\W_]+)*")
_SPEAKS = re.compile(r"[^\W_]")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]?\s+|\n+")


def normal(text: str) -> str:
    """Return `text` in lower case with straight quotes, contractions written out and one form of times."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).lower()
    if "'" in text or "cannot" in text:
        for pattern, full in _CONTRACTIONS:
            text = pattern.sub(full, text)
    text = _CLOCK.sub(_twenty_four_hours, text)
    text = _HOURS.sub(r"0\1:\2", text)
    text = _ISO_DATE.sub(_spoken_date, text)
    return _ORDINAL.sub(r"\1", text)


def _twenty_four_hours(match: re.Match[str]) -> str:
    hour = int(match[1]) % 12 + (12 if match[3] == "p" else 0)
    return f"{hour:02d}:{match[2] or '00'}"


def _spoken_date(match: re.Match[str]) -> str:
    month, day = int(match[1]), int(match[2])
    return f"{day} {MONTHS[month - 1]}" if 1 <= month <= 12 else match[0]


def sentences(text: str) -> list[str]:
    """Return the sentences and lines of `text`, without blanks at their ends."""
    return [part for piece in _SENTENCE_END.split(text) if _SPEAKS.search(part := piece.strip())]


def words(text: str) -> list[str]:
    """Return the words of normalised text; numbers lose thousands separators, number words become digits."""
    found: list[str] = []
    for word in _WORD.findall(text):
        if word[0].isdigit():
            word = re.sub(r",(?=\d{3}\b)", "", word)
        word = word.removesuffix("'s").removesuffix("'")
        found.append(NUMBER_WORDS.get(word, word))
    return found


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return a light stem of one lower-case word, replaced by the head of its synonyms."""
    if word in SYNONYMS:
        return SYNONYMS[word]
    base = word
    if base.isalpha() and len(base) > 3:
        if base.endswith("ies") and len(base) > 4:
            base = base[:-3] + "y"
        elif base.endswith(("sses", "shes", "ches", "xes", "zes", "oes")):
            base = base[:-2]
        elif base.endswith("s") and not base.endswith(("ss", "us", "is")):
            base = base[:-1]
        for suffix in ("ing", "ed"):
            if base.endswith(suffix) and len(base) - len(suffix) >= 3:
                base = base[: -len(suffix)]
                if len(base) > 3 and base[-1] == base[-2] and base[-1] not in "sl":
                    base = base[:-1]
                break
        base = base.removesuffix("ly").removesuffix("ness") if len(base) > 6 else base
        if base in SYNONYMS:
            return SYNONYMS[base]
        base = base.removesuffix("e") if len(base) > 3 else base
        base = base[:-1] + "i" if base.endswith("y") and len(base) > 3 else base
    return _STEMMED.get(base, base)


def terms(text: str) -> list[str]:
    """Return the stems of the content words of any text, in order."""
    return [stem(word) for word in words(normal(text)) if word not in STOPWORDS]


def stems(text: str) -> set[str]:
    """Return the stems of all words of any text, small words included."""
    return {stem(word) for word in words(normal(text))}


def _stemmed_synonyms() -> dict[str, str]:
    # "refunding" and "reserving" lose their endings before the table is asked, so it is asked by stem too;
    # the head must be the stem of itself.
    table: dict[str, str] = {}
    for member, head in SYNONYMS.items():
        table.setdefault(member.removesuffix("e"), head)
    return table


_STEMMED: dict[str, str] = _stemmed_synonyms()
