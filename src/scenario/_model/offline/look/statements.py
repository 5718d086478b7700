"""Claims about what the agent says, suggests, promises or reveals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scenario._model.offline.evidence import negated
from scenario._model.offline.findings import Finding, absent, found, unclear
from scenario._model.offline.lexicon import CATEGORIES, GENERIC, SUBSTITUTES
from scenario._model.offline.look.concepts import concept_of
from scenario._model.offline.look.refusals import refused
from scenario._model.offline.look.tools import COMPARISON
from scenario._model.offline.values import holds, kind_of_phrase
from scenario._model.offline.words import stem, terms, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario._model.offline.criteria import Claim
    from scenario._model.offline.evidence import Evidence, Sentence

_GENERIC = frozenset(stem(word) for word in GENERIC)
_LEAD = re.compile(
    r"^(?:to |with )?(?:(?:the |a |an )?(?:user|customer|caller|guest|patient|student|them)s?\b ?)?"
    r"(?:(?:that|to|about|of|with|on|for)\b )?"
)
_HOW = (
    (re.compile(r"^how long\b"), "duration"),
    (re.compile(r"^how much\b|^what .{0,40}\bcosts?\b"), "money"),
    (re.compile(r"^how many\b"), "number"),
    (re.compile(r"^when\b"), "date"),
)
# Words that make a sentence a confirmation, a suggestion or a promise, whatever it is about.
_CUES = {
    "confirm": re.compile(
        r"\b(?:confirm\w*|booked|placed|scheduled|reserved|moved|set|done|correct|is (?:on|for|at|in)|yes)\b"
    ),
    "suggest": re.compile(
        r"\b(?:suggest|recommend|advise|how about|what about|you (?:could|can|should|might|may)|try"
        r"|consider|please"
        r"|better|should|i can|i could|we can|could also|take|use|call|let us|would you like|here (?:is"
        r"|are)|visit"
        r"|run|see|free of|great|if)\b"
    ),
    "promise": re.compile(
        r"\b(?:promise|guarantee|will|definitely|certainly|rest assured|for sure|always|assure|commit)\b"
    ),
}
_WARNED = re.compile(r"\bavoid\b|\bnot (?:recommend|suggest|advise)\b|\bstay away\b")
_ALTERNATIVE = re.compile(r",? or ")


def said(claim: Claim, evidence: Evidence) -> Finding:
    """Look for the content of a claim in what the agent said."""
    rest = _LEAD.sub("", claim.object, count=1)
    if re.fullmatch(r"\w+ly", rest):
        return unclear("how well it is said cannot be seen")
    if not rest:
        return (
            found("the agent answers", [evidence.agent[0].label], 0)
            if evidence.agent
            else absent("no answer")
        )
    if _ALTERNATIVE.search(rest) and not re.match(r"whether|if|how|what|which", rest):
        return _any(claim, evidence, _ALTERNATIVE.split(rest))
    return _one(claim, evidence, rest)


def _any(claim: Claim, evidence: Evidence, alternatives: list[str]) -> Finding:
    results = [_one(claim, evidence, alternative.strip(" ,")) for alternative in alternatives[:8]]
    for certainty in ("found", "unclear"):
        for result in results:
            if result.certainty == certainty:
                return result
    return results[0]


def _one(claim: Claim, evidence: Evidence, rest: str) -> Finding:
    for look in (concept_of(rest, claim), _typed):
        result = None if look is None else look(claim, evidence, rest)
        if result is not None:
            return result
    if COMPARISON.search(rest):
        return unclear("a comparison is not decided by words")
    wanted = list(dict.fromkeys(terms(rest)))
    if not wanted:
        return unclear("what should be said is not clear")
    category = next((CATEGORIES[term] for term in reversed(wanted[:3]) if term in CATEGORIES), None)
    if len(wanted) <= 2 and category is not None:
        return _category(evidence, category, claim)
    return _covered(claim, evidence, rest, wanted)


def _typed(claim: Claim, evidence: Evidence, rest: str) -> Finding | None:
    kind = next((kind for pattern, kind in _HOW if pattern.search(rest)), None)
    if rest.removeprefix("the ").startswith("number of "):
        kind = "number"
    phrase = words(rest.split(" of ", 1)[0] if kind is None else rest)
    wh = re.match(r"whether|if|that|why|who|how|what", rest)
    if kind is None and not wh and not claim.literals & set(terms(rest)) and len(phrase) <= 7:
        head = list(words(re.split(r"\b(?:of|for|to|by|when|where|that)\b", rest, maxsplit=1)[0]))
        kind = kind_of_phrase(head[-2:])
    if kind is None:
        return None
    about = {term for term in terms(rest) if term not in _GENERIC and kind_of_phrase([term]) is None}
    about -= {"mani", "much", "long", "how"}
    near: Sentence | None = None
    for sentence in _statements(claim, evidence):
        if not holds(kind, sentence.raw) or (kind == "number" and not about & sentence.stems):
            continue
        message = evidence.by_message[sentence.label]
        if (
            not about
            or about & message
            or about & evidence.around[sentence.label]
            or kind in ("card", "phone", "email", "temperature")
        ):
            return found("the agent says it", [sentence.label], sentence.position)
        near = near or sentence
    if near is not None:
        return unclear("the agent gives such a value, perhaps of another thing", [near.label])
    return absent("the agent gives no such value")


def _category(evidence: Evidence, members: str, claim: Claim) -> Finding:
    hit = category_hit(evidence, members)
    if hit is None:
        return absent("nothing of that kind is named")
    if claim.kind in ("suggest", "reveal") and all(s.denies({hit[1]}) for s in hit[2]):
        return absent("it is named only to be ruled out", [hit[0].label])
    return found(f"{hit[1]!r} is named", [hit[0].label], hit[0].position)


def category_hit(evidence: Evidence, members: str) -> tuple[Sentence, str, list[Sentence]] | None:
    """Return the first sentence that names a member as the real thing, the member, and all such."""
    wanted = set(members.split())
    hits: list[tuple[Sentence, str]] = []
    for sentence in evidence.said:
        spelled = words(sentence.text)
        for index, word in enumerate(spelled):
            if (word in wanted or word.removesuffix("s") in wanted) and not SUBSTITUTES & set(
                spelled[max(0, index - 2) : index]
            ):
                if re.search(
                    rf"\b(?:instead of|no|without|free of|rather than|not)\b[^.;]{{0,30}}\b{word}",
                    sentence.text,
                ):
                    continue
                hits.append((sentence, stem(word)))
                break
    return (hits[0][0], hits[0][1], [sentence for sentence, _ in hits]) if hits else None


def _covered(claim: Claim, evidence: Evidence, rest: str, wanted: list[str]) -> Finding:
    literals = claim.literals & set(wanted)
    special = [term for term in wanted if term not in _GENERIC]
    says_not = negated(rest)
    cue = _CUES.get(claim.verb) or _CUES.get(claim.kind or "")
    best: Sentence | None = None
    near: Sentence | None = None
    against: Sentence | None = None
    for sentence in _statements(claim, evidence):
        hits = {term for term in wanted if term in sentence.stems}
        asked = {term for term in wanted if term in evidence.answered.get(sentence.label, ())} - hits
        hits |= asked if len(asked) <= len(hits) else set()
        if not hits & set(special or wanted):
            continue
        share = len(hits) / len(wanted)
        full = share >= 0.99 if len(wanted) <= 2 else share >= 0.66
        if cue is not None and not cue.search(sentence.text):
            near = near if claim.kind == "promise" else near or (sentence if share > 0.5 else None)
            continue
        denied = sentence.denies(hits) or (
            claim.kind == "suggest" and _WARNED.search(sentence.text) is not None
        )
        if denied != says_not and not _mention(claim):
            against = against or (sentence if full else None)
            continue
        if full and literals <= sentence.stems:
            best = sentence
            break
        near = near or (sentence if share >= 0.34 else None)
    if best is not None:
        return found("the agent says it", [best.label], best.position)
    if against is not None and near is None:
        return absent("the agent says the opposite, or rules it out", [against.label])
    return _not_said(claim, evidence, wanted, literals, near)


def _not_said(
    claim: Claim, evidence: Evidence, wanted: list[str], literals: Iterable[str], near: Sentence | None
) -> Finding:
    message = None if near is None or claim.forbidden else _across(evidence, wanted)
    if message and set(literals) <= evidence.by_message[message] and not claim.conditional:
        return found("the agent says it in one message", [message], near.position if near else -1)
    if near is not None:
        return unclear("the agent says something near it", [near.label])
    special = set(wanted) - _GENERIC
    if set(literals) - evidence.stems or (claim.concrete and special):
        return absent("the agent says nothing of it")
    if claim.forbidden and refused(wanted, evidence) is not None:
        return absent("the agent declines it")
    return unclear("no sign of it, but it could be said in other words")


def _across(evidence: Evidence, wanted: list[str]) -> str | None:
    for line in evidence.agent:
        if len(wanted) > 1 and set(wanted) <= evidence.by_message.get(line.label, set()):
            return line.label
    return None


def _mention(claim: Claim) -> bool:
    return claim.verb in ("mention", "name", "talk", "discuss", "contain", "include", "cite")


def _statements(claim: Claim, evidence: Evidence) -> list[Sentence]:
    return evidence.said if claim.forbidden or claim.kind == "suggest" or _mention(claim) else evidence.told
