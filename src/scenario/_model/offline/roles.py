"""Which part a prompt asks for, seen from its structure."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from scenario._model.offline.judge import tool_schema
from scenario._model.offline.prompt import text_of

if TYPE_CHECKING:
    from scenario.types import ModelRequest

_AUTHORISED_ATTACK = re.compile(r"\bauthori[sz]ed\b")
_ATTACK = re.compile(r"\bred[ -]?team|\battack|\badversar|\bobjective\b|\bsecurity test")
_READ = 200_000  # characters of a prompt that decide its role


class Role(Enum):
    """The parts that the offline players play."""

    JUDGE = auto()
    SCORER = auto()
    ANALYST = auto()
    AGGREGATOR = auto()
    PLANNER = auto()
    ATTACKER = auto()
    USER = auto()


def role_of(request: ModelRequest) -> Role:
    """Return the part that a request asks for; without any sign it is the simulated user."""
    if tool_schema(request, "finish_test") is not None:
        return Role.JUDGE
    messages = list(request.messages)
    first = text_of(messages[0].get("content"))[:_READ].lower() if messages else ""
    if len(messages) == 1 and messages[0].get("role") == "user":
        if '"break_severity":' in first:
            return Role.ANALYST
        if '"recommendations_rolled_up":' in first:
            return Role.AGGREGATOR
        if "score" in first and "adaptation" in first:
            return Role.SCORER
        if _is_attack(first):
            return Role.PLANNER
    if any(
        message.get("role") == "system" and _is_attack(text_of(message.get("content"))[:_READ].lower())
        for message in messages
    ):
        return Role.ATTACKER
    return Role.USER


def _is_attack(text: str) -> bool:
    start, end = text.find("<scenario"), text.rfind("</scenario")
    if 0 <= start < end:  # what a test is about does not make its user an attacker
        text = text[:start] + text[end:]
    return _AUTHORISED_ATTACK.search(text) is not None and _ATTACK.search(text) is not None
