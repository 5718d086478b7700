"""Retelling a description of the user in the first person: "the user wants their" becomes "i want my"."""

from __future__ import annotations

import re

from scenario._model.offline.lexicon import word_set

_ROLE = (
    r"(?:user|customer|caller|client|guest|patient|student|person|traveller|traveler|employee|buyer|tester)"
)
_NAMED = re.compile(r"\b(?:named|called|name is|name's) ([A-Z][\w'-]+(?: [A-Z][\w'-]+)?)")
_SUBJECT_NAME = re.compile(
    r"^([A-Z][a-z'-]+) (?:wants|needs|is|has|would|asks|calls|wishes|tries|lost|forgot)\b"
)
_NOT_NAMES = word_set(
    """
    User Customer Caller It The This There They He She You A Someone Nobody Agent
    """
)
_SUBJECT = re.compile(
    rf"\b(?:the |a |an |our |this )?(?:[a-z-]+ )?{_ROLE}s?\b(?!'| (?:number|id|name|code|account|service"
    rf"|support|e-?mail)\b)(?: who| that| named [A-Z]\w+(?: [A-Z]\w+)?,?(?: who)?)?"
    r"|\b(?:someone|somebody)\b(?: who)?",
    re.IGNORECASE,
)
_ANYONE = re.compile(
    r"^(?:an?|the) (?:[\w-]+ ){0,3}?[\w-]+(?P<place> (?:in|from"
    r"|at) [A-Z][\w-]+(?: [A-Z][\w-]+)?)? (?=(?:wants|needs|asks|would"
    r"|wishes|tries|calls|is looking|is trying|hopes|wonders|contacts)\b)",
    re.IGNORECASE,
)
_OWNER = re.compile(rf"\b(?:the |a )?{_ROLE}'s\b", re.IGNORECASE)
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{old})\b", re.IGNORECASE), new)
    for old, new in (
        ("you are (?:an? )?(?=i\\b)", ""),
        ("he or she|she or he|he|she|they|you", "i"),
        ("their|his|her|your", "my"),
        ("them|him", "me"),
        ("theirs|yours", "mine"),
        ("themselves|themself|himself|herself|yourself", "myself"),
        ("i (?:is|are) i", "i"),
        ("i(?: is|'s| are|'re)", "i am"),
        ("i has", "i have"),
        ("i were", "i was"),
        ("i (?:doesn't|does not)", "i don't"),
        ("i hasn't", "i haven't"),
        ("i isn't", "i am not"),
        ("i's", "my"),
    )
)
_VERB = re.compile(
    r"\b(i(?: also| really| only| just| then| already| first| now| still| always| currently| urgently)?) "
    r"([a-z]{2,20}s)\b"
)
_JOINED = re.compile(
    r"\b(and|but|then|also) (wants|needs|likes|prefers|has|is|does|hopes|asks|expects|lives|travels"
    r"|wishes|refuses|tries"
    r"|works|uses|owns|thinks|knows|eats|drinks|pays|speaks|insists|remembers|lacks)\b"
)
_IRREGULAR = {
    "has": "have",
    "is": "am",
    "does": "do",
    "goes": "go",
    "was": "was",
    "wishes": "wish",
    "tries": "try",
}


def name_of(description: str) -> str | None:
    """Return the user's name where a description gives one."""
    match = _NAMED.search(description) or _SUBJECT_NAME.match(description)
    return match[1] if match and match[1] not in _NOT_NAMES else None


def first_person(clause: str, name: str | None = None) -> str:
    """Return a clause about the user as the user would say it, in lower case but for names and codes."""
    text = clause.strip().strip("\"'").strip()
    if name:
        text = re.sub(rf"\b{re.escape(name)}\b(?=\s+[a-z]+s?\b)", "the user", text, count=1)
        text = re.sub(rf"\b{re.escape(name.split()[0])}\b(?=\s+[a-z]+s\b)", "the user", text, count=1)
    things = re.search(r"\b(?:because|since|as|which|that) they\b", text)
    if things:
        text = text.replace(things[0], things[0].replace("they", "\0"))
    text = _OWNER.sub("my", text)
    text = _ANYONE.sub("i ", text)
    text = _SUBJECT.sub("i", text)
    for pattern, new in _WORDS:
        text = pattern.sub(new, text)
    text = _VERB.sub(lambda match: f"{match[1]} {_base(match[2])}", text)
    text = _JOINED.sub(lambda match: f"{match[1]} {_base(match[2])}", text)
    text = re.sub(r"\bI\b", "i", text.replace("\0", "they"))
    first = text.split(" ", 1)[0]
    if first[:1].isupper() and first[1:].islower() and first != (name or "").split(" ")[0]:
        text = text[0].lower() + text[1:]
    return " ".join(text.split())


def place_of(clause: str) -> str | None:
    """Return where a subject such as "a tourist in Oslo" is, `None` when it does not say."""
    match = _ANYONE.match(clause)
    return match["place"].strip() if match and match["place"] else None


def _base(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith("ies"):
        return verb[:-3] + "y"
    if verb.endswith(("sses", "shes", "ches", "xes", "oes")):
        return verb[:-2]
    return verb[:-1] if not verb.endswith(("ss", "us")) else verb
