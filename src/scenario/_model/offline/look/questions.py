"""Claims about what the agent asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scenario._model.offline.findings import Finding, absent, found, unclear
from scenario._model.offline.lexicon import GENERIC, NUMBER_WORDS
from scenario._model.offline.words import normal, stem, terms, words

if TYPE_CHECKING:
    from scenario._model.offline.criteria import Claim
    from scenario._model.offline.evidence import Evidence, Sentence

_QUESTIONS = re.compile(
    r"^(?:the user |the customer )?(?:any |an? |some |further |additional |more |unnecessary )?"
    r"(?:(?:clarifying|clarification|follow-up|guiding|leading|open|relevant|further|additional|probing|open-ended)"
    r" )*questions?(?: first)?$"
)
_LIMIT = re.compile(r"\b(?:more than|over) (\w+)\b.*\bquestions?\b")
_AT_MOST = re.compile(
    r"\b(?:at most|no more than|not more than|up to|maximum of|fewer than) (\w+)\b.*\bquestions?\b"
)
_AT_LEAST = re.compile(r"\b(?:at least|(?:a )?minimum of) (\w+)\b.*\bquestions?\b")
_LEAD = re.compile(
    r"^(?:(?:the |a |an )?(?:user|customer|caller|guest|patient|student)s?\b ?)?"
    r"(?:for|about|after|whether|if|to|on|regarding|again|them|him|her)?\b ?"
)
_OFFER = re.compile(
    r"\b(?:shall i|should i|would you like me to|may i|can i|did (?:that|this|it) (?:help|work)"
    r"|what do you need|help you"
    r"|interested|understand|is that (?:ok|correct|right|all))\b"
)
_QUALIFIED = re.compile(
    r"\b(customer|user|client|guest|student|patient|member|agent) ?(?:number|id|name|code)\b"
)
_GENERIC = frozenset(stem(word) for word in GENERIC)

_ASKED_BY: dict[str, str] = {
    "location": r"\bwhere\b|\bwhich (?:city|place|country|location)\b",
    "reason": r"\bwhy\b|\breason\b|what (?:happened|is wrong|was wrong|went wrong)",
    "date": r"\bwhen\b|\b(?:what|which) (?:day|date)\b",
    "time": r"\bwhen\b|\b(?:what|which) time\b",
    "name": r"\byour (?:full |first |last )?name\b|\bwho\b",
    "departure": r"\bfrom\b",
    "destination": r"\bwhere .{0,30}\b(?:to|go|going|flying)\b",
    "prefer": r"\b(?:prefer|would you like|which|suits?)\b",
    "preference": r"\b(?:prefer|would you like|which|suits?)\b",
    "confirmation": r"\b(?:shall i|should i|do you want me to|would you like me to|is that (?:correct"
    r"|right|ok)|"
    r"confirm|can i go ahead|ok to)\b",
    "permission": r"\b(?:shall i|should i|do you want me to|would you like me to|may i|can i go ahead"
    r"|ok to)\b",
    "personal": r"\byour (?:\w+ )?(?:name|birth|birthday|address|phone|number|email|e-mail)\b"
    r"|\bdate of birth\b",
    "contact": r"\byour (?:\w+ )?(?:address|phone|number|email|e-mail)\b",
    "duration": r"\bhow long\b",
    "age": r"\bhow old\b",
    "amount": r"\bhow (?:much|many)\b",
    "budget": r"\bhow much .{0,30}\b(?:spend|budget)\b|\bprice range\b",
}
"""Questions that ask for a thing without its word."""

_OWN_WORDS = {stem(word): re.compile(pattern) for word, pattern in _ASKED_BY.items()}


def asked(claim: Claim, evidence: Evidence) -> Finding:
    """Look for the question of a claim among what the agent asked."""
    questions = evidence.questions
    if (counted := _counted(claim, len(questions))) is not None:
        ok, text = counted
        return (found if ok else absent)(text, [question.label for question in questions])
    if (kind := _QUESTIONS.match(claim.object)) is not None:
        return _any_question(questions, kind[0])
    rest = _LEAD.sub("", claim.object, count=1)
    wanted = list(dict.fromkeys(terms(rest)))
    if not wanted:
        return unclear("what should be asked is not clear")
    best, weak = None, None
    owner = _QUALIFIED.search(rest)
    for question in evidence.asked:
        if owner is not None and owner[1] not in question.text:
            continue
        if claim.object.startswith(("whether", "if")) and len(wanted) == 1 and _OFFER.search(question.text):
            continue
        strength = _strength(question, wanted, rest, claim)
        if strength == 2:
            best = best or question
        elif strength == 1:
            weak = weak or question
    if best:
        return found("the agent asks it", [best.label], best.position)
    if weak:
        return unclear("the agent asks something near it", [weak.label])
    if claim.forbidden and not claim.concrete and not set(wanted) & set(_OWN_WORDS):
        return unclear("no sign of it, but it could be asked in other words")
    return absent("the agent does not ask it", [])


def _counted(claim: Claim, count: int) -> tuple[bool, str] | None:
    for pattern, holds in ((_AT_MOST, -1), (_AT_LEAST, 1), (_LIMIT, 2)):
        match = pattern.search(claim.object)
        number = int(value) if match and (value := NUMBER_WORDS.get(match[1], match[1])).isdigit() else None
        if number is not None:
            ok = count <= number if holds < 0 else count >= number if holds == 1 else count > number
            return ok, f"the agent asks {count} question{'' if count == 1 else 's'}"
    return None


def _any_question(questions: list[Sentence], kind: str) -> Finding:
    if not questions:
        return absent("the agent asks no question")
    if re.search(r"clarif|follow-up", kind):
        if not (open_ones := [question for question in questions if not _OFFER.search(question.text)]):
            return unclear("whether the question clarifies anything is not clear", [questions[0].label])
        questions = open_ones
    elif re.search(r"guid|lead|open|relevant|prob|unnecess", kind):
        return unclear("the agent asks; what kind of question is not clear", [questions[0].label])
    return found("the agent asks", [question.label for question in questions], questions[0].position)


def _strength(question: Sentence, wanted: list[str], rest: str, claim: Claim) -> int:
    hits = {term for term in wanted if _hit(term, question)}
    special = [term for term in wanted if term not in _GENERIC]
    if special and not hits & set(special):
        return 0
    literal_ok = claim.literals <= question.stems or not claim.literals & set(wanted)
    if rest.startswith("how many") and "how many" not in normal(question.raw):
        hits.discard("mani")
    share = len(hits) / len(wanted)
    if share >= (0.5 if len(wanted) > 2 else 1.0) and literal_ok:
        return 2
    return 1 if share >= 0.34 else 0


def _hit(term: str, question: Sentence) -> bool:
    if term in question.stems:
        return True
    pattern = _OWN_WORDS.get(term)
    return pattern is not None and pattern.search(question.text) is not None


def question_words(text: str) -> set[str]:
    """Return the stems of a question with the words of what it asks for ("why" gives "reason")."""
    line = normal(text)
    own = {term for term, pattern in _OWN_WORDS.items() if pattern.search(line)}
    return own | {stem(word) for word in words(line)}
