"""The next act of the simulated user, by the agenda-based method.

The user's goals form a stack and its facts a store; what the agent just did selects the next act: a question
pops the fact that it asks for, a refusal brings the goal back once or twice, and a goal that is met gives way
to the next one or to thanks. After J. Schatzmann, B. Thomson, K. Weilhammer, H. Ye and S. Young,
"Agenda-Based User Simulation for Bootstrapping a POMDP Dialogue System", NAACL-HLT 2007.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from scenario._model.offline.evidence import Sentence, negated, sentence_of
from scenario._model.offline.facts import Brief, Fact, Goal, recall
from scenario._model.offline.lexicon import STOPWORDS
from scenario._model.offline.look.refusals import REFUSAL
from scenario._model.offline.values import PATTERNS
from scenario._model.offline.words import normal, sentences, stem, terms, words

if TYPE_CHECKING:
    from collections.abc import Sequence

ActKind = Literal[
    "goal",
    "inform",
    "affirm",
    "deny",
    "confirm",
    "correct",
    "choose",
    "unknown",
    "insist",
    "give_up",
    "thank",
    "bye",
]

_INSISTS = 2
_UNKNOWNS = 3
_MAXIMUM = 8000  # characters of an agent's message that are read
_DONE = re.compile(
    r"\b(?:has been|have been|is now|are now|all set|successfully|i have (?:\w+ )?\w+ed\b"
    r"|i (?:just )?\w+ed your|(?:is|are) (?:booked|refunded|solved|fixed|sent|paid|updated"
    r"|confirmed|cancelled|canceled|reserved|scheduled|filed|open|done|on its way|reset|complete)|done"
    r"|booked|confirmed"
    r"|here (?:is|are)|i have sent|i sent|was (?:sent|cancelled|booked|created|reset))\b"
)
_ELSE = re.compile(r"\banything else\b|\bany other question|\bhelp you further\b|\bsomething else\b")
_GREETING_ONLY = re.compile(
    r"^(?:(?:hi|hello|hey|good \w+|welcome)[^.?!]{0,60}[.?!]*\s*)?(?:(?:how|what) (?:can|may|could) (?:i|we) "
    r"(?:help|assist|do)[^?]{0,60}\?*)?$"
)
_YES_NO = re.compile(
    r"(?:^|[,.:;!-] |\b(?:and|so|then|but|also) )(?:is|are|was|were|do|does|did|have|has|had|can|could"
    r"|would|will|should|shall"
    r"|may|am|any)\b (?!you (?:please )?(?:tell|give|provide|share|send|confirm your|specify|describe"
    r"|let|spell|enter))"
)
_OFFER = re.compile(
    r"\b(?:shall i|should i|would you like|do you want|can i|may i|want me to|is it ok|ok if i|interested)\b"
)
_PROCEED = re.compile(
    r"\b(?:go ahead|proceed|book it|book that|confirm|continue|do that|that work|that be ok|sounds? good"
    r"|ok for you|it|this|that"
    r"|one)\b"
)
_CORRECT = re.compile(
    r"\b(?:is (?:that|this|everything) (?:correct|right|ok)|correct\?|right\?|do you confirm"
    r"|please confirm)\b|\bconfirm\?"
)
_CHOICE = re.compile(
    r"\b(?:would you (?:like|prefer)|do you (?:want|prefer)|is it|should it be|which[^?]*\?|prefer)\b.*\bor\b"
)
_PARTS = re.compile(r",? and (?:your |the |also )?|, (?:your |the )?|\bas well as\b")


@dataclass(frozen=True, slots=True)
class Act:
    """What the user does next; `text` is its content, `count` how often the same was done before."""

    kind: ActKind
    text: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """Where the user is in its agenda."""

    goal: int = 0
    insisted: int = 0
    unknown: int = 0
    parted: int = 0
    stated: frozenset[int] = frozenset()


def next_act(brief: Brief, turns: Sequence[tuple[bool, str]]) -> Act:
    """Return the next act, given the conversation as pairs of "said by the agent" and text."""
    state, act = State(), Act("goal", brief.goals[0].text)
    said: set[str] = set()
    for by_agent, text in turns:
        if by_agent:
            state, act = _step(brief, state, text[:_MAXIMUM], said)
        else:
            said |= set(terms(text[:_MAXIMUM]))
    return act


def _step(brief: Brief, state: State, message: str, said: set[str]) -> tuple[State, Act]:
    if state.parted:
        return replace(state, parted=state.parted + 1), Act("bye", count=state.parted)
    goal = brief.goals[state.goal]
    if state.goal not in state.stated and not _covers(said, goal):
        return replace(state, stated=state.stated | {state.goal}), Act("goal", goal.text)
    state = replace(state, stated=state.stated | {state.goal})
    spoken = [sentence_of(raw) for raw in sentences(message)]
    asked = [s for s in spoken if s.question and not _ELSE.search(s.text)]
    if _met(goal, spoken, asked):
        return _after_goal(brief, state)
    if asked and (reply := _reply(brief, asked, message, said)) is not None:
        if reply.kind == "unknown" and state.unknown >= _UNKNOWNS:
            return replace(state, parted=1), Act("give_up")
        unknown = state.unknown + (reply.kind == "unknown")
        return replace(state, unknown=unknown), replace(reply, count=state.unknown)
    return _insist(brief, state, goal)


def _covers(said: set[str], goal: Goal) -> bool:
    wanted = set(terms(goal.text))
    return bool(wanted) and 2 * len(wanted & said) > len(wanted)


def _after_goal(brief: Brief, state: State) -> tuple[State, Act]:
    following = state.goal + 1
    if following < len(brief.goals):
        stated = state.stated | {following}
        return replace(state, goal=following, insisted=0, stated=stated), Act(
            "goal", brief.goals[following].text, 1
        )
    return replace(state, parted=1), Act("thank")


def _insist(brief: Brief, state: State, goal: Goal) -> tuple[State, Act]:
    if state.insisted < _INSISTS:
        return replace(state, insisted=state.insisted + 1), Act("insist", goal.full, state.insisted)
    if state.goal + 1 < len(brief.goals):
        return _after_goal(brief, state)
    return replace(state, parted=1), Act("give_up")


def _met(goal: Goal, spoken: Sequence[Sentence], asked: Sequence[Sentence]) -> bool:
    told = [s for s in spoken if not s.question]
    refused = any(REFUSAL.search(s.text) for s in told)
    done = [s for s in told if _DONE.search(s.text) and not any(clause.negated for clause in s.clauses)]
    if done and not asked:
        return True
    if not goal.question or asked or refused:
        return bool(done) and not any("?" in s.raw and not _OFFER.search(s.text) for s in asked)
    size = sum(len(s.text.split()) for s in told if not _GREETING_ONLY.match(s.text))
    return size >= 5 and (not goal.stems or any(s.stems & goal.stems for s in told) or size >= 12)


def _reply(brief: Brief, asked: Sequence[Sentence], message: str, said: set[str]) -> Act | None:
    values: list[str] = []
    other: Act | None = None
    for question in asked[:6]:
        if _GREETING_ONLY.match(question.text):
            continue
        if _CORRECT.search(question.text):
            other = other or _confirmation(brief, message)
        elif _CHOICE.search(question.text):
            other = other or _choice(brief, question)
        elif _YES_NO.search(question.text) and not re.search(
            r"\b(?:what|which|where|when|how|who)\b", question.text
        ):
            other = other or _yes_no(brief, question)
        else:
            facts = _requested(brief, question.raw)
            values += [fact.value for fact in facts if fact.value not in values]
            if not facts:
                other = other or _from_clause(brief, question) or Act("unknown")
    if values:
        repeated = all(set(terms(value)) <= said for value in values)
        return Act("inform", ", ".join(values[:6]), int(repeated))
    return other


def _requested(brief: Brief, question: str) -> list[Fact]:
    found: list[Fact] = []
    parts = _PARTS.split(question)[:8]
    for part in parts if len(parts) > 1 else [question]:
        fact = recall(part, brief)
        if fact is not None and fact not in found:
            found.append(fact)
    if not found and (whole := recall(question, brief)) is not None:
        found.append(whole)
    return found


def _confirmation(brief: Brief, message: str) -> Act:
    for fact in brief.facts:
        if fact.kind not in ("date", "time", "email", "phone") or fact.value.lower() in message.lower():
            continue
        stated = [match[0] for match in PATTERNS[fact.kind].finditer(message)]
        same_kind = sum(other.kind == fact.kind for other in brief.facts)
        if stated and same_kind == 1 and set(terms(fact.value)).isdisjoint(terms(stated[0])):
            return Act("correct", fact.value)
    return Act("confirm")


def _choice(brief: Brief, question: Sentence) -> Act:
    options = re.split(
        r"\bor\b|,",
        re.sub(r"^.*?\b(?:like|prefer|want|is it|be|which)\b", "", question.text, count=1).rstrip("? "),
    )
    known = {
        stem(word) for clause in brief.clauses for word in words(normal(clause)) if word not in STOPWORDS
    }
    preferred = {term for fact in brief.facts if fact.kind == "preference" for term in terms(fact.value)}
    scored = [
        (3 * len(set(terms(option)) & preferred) + len(set(terms(option)) & known), -index, option)
        for index, option in enumerate(options[:6])
    ]
    best = max(scored, default=(0, 0, ""))
    fact = recall(question.raw, brief)
    if best[0] == 0 and fact is not None:
        return Act("inform", fact.value)
    text = re.sub(r"^\s*(?:(?:to|an?|the|in|it|for) )*", "", best[2]).strip(" .!")
    return Act("choose", text) if best[0] and text else Act("choose")


def _yes_no(brief: Brief, question: Sentence) -> Act:
    wanted = {term for term in terms(question.text) if not term.isdigit()}
    touching = [clause for clause in brief.clauses if wanted & set(terms(clause))]
    denied = [clause for clause in touching if negated(normal(clause))]
    if denied:
        return Act("deny", denied[0] if len(denied[0]) < 80 else "")
    if _OFFER.search(question.text):
        return (
            Act("affirm")
            if touching or _PROCEED.search(question.text) or not wanted
            else Act("deny", "no thanks")
        )
    if touching:
        goals = {goal.text for goal in brief.goals}
        detail = touching[0] if touching[0] not in goals and len(touching[0]) < 100 else ""
        return Act("affirm", detail)
    if (fact := recall(question.raw, brief)) is not None:
        return Act("inform", fact.value)
    return Act("unknown")


def _from_clause(brief: Brief, question: Sentence) -> Act | None:
    wanted = set(terms(question.text))
    best = max(brief.clauses, key=lambda clause: len(wanted & set(terms(clause))), default="")
    return Act("inform", best) if wanted & set(terms(best)) else None
