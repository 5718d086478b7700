"""Claims about tool calls, and about acts that a tool would do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scenario._model.offline.findings import Finding, absent, found, unclear
from scenario._model.offline.lexicon import GENERIC, word_list
from scenario._model.offline.words import stem, terms, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._model.offline.criteria import Claim
    from scenario._model.offline.evidence import Act, Evidence

_NO_MEANING = frozenset(
    stem(word) for word in word_list("tool function api call parameter argument correct right")
)
_ARGUMENTS = re.compile(r"\b(?:with|for|to|on|at|under|using|of)\b")
_EMPTY = frozenset(
    stem(verb) for verb in word_list("process issue complete perform make place handle arrange execute")
)
_DONE = re.compile(
    r"\b(?:i have|i just|has been|have been|is now|are now|is booked|is cancelled|successfully|done)\b"
)
COMPARISON = re.compile(
    r"\b(?:more|less|fewer|shorter|longer|better|cheaper|higher|lower|other) than\b|\bat most\b"
)
_IDENTIFIER = re.compile(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b")
_GENERIC = frozenset(stem(word) for word in GENERIC)


def names_tool(claim: Claim, evidence: Evidence) -> bool:
    """Say whether a claim with a verb like "use" is about a tool: by the word, or by the tool's own name."""
    if re.search(r"\b(?:tools?|functions?|api|endpoint)\b|\w_\w", claim.object):
        return True
    wanted = set(claim.terms)
    return any(act.name_stems & wanted for act in evidence.acts)


def called(claim: Claim, evidence: Evidence) -> Finding:
    """Look for a tool call: the tool by its name, the arguments by their values."""
    if (
        re.match(r"(?:any |a )?(?:\w+ )?(?:tools?|functions?)$", claim.object)
        and not set(claim.terms) - _NO_MEANING
    ):
        if not evidence.acts:
            return absent("no tool was called")
        return found("a tool was called", [act.label for act in evidence.acts], evidence.acts[0].position)
    if (exact := _IDENTIFIER.search(claim.object)) is not None:
        acts = [act for act in evidence.acts if act.name.lower() == exact[0]]
        rest = set(terms(claim.object[exact.end() :])) - _NO_MEANING
        return (
            _best(acts, set(), rest, claim.literals, need_name=False)
            if acts
            else absent("no such tool was called")
        )
    parts = _ARGUMENTS.split(claim.object, maxsplit=1)
    name = set(terms(parts[0].replace("_", " "))) - _NO_MEANING
    arguments = set(terms(parts[1])) - _NO_MEANING if len(parts) > 1 else set[str]()
    arguments |= claim.literals - name
    return _best(evidence.acts, name, arguments, claim.literals, need_name=True, spoken=words(parts[0]))


def acted(claim: Claim, evidence: Evidence) -> Finding:
    """Look for an act ("books the table for 7 pm"): a tool call that does it, else a statement of it."""
    if COMPARISON.search(claim.object):
        return unclear("a comparison is not decided by words")
    verb, wanted = stem(claim.verb), set(claim.terms) - _NO_MEANING - {stem(claim.verb)}
    candidates = [
        act for act in evidence.acts if verb in act.name_stems or (wanted - _GENERIC) & act.name_stems
    ]
    matching = [act for act in candidates if _does(act, verb, wanted, claim.literals)]
    done = [act for act in matching if not act.failed or verb in ("find", "verify")]
    if done:
        return found("a tool call does it", [act.label for act in done], done[0].position)
    if matching:
        return unclear("the tool call for it failed", [act.label for act in matching])
    stated = [
        sentence
        for sentence in evidence.told
        if _DONE.search(sentence.text)
        and verb in sentence.stems
        and claim.literals <= sentence.stems
        and not sentence.denies({verb})
        and (not wanted or wanted & sentence.stems)
    ]
    if stated and not evidence.acts and not claim.forbidden:
        return found("the agent says that it did it", [stated[0].label], stated[0].position)
    if stated:
        return unclear("the agent says so, but no tool call shows it", [stated[0].label])
    about = [act for act in candidates if verb not in act.name_stems]
    if about or (claim.forbidden and not claim.concrete):
        return unclear("nothing clearly shows it, and nothing rules it out", [act.label for act in about])
    return absent("no tool call does it, and the agent does not say that it did")


def _does(act: Act, verb: str, wanted: set[str], literals: frozenset[str]) -> bool:
    known = act.name_stems | act.argument_stems
    if not literals <= known or {term for term in wanted if term[0].isdigit()} - known:
        return False
    if verb in act.name_stems or verb in _EMPTY:
        return not wanted or bool((wanted - _GENERIC) & known) or act.name_stems <= {verb}
    return verb == "find" and bool((wanted - _GENERIC) & known)


def _best(
    acts: list[Act],
    name: set[str],
    arguments: set[str],
    literals: frozenset[str],
    *,
    need_name: bool,
    spoken: Sequence[str] = (),
) -> Finding:
    named = [act for act in acts if (name & act.name_stems if name else not need_name)]
    if name == {"find"}:  # a synonym is too wide for the name of a tool: "search" is not "track"
        named = [act for act in named if any(word in act.name.lower() for word in spoken)]
    named = [act for act in named if not name or 2 * len(name & act.name_stems) >= len(name)]
    if not named:
        return absent("no such tool was called")
    values = {term for term in arguments if term in literals or any(char.isdigit() for char in term)}
    for act in named:
        known = act.name_stems | act.argument_stems
        if values <= known and (not arguments or 2 * len(arguments & known) >= len(arguments)):
            return found(f"the tool {act.name} was called", [act.label], act.position)
    labels = [act.label for act in named]
    if values and not any(values <= (act.name_stems | act.argument_stems) for act in named):
        return absent("the tool was called, but with other arguments", labels)
    return unclear("the tool was called, but the arguments do not clearly match", labels)
