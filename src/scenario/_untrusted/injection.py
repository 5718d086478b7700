"""Tells evidence that speaks to the judge from ordinary talk.

It looks for four things: text that addresses a judge or evaluator, names a verdict tool, dictates a verdict,
or holds a tag of the judge's prompt. It only marks; a verdict is not changed by what it finds. The words of
each language stand in `injection.toml`.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from scenario._untrusted.fence import has_reserved_tag

if TYPE_CHECKING:
    from collections.abc import Iterable

_CONTINUATION = re.compile(r"\\\n\s*")
_WORD_START = re.compile(r"(?=\w)[\u0000-\u052f]")  # Latin, Greek, Cyrillic
_ESCAPE = re.compile(r"\\(?:[nrtbf]|u[0-9a-f]{4})")
_SENTENCE = re.compile(r"[^.!?\u0964\u3002]{1,400}")  # words further apart are not taken together

# "Judge: ..." or "(note, AI judge)": a judge named first thing, or right after a quotation mark or bracket.
_OPENING = r"(?:^|[\"'\u00ab\u00bb\u2018-\u201e\u2039\u203a(\[<{*#>:\u2013\u2014|]\s*)"
_LEAD = (
    r"(?:(?:the|all|any|ai|llm|hey|ok|okay|to|for|note|system|an die|an den|für|al|au|à|para|el|la|le) ){0,3}"
)
_CLOSING = r"\w{0,6}\s*[:,!\])>}\u3001]"
_HONORIFIC = "(?:の皆|様|さん|へ|님|에게|께|们|們)"


# Every judge call of a run reads the same lines again. By hash, because the texts may be megabytes.
_known: dict[int, bool] = {}
_MOST_KNOWN = 100_000


def addresses_judge(text: str) -> bool:
    """Whether a text seems to be aimed at a judge: it speaks to one, or dictates the verdict."""
    key = hash(text)
    known = _known.get(key)
    if known is None:
        known = has_reserved_tag(text) or any(map(_is_suspicious, _SENTENCE.findall(_plain(text))))
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = known
    return known


def _plain(text: str) -> str:
    """Return the text as a reader sees it: one form per letter, lower case, nothing invisible."""
    visible = _ESCAPE.sub(" ", text).replace("\\", "")
    normal = unicodedata.normalize("NFKC", visible).casefold()
    if normal.isascii():
        return normal
    return "".join(char for char in normal if unicodedata.category(char) != "Cf")


def _is_suspicious(sentence: str) -> bool:
    said = _vocabulary()
    if said.phrase.search(sentence) or said.verdict.search(sentence):
        return True
    judge, criteria = said.judge.search(sentence), said.criteria.search(sentence)
    if judge and said.address.search(sentence):
        return True
    if criteria and said.ignore.search(sentence):
        return True
    return bool((judge or criteria) and said.met.search(sentence) and said.order.search(sentence))


class _Vocabulary(NamedTuple):
    phrase: re.Pattern[str]
    verdict: re.Pattern[str]
    judge: re.Pattern[str]
    criteria: re.Pattern[str]
    met: re.Pattern[str]
    order: re.Pattern[str]
    ignore: re.Pattern[str]
    address: re.Pattern[str]


@cache
def _vocabulary() -> _Vocabulary:
    """Read and compile the words of all languages, once and at first use."""
    text = Path(__file__).with_name("injection.toml").read_text("utf-8")
    languages = tomllib.loads(_CONTINUATION.sub("", text)).values()

    def words(kind: str) -> str:
        return _any_of(word for language in languages for word in language[kind])

    judge, greeting = words("judges"), words("greetings")
    addresses = (
        rf"{greeting}\W{{0,3}}(?:\w+\W+){{0,2}}?{judge}",
        f"{_OPENING}{_LEAD}{judge}{_CLOSING}",
        f"{judge}{_HONORIFIC}",
    )
    return _Vocabulary(
        phrase=re.compile(words("phrases")),
        verdict=re.compile(f"{words('verdicts')}.{{0,25}}?{words('met')}"),
        judge=re.compile(judge),
        criteria=re.compile(words("criteria")),
        met=re.compile(words("met")),
        order=re.compile(words("orders")),
        ignore=re.compile(words("ignores")),
        address=re.compile("|".join(addresses)),
    )


def _any_of(beginnings: Iterable[str]) -> str:
    """Return a pattern for any of the beginnings, at the start of a word in scripts that separate words."""
    normal = [unicodedata.normalize("NFKC", beginning) for beginning in beginnings]
    spaced = [text for text in normal if _WORD_START.match(text.lstrip("([?:"))]
    joined = [text for text in normal if text not in spaced]
    return "(?:" + "|".join([rf"\b(?:{'|'.join(spaced)})", *joined]) + ")"
