"""What a scenario's description says about the user: goals and facts, in the user's own words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario._model.offline.evidence import negated
from scenario._model.offline.lexicon import STOPWORDS, word_list
from scenario._model.offline.look.questions import question_words
from scenario._model.offline.person import first_person, name_of, place_of
from scenario._model.offline.values import PATTERNS
from scenario._model.offline.words import normal, sentences, stem, stems, terms, words

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAXIMUM = 20_000  # characters of a description that are read
_ABOUT_AGENT = re.compile(
    r"^(?:the |an? |your |our )?(?:\w+ )?(?:agent|assistant|bot|chatbot|system|ai)\b", re.IGNORECASE
)
_SPLIT = re.compile(
    r";\s+|,? (?:and|but) (?=(?:they|he|she|you|the user|wants?|needs?|is|are|has|have|would|asks?"
    r"|prefers?|does|their|his"
    r"|her|your|lives?|then|also|hopes?|tries|(?:the|my) [\w-]+ (?:is|are|was|were|has|have))\b)"
    r"|,\s+(?:so|then|but|who|which) (?=\w)|\. "
)
_INSTRUCTION = re.compile(
    r"\b(?:when|if|until|unless) (?:i am |it is )?(?:refused|asked|the agent|the assistant)\b"
)
_COUNTED = re.compile(r"i need (?:\d+|two|three|four|five|six)\b")  # a quantity of another goal
_NO_SUBJECT = re.compile(
    r"(?:also |then )?(?:wants?|needs?|is|are|has|have|would|asks?|prefers?|does|lives?|hopes?"
    r"|tries)\b(?! (?:the|a|my|their)\b [\w ]+\?)"
)
_GOAL = re.compile(
    r"\b(?:i (?:also |really |urgently |just |then |first |now |only )*)?"
    r"(?P<verb>want|wants|would like|need|am looking for|am trying|try|hope|wish|ask|am asking"
    r"|am interested in|am calling"
    r"|call|contact|seek|have to|intend|plan|request|inquire|wonder|am searching for)\b(?P<rest>.*)",
    re.IGNORECASE,
)
_VALUE_KINDS = ("email", "link", "money", "phone", "date", "time", "code", "number")
_ROUTE = re.compile(r"\b(from|to|in|at|near) ((?:[A-Z][\w'-]+)(?: (?:[A-Z][\w'-]+|de|la|of))*)")
_ROUTE_LABELS = {
    "from": "location departure from origin",
    "to": "location destination to",
    "in": "location place live",
    "at": "location place",
    "near": "location place",
}
_REASON = re.compile(r"\b(?:because(?: of)?|due to|since) (.{3,200})", re.IGNORECASE)
_IS = re.compile(r"\b(?:my|the) ([\w' -]{2,40}?) (?:is|are|was|were)(?: called| named)? ([^,;]{1,120})")
_PREFERENCE = re.compile(
    r"\b(?:prefer|would rather(?: have)?|(?<!would )like) (?:to )?([^,;]{2,80}?)(?= because\b|[,;]|$)"
)
_AMONG = re.compile(
    r"\b(?:for|of|with) (\w+) (?:people|persons|adults|guests|passengers|travell?ers)\b|\bparty of (\w+)"
)
_ORDER_NUMBER = re.compile(
    r"\b(?:my |the |an? )?"
    r"(order|policy|booking|ticket|invoice|account|contract|parcel|claim|reservation|flight)"
    r" (?:number |no\.? |id |#)?#?(?=[A-Z\d-]*\d)[A-Z\d-]{3,20}\b"
)
_NUMBER = re.compile(r" ?\(?(?:number |id |#)(?=[A-Z\d-]*\d)[A-Z\d-]{3,20}\b\)?")
_UNKNOWN = re.compile(
    r"\b(?:don't (?:know|remember|have)|do not (?:know|remember|have)|forgot|lost|have no|without)\b"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that the user can tell when asked.

    Attributes:
        label: stems of the words that ask for it.
        value: what is said.
        kind: kind of value, as in `values.PATTERNS`; `""` for other facts.
    """

    label: frozenset[str]
    value: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """Something that the user wants.

    Attributes:
        text: how it is asked for at first; numbers and reasons are kept for when they are asked for.
        full: how it is asked for again, with all that belongs to it.
        stems: stems of its content words.
        question: an answer is enough, nothing has to be done.
    """

    text: str
    full: str
    stems: frozenset[str]
    question: bool


@dataclass(frozen=True, slots=True)
class Brief:
    """All that the simulated user knows."""

    goals: tuple[Goal, ...]
    facts: tuple[Fact, ...]
    clauses: tuple[str, ...]


def read_description(description: str) -> Brief:
    """Return goals and facts of a description."""
    description = description[:_MAXIMUM]
    name = name_of(description)
    clauses = list(_clauses(description, name))
    goals = [
        goal
        for index, clause in enumerate(clauses)
        if (goal := _goal(clause, clauses[index - 1] if index else "")) is not None
    ]
    facts = [fact for clause in clauses for fact in _facts(clause)]
    if name:
        facts.insert(0, Fact(frozenset({"name", "who", "full"}), name, "name"))
    counted = [goal for goal in goals if not _COUNTED.match(goal.text)]
    goals = counted or goals
    if not goals:
        goals = [_fallback_goal(clauses, description)]
    return Brief(tuple(goals), tuple(facts), tuple(clauses))


def _clauses(description: str, name: str | None) -> Iterator[str]:
    for sentence in sentences(description):
        plain = sentence.strip(" -*\t").rstrip(".!?")
        if not plain or _ABOUT_AGENT.match(plain):
            continue
        if place := place_of(plain):
            yield f"i am {place}"
        for piece in _SPLIT.split(plain):
            piece = f"the user {piece}" if _NO_SUBJECT.match(piece or "") else piece
            text = first_person(piece, name) if piece else ""
            if len(text) > 2 and not _ABOUT_AGENT.match(text) and not _INSTRUCTION.search(text):
                yield text


def _goal(clause: str, before: str) -> Goal | None:
    match = _GOAL.search(clause)
    if (
        match is None
        or negated(normal(clause[: match.start("rest")]))
        or _UNKNOWN.search(clause[: match.end("verb")])
    ):
        return None
    verb, rest = match["verb"].lower(), match["rest"].strip(" ,:")
    if not rest:
        return None
    rest = (
        re.sub(r"^(?:to )?(?:ask|the agent to|the assistant to)\b ?", "", rest)
        if verb.startswith("want")
        else rest
    )
    text, question = _spoken(verb, rest)
    if (
        before
        and len(before) < 120
        and re.search(r"\b(?:it|that|them)\b", rest)
        and _GOAL.search(before) is None
    ):
        text, rest = f"{before}, {text}", f"{before} {rest}"
    return Goal(_opening(text), text, frozenset(terms(rest)), question)


def _opening(text: str) -> str:
    short = _REASON.sub("", text).strip(" ,")
    short = _ORDER_NUMBER.sub(r"my \1", short)
    return _NUMBER.sub("", short).strip(" ,")


def _spoken(verb: str, rest: str) -> tuple[str, bool]:
    wh = re.match(r"(?:about )?(?:whether|if|how|what|when|where|which|who|why)\b", rest)
    if verb in ("ask", "am asking", "inquire", "wonder", "request", "am calling", "call", "contact"):
        if wh:
            return f"can you tell me {rest.removeprefix('about ')}", True
        if re.match(r"(?:the |an? )?(?:agent|assistant|bot|support|customer service)\b", rest):
            rest = re.sub(r"^(?:the |an? )?(?:agent|assistant|bot|support|customer service)\b ?", "", rest)
            return _spoken("ask", rest) if rest else ("i have a question", True)
        if rest.startswith("about "):
            return f"i have a question {rest}", True
        if rest.startswith("to "):
            return f"i want {rest}", _only_information(rest)
        return f"can i get {rest.removeprefix('for ')}", True
    if verb in ("try", "am trying", "plan", "intend", "wish", "hope"):
        return f"i want {rest}", _only_information(rest)
    if wh:
        return f"can you tell me {rest}", True
    return f"i {verb.removesuffix('s') if verb == 'wants' else verb} {rest}", _only_information(rest)


def _only_information(rest: str) -> bool:
    return (
        re.match(
            r"(?:to )?(?:know|learn|find out|understand|hear|see|get (?:information|advice|an? \w+ idea)"
            r"|an? |some |information"
            r"|advice|help|ideas?)\b",
            rest,
        )
        is not None
    )


def _fallback_goal(clauses: list[str], description: str) -> Goal:
    text = clauses[0] if clauses else ""
    if not text:
        return Goal("i have a question", "i have a question", frozenset(), question=True)
    spoken = text if re.search(r"\bi\b|\bmy\b", text) else f"i need help with {text}"
    return Goal(spoken[:300], spoken[:300], frozenset(terms(text[:300])), question=True)


def _facts(clause: str) -> Iterator[Fact]:
    for kind in _VALUE_KINDS:
        for match in PATTERNS[kind].finditer(clause):
            near = set(words(normal(clause[max(0, match.start() - 40) : match.start()]))[-5:])
            near |= set(words(normal(clause[match.end() : match.end() + 20]))[:2])
            label = {stem(word) for word in near if word not in STOPWORDS or word in _OWNERS}
            yield Fact(
                frozenset(label | _KIND_LABELS.get(kind, set[str]())),
                match[0].strip().removeprefix("on "),
                kind,
            )
    for match in _AMONG.finditer(clause):
        yield Fact(
            frozenset(stems("people person guest passenger adult party travellers size")),
            match[1] or match[2],
            "people",
        )
    for match in _ROUTE.finditer(clause):
        yield Fact(frozenset(stems(_ROUTE_LABELS[match[1]])), match[2], "place")
    for match in _REASON.finditer(clause):
        yield Fact(frozenset({"reason"}), match[1], "reason")
    for match in _IS.finditer(clause):
        yield Fact(frozenset(terms(match[1])), match[2].strip(), "attribute")
    for match in _PREFERENCE.finditer(clause):
        yield Fact(frozenset({"prefer", "preference", *terms(match[1])}), match[1].strip(), "preference")


_OWNERS = word_list("customer user client patient student guest employee")
_KIND_LABELS: dict[str, set[str]] = {
    "email": {stem("email"), "mail"},
    "phone": {stem("phone")},
    "date": {"date", "day"},
    "time": {"time"},
    "money": {stem("price"), "budget"},
}


def recall(question: str, brief: Brief) -> Fact | None:
    """Return the fact that a question asks for, `None` when the description does not hold it."""
    wanted = question_words(question)
    kinds = _kinds_asked(normal(question))
    best, best_score = None, 0
    for fact in brief.facts:
        specific = {term for term in fact.label & wanted if term not in _WEAK}
        score = 3 * len(specific) + len(fact.label & wanted) + (4 if fact.kind in kinds else 0)
        if fact.kind in ("code", "number") and not specific:
            score = int(fact.kind == "number" and "many" in kinds)
        if kinds and fact.kind not in kinds | {"attribute", "name"}:
            score -= 3
        if score > best_score and (specific or fact.kind in kinds or score == 1):
            best, best_score = fact, score
    if best is None and "reason" in kinds:
        trouble = next((clause for clause in brief.clauses if _TROUBLE.search(clause)), None)
        return None if trouble is None else Fact(frozenset(), trouble, "reason")
    return best


_TROUBLE = re.compile(
    r"\b(?:too|broken|wrong|never|lost|stolen|late|damaged|defective|not|fail\w*|missing|forgot|faulty|slow|can't|cannot)\b"
)
_WEAK = frozenset({"number", "dat", "id", "cod", "nam", "to", "from", "in", "live"}) | {
    stem(w) for w in word_list("date code name")
}
_ASKS = (
    (re.compile(r"\be-?mail(?: address)?\b"), "email"),
    (re.compile(r"\b(?:phone|mobile|telephone)\b"), "phone"),
    (re.compile(r"\b(?:what|which) (?:date|day)\b|\bdates?\b|\bwhen\b"), "date"),
    (re.compile(r"\b(?:what|which) time\b|\bwhen\b|\btime\b"), "time"),
    (
        re.compile(
            r"\bhow many (?:people|guests|persons|passengers|adults|of you|travell?ers)\b|\bparty\b"
            r"|\bparty size\b"
        ),
        "people",
    ),
    (re.compile(r"\bwhere\b|\b(?:city|location|destination|town|airport)\b"), "place"),
    (
        re.compile(r"\bwhy\b|\breason\b|\bwhat (?:happened|is wrong|is the (?:problem|issue|matter))\b"),
        "reason",
    ),
    (re.compile(r"\bname\b|\bwho am i\b"), "name"),
    (re.compile(r"\bhow many\b"), "many"),
    (re.compile(r"\b(?:budget|how much|price)\b"), "money"),
    (re.compile(r"\bprefer\w*\b|\bwhich\b"), "preference"),
)


def _kinds_asked(question: str) -> set[str]:
    return {kind for pattern, kind in _ASKS if pattern.search(question)}
