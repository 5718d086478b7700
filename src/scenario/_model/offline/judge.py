"""The judge: a verdict for each criterion, from what the transcript shows."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from scenario._model.offline.criteria import Criterion, read_criterion
from scenario._model.offline.evidence import Evidence
from scenario._model.offline.look.claims import look
from scenario._model.offline.prompt import block, entries, read_transcript, text_of
from scenario._model.offline.words import normal
from scenario.types import ToolCall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scenario._model.offline.criteria import Claim
    from scenario._model.offline.findings import Finding
    from scenario.types import ModelRequest

Status = Literal["true", "false", "inconclusive"]

_CLOSING = re.compile(
    r"\b(?:bye|goodbye|that is all|that is everything|nothing else|have a (?:nice|good|great)|thanks"
    r"|thank you)\b"
)
_SPAN = re.compile(r"^[\s\u2502\u251c\u2514\u2500]*\[([0-9a-f]{8,16})\] \S+ (.{1,200}?) \(", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The decision on one criterion; `forbids` says that the criterion is a prohibition only."""

    status: Status
    reasoning: str
    evidence: tuple[str, ...] = ()
    forbids: bool = False


def tool_schema(request: ModelRequest, name: str) -> Mapping[str, Any] | None:
    """Return the parameters of the offered tool of that name, `None` when it is not offered."""
    for tool in request.tools:
        function = entries(entries(tool).get("function"))
        if function.get("name") == name:
            return entries(function.get("parameters"))
    return None


def judge(request: ModelRequest) -> ToolCall:
    """Answer a judge's prompt with `finish_test`, or with `continue_test` where that is offered and due."""
    criteria = _criteria(tool_schema(request, "finish_test") or {})
    evidence = _evidence(request)
    verdicts = {key: decide(text, evidence) for key, text in criteria.items()}
    if tool_schema(request, "continue_test") is not None and _goes_on(list(verdicts.values()), evidence):
        return ToolCall("offline_continue", "continue_test", "{}")
    statuses: list[Status] = [verdict.status for verdict in verdicts.values()]
    overall = (
        "failure" if "false" in statuses else "inconclusive" if "inconclusive" in statuses else "success"
    )
    arguments = {
        "criteria": {
            key: {
                "reasoning": verdict.reasoning,
                "evidence": list(verdict.evidence),
                "status": verdict.status,
            }
            for key, verdict in verdicts.items()
        },
        "reasoning": _summary(statuses),
        "verdict": overall if statuses else "inconclusive",
    }
    return ToolCall("offline_finish", "finish_test", json.dumps(arguments, ensure_ascii=False))


def decide(criterion: str, evidence: Evidence) -> Verdict:
    """Return the verdict on one criterion."""
    read = read_criterion(criterion)
    if read.earlier is not None and read.later is not None:
        return _in_order(read, evidence)
    if not read.claims:
        return Verdict("inconclusive", "The criterion is not understood, so nothing decides it.")
    verdicts = [_one(claim.forbidden, claim.conditional, _look(claim, evidence)) for claim in read.claims]
    forbids = all(claim.forbidden for claim in read.claims)
    statuses = [verdict.status for verdict in verdicts]
    status: Status = (
        "false" if "false" in statuses else "inconclusive" if "inconclusive" in statuses else "true"
    )
    labels = tuple(dict.fromkeys(label for verdict in verdicts for label in verdict.evidence))
    return Verdict(status, " ".join(verdict.reasoning for verdict in verdicts), labels, forbids)


def _one(forbidden: bool, conditional: bool, finding: Finding) -> Verdict:
    reason = f"{finding.reason[:1].upper()}{finding.reason[1:]}."
    met = "absent" if forbidden else "found"
    status: Status = (
        "inconclusive" if finding.certainty == "unclear" else "true" if finding.certainty == met else "false"
    )
    if conditional and status == "false":
        status, reason = "inconclusive", f"{reason} Whether the condition held is not clear."
    return Verdict(status, reason, finding.labels)


def _look(claim: Claim, evidence: Evidence) -> Finding:
    found = look(claim, evidence)
    if evidence.is_outline and found.certainty == "absent":
        return replace(found, certainty="unclear", reason="only an outline of the conversation is shown")
    return found


def _in_order(read: Criterion, evidence: Evidence) -> Verdict:
    assert read.earlier is not None
    assert read.later is not None
    first, second = _look(read.earlier, evidence), _look(read.later, evidence)
    labels = (*first.labels[:1], *second.labels[:1])
    if (
        first.certainty == "found"
        and second.certainty == "found"
        and min(first.position, second.position) >= 0
    ):
        ordered = first.position < second.position
        return Verdict(
            "true" if ordered else "false", f"Both happen, {'' if ordered else 'not '}in that order.", labels
        )
    if first.certainty == "absent" and second.certainty == "found":
        return Verdict("false", "The first does not happen, the second does.", labels)
    return Verdict("inconclusive", "Not both of the two events are clear.", labels)


def _goes_on(verdicts: list[Verdict], evidence: Evidence) -> bool:
    if any(verdict.forbids and verdict.status == "false" for verdict in verdicts):
        return False
    closings = [bool(_CLOSING.search(normal(line.text[:2000]))) for line in evidence.user]
    if len(closings) > 2 and closings[-1] and closings[-2]:
        return False
    return not (bool(closings) and closings[-1] and all(verdict.status == "true" for verdict in verdicts))


def _criteria(schema: Mapping[str, Any]) -> dict[str, str]:
    node = schema
    for name in ("properties", "criteria", "properties"):
        node = entries(node.get(name))
    described = ((str(key), entries(value).get("description")) for key, value in node.items())
    return {key: text if isinstance(text, str) else key for key, text in described}


def _evidence(request: ModelRequest) -> Evidence:
    texts = [text_of(message.get("content")) for message in request.messages[:2]]
    transcript = _first_block(texts, "transcript")
    spans = [
        (match[1], match[2].removeprefix("execute_tool "))
        for match in _SPAN.finditer(_first_block(texts, "opentelemetry_traces"))
    ]
    is_outline = tool_schema(request, "expand_transcript") is not None
    return Evidence(read_transcript(transcript), spans, is_outline)


def _first_block(texts: list[str], name: str) -> str:
    found = (block(text, name) for text in texts)
    return next((text for text in found if text is not None), "")


def _summary(statuses: list[Status]) -> str:
    met = statuses.count("true")
    undecided = statuses.count("inconclusive")
    text = f"{met} of {len(statuses)} criteria are met"
    return f"{text}, {undecided} could not be decided." if undecided else f"{text}."
