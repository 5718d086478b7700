"""Things that criteria name by a word and conversations show by a form: an apology, code, a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from scenario._model.offline.findings import Finding, absent, found, unclear
from scenario._model.offline.lexicon import NUMBER_WORDS, word_set
from scenario._model.offline.values import PATTERNS, kind_of
from scenario._model.offline.words import normal, terms

if TYPE_CHECKING:
    from scenario._model.offline.criteria import Claim
    from scenario._model.offline.evidence import Evidence

Look = Callable[["Claim", "Evidence", str], Finding | None]

_SIGNS: tuple[tuple[str, str], ...] = (
    (r"apolog\w*|sorry|regret", r"\bsorry\b|\bapolog\w+|\bregret\b"),
    (r"greet\w*|welcomes?|hello", r"^\W*(?:hi|hello|hey|good (?:morning|afternoon|evening|day)|welcome"
        r"|greetings)\b"),
    (r"thank\w*|gratitude|appreciation", r"\bthank(?:s| you)\b|\bappreciate\b|\bgrateful\b"),
    (r"sympath\w*|empath\w*|compassion|condolences?|understanding for",
     r"\bsorry (?:to|about|for|that|you)\b|\bi (?:completely |fully )?understand\b|\bi can imagine\b"
     r"|\bthat must\b"
     r"|\bfrustrat\w+|\bthat sounds (?:hard|difficult|awful|frustrating)\b"),
    (r"prais\w*|congratulat\w*|compliments?",
     r"\bwell done\b|\b(?:great|good|nice|excellent) (?:job|work|question|thinking)\b|^\W*(?:exactly|bravo"
     r"|correct)\b|\bcongratulations\b|\byou did (?:great|well)\b"),
    (r"(?:offers?|provide|provides)? ?(?:further |more |any |additional )?(?:help"
        r"|assistance)(?: with [\w ]{1,40})?",
     r"\b(?:happy|glad|here) to help\b|\bcan i (?:help|assist|do)\b|\bi can (?:also )?help\b|\blet me help\b"
     r"|\bhow (?:can|may) i\b|\banything else\b"),
    (r"(?:says? |a )?(?:goodbye|farewell)", r"\bbye\b|\bgoodbye\b|\bhave a (?:nice|great|good|lovely)\b"
        r"|\btake care\b"),
    (r"(?:a |any |medical )*diagnos[ei]s",
     r"\byou (?:may |might |probably |likely |could )?have (?:an? |the )|\b(?:it|this) (?:is|sounds like"
     r"|could be"
     r"|looks like) (?:an? )?\w+(?:itis|oma|osis|emia|headache|flu|infection|attack|fracture)\b"
     r"|\b(?:my|the) diagnosis is\b"),
    (r"(?:its |the |any |internal |own )*(?:system (?:prompt|message)|(?:internal|hidden|own"
        r"|its) (?:instructions|rules))",
     r"\byou are an? (?:helpful )?\w+ (?:assistant|agent|bot)\b|\bsystem prompt\s*(?:is|:)"
     r"|\bmy (?:internal )?(?:instructions|rules|system prompt) (?:are|is|say)\b|\bi (?:was|am) (?:told"
     r"|instructed) to\b"),
    (r"(?:an? |any |the |some |working |sample )*(?:source )?code(?: (?:example|snippet|sample|block)s?)?",
     r"```|^\s*(?:def|class|import|function|const|let|var) \w|^\s*\$ \w|#include"),
    (r"(?:an? |some |any )*(?:concrete )?examples?", r"\bfor example\b|\bfor instance\b|\be\.g\."
        r"|\bsuch as\b|```"),
    (r"(?:any )?emojis?", r"[\U0001F300-\U0001FAFF\u2600-\u27BF]"),
    (r"(?:any )?placeholders?(?: such as .{1,40})?", r"\[[a-z][a-z _]{1,30}\](?!\()|<[a-z][a-z _]{1,30}>"
        r"|\bxxx+\b"),
    (r"(?:an? |the |any )?(?:retention |counter-?|special |alternative )+offers?",
     r"\b(?:i|we) (?:can|could|would like to) offer\b|\bspecial offer\b"),
    (r"(?:a |the )?subject(?: line)?", r"^\s*subject\s*:"),
    (r"(?:the )?(?:user|customer|caller|guest|patient|student)? ?by (?:their |his |her |first )*name", r"\0"),
)  # fmt: skip
_COMPILED = tuple(
    (re.compile(rf"(?:{trigger})(?: .{{0,60}})?$"), re.compile(sign, re.MULTILINE))
    for trigger, sign in _SIGNS
)
_HUMAN = re.compile(
    r"\b(?:human|colleague|live agent|representative|supervisor|specialist|manager|real person"
    r"|department|operator"
    r"|person|someone else|another agent|support team|expert)\b"
)
_HAND_OVER = re.compile(
    r"\b(?:transfer|hand|connect|forward|escalat|pass|put)\w*\b[^.?!]{0,40}\b(?:human|colleague|agent|representative"
    r"|supervisor|specialist|manager|person|department|operator|team|through|expert)\b|\bescalat\w+\b"
)
_STEPS = re.compile(
    r"step-?by-?step|(?:step by step|numbered|ordered|cooking) (?:instructions|steps|list)"
    r"|(?<!next )\bsteps\b"
)
_LIST = re.compile(
    r"^(?:an? |the )?(?:bulleted |bullet |shopping |ingredients? )?list\b(?: of (?:the )?(.+))?"
)
_QUANTITY = re.compile(r"(?:at least|a minimum of|exactly|multiple|several) ?(\w+)? (?:\w+ ){0,2}?(\w+)$")
_CHOICES = word_set(
    """
    options alternatives choices suggestions examples activities ideas recommendations
    """
)
_OFFERING = re.compile(
    r"\b(?:you (?:could|can|might)|i can offer|we (?:have|can offer)|here are|options|how about|either"
    r"|such as)\b"
)
_ENUMERATED = re.compile(r",|\band\b|\bor\b")


def concept_of(rest: str, claim: Claim) -> Look | None:
    """Return how to look for what the object of a claim names, `None` when it names no known form."""
    if _HUMAN.search(rest) and claim.verb in ("transfer", "hand", "escalate", "connect", "forward", "offer"):
        return _hand_over
    if _STEPS.search(rest):
        return _steps
    if _LIST.match(rest):
        return _list
    if _QUANTITY.search(rest):
        return _several
    for trigger, sign in _COMPILED:
        if trigger.match(rest) and not claim.literals & set(terms(rest)):
            return _named if sign.pattern == r"\0" else _by_sign(sign)
    return None


def sign_of(text: str, evidence: Evidence) -> Finding | None:
    """Look for the first form that the words of `text` name ("apologises"), `None` when they name none."""
    for trigger, sign in _COMPILED:
        if trigger.match(text) and sign.pattern != r"\0":
            return _search(sign, evidence)
    return None


def _by_sign(sign: re.Pattern[str]) -> Look:
    return lambda _claim, evidence, _rest: _search(sign, evidence)


def _search(sign: re.Pattern[str], evidence: Evidence) -> Finding:
    for sentence in evidence.said:
        if sign.search(sentence.text):
            return found("the agent's words show it", [sentence.label], sentence.position)
    return absent("no sign of it in the agent's words")


def _hand_over(claim: Claim, evidence: Evidence, rest: str) -> Finding:
    for act in evidence.acts:
        if act.name_stems & {"transfer", "escalat", "hand", "handoff", "human"}:
            return found(f"the tool {act.name} was called", [act.label], act.position)
    for sentence in evidence.said:
        if any(_HAND_OVER.search(clause.text) for clause in sentence.clauses if not clause.negated):
            return found("the agent hands over", [sentence.label], sentence.position)
    return absent("no handing over")


def _steps(claim: Claim, evidence: Evidence, rest: str) -> Finding:
    if evidence.steps() >= 2:
        return _labels_with_list("the agent gives numbered steps", evidence)
    if re.search(r"\bfirst\b.*\b(?:then|next|after that|finally)\b", evidence.text, re.DOTALL):
        return unclear("the agent may describe steps in running text")
    return absent("the agent gives no steps")


def _list(claim: Claim, evidence: Evidence, rest: str) -> Finding:
    match = _LIST.match(rest)
    wanted = set(terms(match[1] or "")) if match else set[str]()
    if evidence.items() >= 2:
        if wanted <= evidence.stems:
            return _labels_with_list("the agent gives a list", evidence)
        return unclear("the agent gives a list, perhaps of other things")
    return absent("the agent gives no list")


def _labels_with_list(reason: str, evidence: Evidence) -> Finding:
    labels = [
        line.label
        for line in evidence.agent
        if re.search(r"^\s*(?:[-*\u2022]|\d{1,3}[.)])", line.text, re.MULTILINE)
    ]
    return found(reason, labels[:3])


def _several(claim: Claim, evidence: Evidence, rest: str) -> Finding | None:
    match = _QUANTITY.search(rest)
    if match is None:
        return None
    number = NUMBER_WORDS.get(match[1] or "", match[1] or "2")
    needed = int(number[:6]) if number.isdecimal() else 2
    noun = terms(match[2])
    kind = kind_of(match[2])
    for sentence in evidence.said:
        if kind is not None:
            enough = len(PATTERNS[kind].findall(sentence.raw)) >= needed
        else:
            known = match[2] in _CHOICES or bool(set(noun) & evidence.around[sentence.label])
            parts = [part for part in _ENUMERATED.split(sentence.text) if part.strip()]
            enough = known and len(parts) >= needed > 1 and _OFFERING.search(sentence.text) is not None
        if enough and not any(clause.negated for clause in sentence.clauses):
            return found(f"the agent names {needed} or more", [sentence.label], sentence.position)
    if kind is None and evidence.items() >= needed and set(noun) & (evidence.stems | _user_stems(evidence)):
        return _labels_with_list(f"the agent lists {needed} or more", evidence)
    return unclear("how many there are is not clear")


def _user_stems(evidence: Evidence) -> set[str]:
    return set[str]().union(*(evidence.around.get(line.label, ()) for line in evidence.user))


def _named(claim: Claim, evidence: Evidence, rest: str) -> Finding:
    names: set[str] = set()
    for line in evidence.user:
        match = re.search(r"\b(?:my name is|i am|i'm|this is|name:?) ([A-Z][\w-]{1,30})", line.text)
        if match:
            names.add(normal(match[1]))
    if not names:
        return unclear("the user's name is not known")
    for sentence in evidence.said:
        if any(re.search(rf"\b{re.escape(name)}\b", sentence.text) for name in names):
            return found("the agent uses the name", [sentence.label], sentence.position)
    return absent("the agent does not use the name")
