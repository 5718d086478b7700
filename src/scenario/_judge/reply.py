"""What a reply of the judge's model means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scenario._judge.json_pairs import JsonObject, as_object, decode, objects_with
from scenario._judge.tools import CONTINUE, FINISH

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scenario.types import ModelResponse

_LONGEST_NAME = 80
_CUT_OFF = ("length", "max_tokens")
_SPACING = re.compile(r"(?:\s|\\+[nrt]?)+")


@dataclass(frozen=True, slots=True)
class Finish:
    """The model ends the test.

    Attributes:
        criteria: returned keys with their values, as they came.
        verdicts: the values given as overall verdict: one, unless the model is confused.
        reasoning: the value given as reasoning, `None` without.
    """

    criteria: list[tuple[str, Any]]
    verdicts: list[Any]
    reasoning: Any


@dataclass(frozen=True, slots=True)
class Continue:
    """The model lets the conversation go on."""


@dataclass(frozen=True, slots=True)
class Malformed:
    """The reply is neither; `defect` says why, as the end of "Your reply ..."."""

    defect: str


def read_reply(
    response: ModelResponse, *, forced: bool, shown: Iterable[str] = ()
) -> Finish | Continue | Malformed:
    """Return what a reply means.

    Args:
        response: the model's answer.
        forced: whether a verdict is due, so that continuing is not an answer.
        shown: the evidence that the model was shown: a verdict that stands there is quoted, not given.
    """
    names = [call.name for call in response.tool_calls]
    match list({call.arguments for call in response.tool_calls if call.name == FINISH}):
        case [arguments]:
            return _finish(arguments)
        case [_, *_]:
            return Malformed(f"called {FINISH} more than once, with different verdicts")
        case _:
            pass
    unknown = [name for name in names if name != CONTINUE]
    if unknown:
        return Malformed(f"called {unknown[0][:_LONGEST_NAME]!r}, which is not one of the tools on offer")
    if names and forced:
        return Malformed(f"called {CONTINUE}, but a verdict is due now")
    if names:
        return Continue()
    if response.finish_reason in _CUT_OFF:  # a verdict before the cut need not be the one that was to come
        return Malformed("was cut off at its limit of tokens before it called a tool")
    return _from_text(response.text or "", shown)


def _from_text(text: str, shown: Iterable[str]) -> Finish | Malformed:
    match list(objects_with(text, "criteria", "verdict")):
        case [(arguments, source)]:
            if any(_unspaced(source) in _unspaced(evidence) for evidence in shown):
                return Malformed("called no tool, and the verdict in it is quoted from the evidence")
            return _from_arguments(arguments)
        case []:
            return Malformed("called no tool")
        case _:
            return Malformed("called no tool and contains several verdicts")


def _unspaced(text: str) -> str:
    """Return a text without blanks, as they are and as JSON writes them, and without JSON's backslashes."""
    return _SPACING.sub("", text)


def _finish(text: str) -> Finish | Malformed:
    try:
        decoded = decode(text)
    except ValueError:
        return Malformed(f"called {FINISH} with arguments that are not valid JSON")
    arguments = as_object(decoded)
    if arguments is None:
        return Malformed(f"called {FINISH} with arguments that are not a JSON object")
    return _from_arguments(arguments)


def _from_arguments(arguments: JsonObject) -> Finish | Malformed:
    given = [as_object(value) for value in arguments.all("criteria")]
    if not given or None in given:
        return Malformed(f"called {FINISH} without an object in 'criteria'")
    reasonings = arguments.all("reasoning")
    return Finish(
        criteria=[member for entries in given if entries is not None for member in entries],
        verdicts=arguments.all("verdict"),
        reasoning=reasonings[-1] if reasonings else None,
    )
