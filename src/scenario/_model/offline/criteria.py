"""Reading a criterion: who must, or must not, do what."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from scenario._model.offline.lexicon import ABSTRACT, DAY_PARTS, GENERIC, NUMBER_WORDS, word_set
from scenario._model.offline.verbs import Kind, verb_of
from scenario._model.offline.words import normal, stem, terms

_MODAL = word_set(
    """
    should must shall may might can could will would does do did is are was were has have had gets
    """
)
_NEGATIVE = word_set("not never avoid avoids refrain refrains no neither stop stops")
_DETERMINER = word_set("the a an its their his her any some this that no of")
_AGENT = re.compile(
    r"^(?:(?:the|an|a|our|your) )?(?:\w+ )?(?:agent|assistant|bot|chatbot|model|ai|system|tutor|it"
    r"|service|advisor"
    r"|concierge|clerk|support|target)\b"
)
_DOCUMENT = word_set(
    """
    recipe answer response reply e-mail email message code output summary conversation poem text
    letter story list plan itinerary suggestion explanation product products dish meal result
    article
    """
)
GENRES = word_set(
    """
    recipe e-mail email code letter poem dish meal plan itinerary summary story
    """
)
_NOUN_LEAD = re.compile(
    r"^(?:(?:the |a |an )?(?:user|customer|caller|guest|patient|student)s?\b ?)?(?:to \w+ )?(?:(?:for"
    r"|about|of|with|on) )?"
)
_NOUN_END = re.compile(
    r" (?:of|for|to|about|with|in|on|at|from|by|that|who|which|such|than|over|under|before|against) "
)
_TOKEN = re.compile(r"[^\s,;:.!?\"()]+")
_WITHOUT = re.compile(r"\bwithout (?=\w+ing\b)")
_CONDITION = re.compile(r",? \b(?:if|when|whenever|unless|once|until|in case|as soon as)\b .{0,400}$")
_ORDER = re.compile(r"\b(before|after|prior to)\b ")
_AND = re.compile(r",? (?:and|but)(?: then)? ")
_QUOTED = re.compile(r"[\"`\u201c]([^\"`\u201d]{1,200})[\"`\u201d]|(?<!\w)'([^']{2,200})'(?!\w)")
_NUMERAL = re.compile(r"(?<!\w)(?:[a-z]{0,6}-?)?\d[\d.,:]*\d|(?<!\w)\d")
_NAME = re.compile(r"\b(?:[A-Z][\w-]*|\w*_\w*)(?: [A-Z][\w-]*)*")


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that the agent must do, or with `forbidden` must not do.

    Attributes:
        verb: infinitive of the verb, `""` when it is not known.
        kind: what to look for.
        object: what follows the verb, normalised, conditions left out.
        literals: stems that must be said as they are: names, numbers, quoted words.
        forbidden: the thing must not happen.
        conditional: it holds only under a condition.
        about: who acts: `agent`, a text that it wrote (`email`), or `other`.
    """

    verb: str
    kind: Kind | None
    object: str
    literals: frozenset[str]
    forbidden: bool
    conditional: bool
    about: str

    @property
    def terms(self) -> list[str]:
        """Stems of the content words of the object, in order, each once."""
        return list(dict.fromkeys(terms(self.object)))

    @property
    def concrete(self) -> bool:
        """Whether doing the thing requires saying its words."""
        if self.literals & set(self.terms):
            return True
        rest = _NOUN_LEAD.sub("", self.object, count=1)
        clause = re.match(r"(?:that|whether|how|what|when|where|why)\b", self.object)
        head = terms(rest if clause else _NOUN_END.split(rest, maxsplit=1)[0])
        if clause:
            return len(head) > 1 and any(term not in _ABSTRACT_STEMS for term in head)
        head = [term for term in head if not term.isdecimal()]
        while len(head) > 1 and head[-1] in _GENERIC_STEMS:
            head.pop()
        return bool(head) and head[-1] not in _ABSTRACT_STEMS | _GENERIC_STEMS


@dataclass(frozen=True, slots=True)
class Criterion:
    """A criterion as claims that must all hold; `earlier` and `later` are set for an order of events."""

    claims: tuple[Claim, ...] = ()
    earlier: Claim | None = None
    later: Claim | None = None


_GENERIC_STEMS = frozenset(stem(word) for word in GENERIC)
_ABSTRACT_STEMS = frozenset(stem(word) for word in ABSTRACT)


def read_criterion(text: str) -> Criterion:
    """Return what a criterion demands; a criterion that is not understood has no claims."""
    text = " ".join(text[:2000].split()).rstrip(".! ")
    literals = _literals(text)
    line = normal(text)
    order = _ORDER.search(line)
    if order is not None:
        return _ordered(line[: order.start()], order[1], line[order.end() :], literals)
    line, without, gerund = _split_without(line)
    claims = _claims(line, literals)
    if without and claims:
        follow = _claim(f"the agent must not {gerund}", literals)
        claims.extend([follow] if follow else [])
    return Criterion(tuple(claims))


def _ordered(left: str, word: str, right: str, literals: frozenset[str]) -> Criterion:
    first, second = _claim(left, literals), _claim(f"the agent must {right}", literals, gerund=True)
    if first is None or second is None or first.forbidden or second.kind is None:
        return Criterion()
    first, second = _own_literals(first), _own_literals(second)
    return Criterion(earlier=first, later=second) if word != "after" else Criterion((), second, first)


def _own_literals(claim: Claim) -> Claim:
    own = claim.literals & frozenset(terms(claim.object))
    return replace(claim, literals=own)


def _split_without(line: str) -> tuple[str, bool, str]:
    match = _WITHOUT.search(line)
    return (line, False, "") if match is None else (line[: match.start()], True, line[match.end() :])


def _claims(line: str, literals: frozenset[str]) -> list[Claim]:
    pieces = _AND.split(line)
    joined: list[str] = []
    for index, piece in enumerate(pieces):
        first = piece.split(" ", 2)
        verb = verb_of(first[0])
        # "and book" continues a modal; without one only "and books" is a verb, "and book" is a noun.
        starts = verb is not None and (first[0] != verb[0] or "should" in line or "must" in line)
        if index and (starts or first[0] in _NEGATIVE or (first[0] in _MODAL and len(first) > 1)):
            joined.append(piece)
        elif index:
            joined[-1] += f" and {piece}"
        else:
            joined.append(piece)
    head = _claim(joined[0], literals)
    if head is None:
        return []
    found = [head]
    for piece in joined[1:]:
        negative = head.forbidden and piece.split(" ", 1)[0] not in _MODAL
        claim = _claim(f"the agent must {'not ' if negative else ''}{piece}", literals)
        if claim is None:
            return []
        found.append(claim)
    return [_own_literals(claim) for claim in found] if len(found) > 1 else found


def _claim(line: str, literals: frozenset[str], *, gerund: bool = False) -> Claim | None:
    condition = None
    if not re.search(r"\b(?:ask|asks|asking|whether|inquires?|explains?|tells?|says?)\b", line):
        condition = _CONDITION.search(line)
    if condition is not None:
        line = line[: condition.start()]
    tokens = list(_TOKEN.finditer(line))
    spelled = [token[0] for token in tokens]
    at = _verb_index(spelled, gerund=gerund)
    if at is None:
        return None
    before = spelled[:at]
    subject = " ".join(_before_modal(before))
    verb, kind = verb_of(spelled[at]) or ("", None)
    rest = line[tokens[at].end() :].strip()
    passive = kind == "be" and at + 1 < len(spelled)
    if passive and _is_user(subject) and (acted := verb_of(spelled[at + 1])) and acted[1] != "be":
        (verb, kind), subject = acted, "the agent"
        rest = line[tokens[at + 1].end() :].strip()
    hypothetical = "would" in before
    about = "other" if hypothetical or (kind == "be" and "will" in before) else _about(subject, kind)
    forbidden = any(token in _NEGATIVE for token in before) or (kind == "be" and rest.startswith("not "))
    if kind != "be" and rest.startswith("no "):  # "contains no meat"
        forbidden, rest = not forbidden, rest.removeprefix("no ")
    return Claim(verb, kind, rest, literals, forbidden, condition is not None, about)


def _verb_index(spelled: list[str], *, gerund: bool) -> int | None:
    for index, token in enumerate(spelled):
        known = verb_of(token)
        if known is None:
            continue
        previous = spelled[index - 1] if index else ""
        following = spelled[index + 1] if index + 1 < len(spelled) else ""
        if previous in _DETERMINER or previous.endswith("'s") or (index == 0 and following in _MODAL):
            continue
        if token in ("has", "have") and following in _NEGATIVE | {"been"}:
            continue
        if known[1] == "be" and following in _NEGATIVE:
            return index
        negative = previous in _NEGATIVE or (previous == "from" and index > 1)
        if token.endswith("ing") and known[0] != token and not (gerund or negative or previous == "must"):
            continue
        return index
    return None


def _before_modal(before: list[str]) -> list[str]:
    for index, token in enumerate(before):
        if token in _MODAL or token in _NEGATIVE:
            return before[:index]
    return before


def _is_user(subject: str) -> bool:
    return re.fullmatch(r"(?:the |a )?(?:user|customer|caller|guest|patient|student)", subject) is not None


def _about(subject: str, kind: Kind | None) -> str:
    if not subject or _AGENT.match(subject):
        return "agent"
    last = subject.split()[-1]
    if last in _DOCUMENT:
        return last if last in GENRES else "agent"
    if _is_user(subject) or kind in (None, "be", "act"):
        return "other"
    return "agent"


def _literals(text: str) -> frozenset[str]:
    # The first word is capitalised in any case; capitals count only beyond it.
    start = text.find(" ")
    found = [a or b for a, b in _QUOTED.findall(text)]
    found += [match[0] for match in _NAME.finditer(text, max(start, 0)) if match[0] not in ("I", "A")]
    found += re.findall(rf"\b(?:{'|'.join(DAY_PARTS)})\b", text)
    found += _NUMERAL.findall(normal(text))
    stems = (part for literal in found for part in terms(literal.replace("_", " ")))
    return frozenset(part for part in stems if part not in NUMBER_WORDS)
