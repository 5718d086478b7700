"""The attributes of a span or event: which are shown, and under which key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scenario._judge.digest.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_PREFIX = "langwatch."
_LEFT_OUT = frozenset({"langwatch.thread.id", "langwatch.scenario.id", "langwatch.scenario.name"})
# What the framework itself notes on the span of an agent's call says nothing that the span's name does not.
_CALL = "scenario.role"
_LEFT_OUT_OF_CALLS = _LEFT_OUT | {
    _CALL,
    "langwatch.span.type",
    "gen_ai.agent.name",
    "gen_ai.conversation.id",
    "gen_ai.operation.name",
}


def shown_attributes(attributes: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the attributes that a judge may need: key as shown, and value."""
    left_out = _LEFT_OUT_OF_CALLS if _CALL in attributes else _LEFT_OUT
    for key, value in attributes.items():
        if key in left_out:
            continue
        short = key.removeprefix(_PREFIX)
        yield _key_text(short if short and short not in attributes else key), value


def _key_text(key: str) -> str:
    # A key that begins with a bracket or a line of the tree could pass for a span.
    return (
        one_line(key)
        if key[:1].isalnum() or key[:1] == "_"
        else one_line(json.dumps(key, ensure_ascii=False))
    )
