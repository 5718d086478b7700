"""Kinds of values that people ask for and give: dates, prices, codes, addresses."""

from __future__ import annotations

import re

from scenario._model.offline.lexicon import MONTHS, WEEKDAYS

_MONTH = "|".join(f"{month}|{month[:3]}" for month in MONTHS)
_DAY = "|".join(WEEKDAYS)
_AMOUNT = r"\d[\d.,]{0,15}"
_MONEY = r"(?:dollars?|euros?|pounds?|eur|usd|gbp|chf|cents?|bucks)\b"
_UNIT = r"(?:business |working )?(?:second|minute|hour|day|week|month|year)s?\b"
_COUNT = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|a few|few|a couple of)"

PATTERNS: dict[str, re.Pattern[str]] = {
    kind: re.compile(pattern, re.IGNORECASE)
    for kind, pattern in {
        "email": r"\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}",
        "link": r"https?://\S{1,2000}|\bwww\.\S{1,500}",
        "money": rf"[$€£¥] ?{_AMOUNT}|\b{_AMOUNT} ?(?:{_MONEY}|[$€£¥])",
        "percent": r"\b\d{1,3}(?:\.\d{1,3})? ?(?:%|percent)",
        "temperature": r"-?\d{1,3}(?:\.\d)? ?(?:°|degrees|celsius|fahrenheit)",
        "date": rf"\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}\b"
        rf"|\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTH})\b(?: \d{{4}})?"
        rf"|\b(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? \d{{4}})?"
        rf"|\b(?:next |this |on )?(?:{_DAY})\b|\b(?:today|tomorrow|yesterday|tonight)\b",
        "time": r"\b\d{1,2}(?:[:.]\d\d)? ?[ap]\.?m\b\.?|\b\d{1,2}:\d\d\b|\b(?:noon|midnight)\b|\bo'clock\b",
        "duration": rf"\b{_COUNT} (?:(?:to|or|-) ?{_COUNT} )?{_UNIT}|\b\d{{1,3}} ?- ?\d{{1,3}} {_UNIT}",
        "dosage": r"\b\d{1,5}(?:\.\d{1,3})? ?(?:mg|ml|milligrams?|tablets?|pills?|drops)\b",
        "phone": r"\+?\b\d[\d ()/-]{5,18}\d\b",
        "card": r"\b(?:\d[ -]?){12,18}\d\b",
        "pin": r"(?<![\w-])\d{4,6}(?![\w-])",
        "code": r"\b(?=[A-Za-z-]{0,10}\d)[A-Za-z0-9]{1,12}(?:-[A-Za-z0-9]{1,12}){0,3}\b",
        "number": r"\b\d[\d.,]{0,15}|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b",
    }.items()
}

_NOUNS: dict[str, str] = {
    "email": "email",
    "e-mail": "email",
    "link": "link",
    "url": "link",
    "website": "link",
    "price": "money",
    "cost": "money",
    "fee": "money",
    "amount": "money",
    "balance": "money",
    "salary": "money",
    "budget": "money",
    "total": "money",
    "temperature": "temperature",
    "date": "date",
    "day": "date",
    "time": "time",
    "slot": "time",
    "hour": "time",
    "duration": "duration",
    "dosage": "dosage",
    "dose": "dosage",
    "phone": "phone",
    "telephone": "phone",
    "pin": "pin",
    "code": "code",
    "reference": "code",
    "id": "code",
    "number": "code",
    "numbers": "number",
    "figures": "number",
}


def kind_of(noun: str) -> str | None:
    """Return the kind of value that a lower-case noun names ("price" is money), `None` for other nouns."""
    return _NOUNS.get(noun) or _NOUNS.get(noun.removesuffix("s"))


def kind_of_phrase(phrase: list[str]) -> str | None:
    """Return the kind of value that a noun phrase names; "phone number" is a phone."""
    if "card" in phrase:
        return "card" if phrase[-1] in ("number", "numbers", "details") else None
    if phrase and phrase[-1] in ("email", "e-mail") and len(phrase) > 1:
        return None  # "a confirmation e-mail" is not an address
    kinds = [kind for word in phrase if (kind := kind_of(word))]
    specific = [kind for kind in kinds if kind != "code"]
    return (specific or kinds or [None])[0]


def holds(kind: str, text: str) -> bool:
    """Say whether `text` holds a value of that kind; a part of a phone number or a date is no PIN or code."""
    for longer in ("phone", "date", "money", "time", "duration") if kind in ("pin", "code") else ():
        text = PATTERNS[longer].sub(" ", text)
    return PATTERNS[kind].search(text) is not None
