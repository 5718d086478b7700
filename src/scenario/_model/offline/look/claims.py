"""Choosing how to look for a claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._model.offline.criteria import GENRES
from scenario._model.offline.findings import Finding, absent, unclear
from scenario._model.offline.look.concepts import concept_of
from scenario._model.offline.look.literals import literal
from scenario._model.offline.look.manner import being, in_language, language_asked, social, written, wrote
from scenario._model.offline.look.questions import asked
from scenario._model.offline.look.refusals import declined, refused
from scenario._model.offline.look.statements import said
from scenario._model.offline.look.tools import acted, called, names_tool
from scenario._model.offline.values import kind_of_phrase
from scenario._model.offline.words import words

if TYPE_CHECKING:
    from scenario._model.offline.criteria import Claim
    from scenario._model.offline.evidence import Evidence


def look(claim: Claim, evidence: Evidence) -> Finding:
    """Return whether the evidence shows what a claim names, its prohibition left aside."""
    if (quoted := literal(claim, evidence)) is not None:
        return quoted
    if claim.about == "other":
        return unclear("it is not about what the agent under test said or did")
    if claim.about in GENRES and not wrote(claim.about, evidence):
        return unclear(f"the agent wrote nothing that is clearly a text of the kind {claim.about!r}")
    if claim.kind in ("say", "act", "be", "create") and (language := language_asked(claim)) is not None:
        return in_language(language, evidence)
    match claim.kind:
        case "call":
            return called(claim, evidence) if names_tool(claim, evidence) else _used(claim, evidence)
        case "act":
            return _act(claim, evidence)
        case "create":
            return _create(claim, evidence)
        case "ask":
            return asked(claim, evidence)
        case "say" | "suggest" | "promise" | "reveal":
            return _say(claim, evidence)
        case "invent":
            return _invent(claim, evidence)
        case "refuse":
            return declined(claim, evidence)
        case "social":
            return social(claim, evidence)
        case "be":
            return being(claim, evidence)
        case None:
            return unclear("the criterion's verb is not known")


def _used(claim: Claim, evidence: Evidence) -> Finding:
    result = said(claim, evidence)
    return result if claim.concrete or result.certainty == "found" else unclear(result.reason)


def _act(claim: Claim, evidence: Evidence) -> Finding:
    concept = concept_of(claim.object, claim)
    if concept is not None and claim.verb in ("transfer", "hand", "escalate", "connect", "forward"):
        return concept(claim, evidence, claim.object) or unclear("not clear")
    return acted(claim, evidence)


def _create(claim: Claim, evidence: Evidence) -> Finding:
    if (concept := concept_of(claim.object, claim)) is not None and (
        result := concept(claim, evidence, claim.object)
    ):
        return result
    done = acted(claim, evidence)
    return (
        done if done.certainty == "found" and done.reason.startswith("a tool") else written(claim, evidence)
    )


def _say(claim: Claim, evidence: Evidence) -> Finding:
    result = said(claim, evidence)
    if claim.forbidden and result.certainty == "unclear" and claim.kind == "reveal":
        sentence = refused(claim.terms, evidence)
        if sentence is not None and not result.labels:
            return absent("the agent declines it", [sentence.label])
    return result


def _invent(claim: Claim, evidence: Evidence) -> Finding:
    if kind_of_phrase(words(claim.object)[-2:]) is None:
        return unclear("whether something is invented cannot be seen")
    result = said(claim, evidence)
    return (
        result
        if result.certainty == "absent"
        else unclear("whether it is invented cannot be seen", result.labels)
    )
