"""The tools with which a judge answers, in OpenAI's format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario._judge.keys import criterion_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTINUE = "continue_test"
FINISH = "finish_test"

FORCE_FINISH: dict[str, Any] = {"type": "function", "function": {"name": FINISH}}
"""The `tool_choice` of a call that must end with a verdict."""

_ENTRY = {
    "reasoning": {
        "type": "string",
        "description": "One to three sentences. If the criterion forbids something, first restate it as what "
        "must be true.",
    },
    "evidence": {
        "type": "array",
        "items": {"type": "string"},
        "description": "What the status rests on: message numbers such as #3, ids of spans.",
    },
    "status": {
        "type": "string",
        "enum": ["true", "false", "inconclusive"],
        "description": "true: the criterion is met (a prohibition: it was kept). false: it is not met (a "
        "prohibition: it was broken). inconclusive: the evidence does not say.",
    },
}


def verdict_tools(criteria: Sequence[str], *, forced: bool) -> list[dict[str, Any]]:
    """Return the tools of one judge call.

    Args:
        criteria: the criteria to decide on; each becomes a property of `finish_test`'s `criteria`.
        forced: whether the call must end with a verdict; then continuing is not on offer.
    """
    finish = _function(
        FINISH,
        "End the test with a verdict.",
        {
            "criteria": _object(
                {
                    key: _object(_ENTRY, description=text)
                    for key, text in zip(criterion_keys(criteria), criteria, strict=True)
                },
                description="The decision on each criterion.",
            ),
            "reasoning": {
                "type": "string",
                "description": "Why the verdict is what it is, in a few sentences.",
            },
            "verdict": {
                "type": "string",
                "enum": ["success", "failure", "inconclusive"],
                "description": "success: every criterion is true. failure: at least one is false. "
                "inconclusive: none is false and at least one is inconclusive.",
            },
        },
    )
    if forced:
        return [finish]
    return [_function(CONTINUE, "Let the conversation go on: it is too early for a verdict.", {}), finish]


def _function(name: str, description: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": description,
            "strict": True,
            "parameters": _object(properties),
        },
    }


def _object(properties: dict[str, Any], *, description: str | None = None) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
    return schema if description is None else {**schema, "description": description}
