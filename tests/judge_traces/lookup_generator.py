"""Lookups as models write them: right, confused, and hostile."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scenario.types import ModelResponse, ToolCall

from ..judge.reply_generator import random_reply
from .attack_samples import ATTACKS

if TYPE_CHECKING:
    from random import Random

TOOLS = ("expand_trace", "grep_trace", "expand_transcript", "grep_transcript")
_PARAMETERS = ("span_ids", "pattern", "numbers", "query", "")
_ATTACKS = tuple(ATTACKS.values())


def random_step(random: Random, criteria: list[str]) -> ModelResponse:
    """Return a reply that looks something up; now and then one that decides, or means nothing."""
    if random.random() < 0.12:
        return random_reply(random, criteria)
    calls = [_call(random, criteria) for _ in range(random.choice((1, 1, 1, 2, 3, 12)))]
    return ModelResponse(text=random.choice((None, None, "", "Let me look.")), tool_calls=tuple(calls))


def _call(random: Random, criteria: list[str]) -> ToolCall:
    name = random.choice((*TOOLS * 6, "finish", "lookup", "", random.choice(_ATTACKS)))
    if random.random() < 0.02:
        decision = random_reply(random, criteria)
        if decision.tool_calls:
            return decision.tool_calls[0]
    return ToolCall(random.choice(("", "id", f"id{random.randrange(99)}")), name, _arguments(random))


def _arguments(random: Random) -> str:
    whole = json.dumps(
        {random.choice(_PARAMETERS): _value(random) for _ in range(random.choice((0, 1, 1, 2)))}
    )
    return random.choice(
        (whole,) * 8
        + (
            "",
            "null",
            "[1]",
            '"text"',
            "{",
            whole[: len(whole) // 2],
            json.dumps(whole),
            "[" * 5_000,
            '{"pattern": NaN}',
            '{"pattern": "\ud800"}',
            '{"numbers": [' + "9" * 400 + "]}",
            '{"pattern": "a", "pattern": ["b"]}',
            random.choice(_ATTACKS),
        )
    )


def _value(random: Random) -> Any:
    return random.choice(
        (
            "step",
            "note|text",
            ["abcd", "0x12345678"],
            ["1-9", "w1", 3],
            "1",
            random.choice(_ATTACKS),
            [random.choice(_ATTACKS)] * 50,
            "x" * 5_000,
            "",
            [],
            None,
            True,
            -1.5,
            [[["deadbeef"]]],
            {"a": 1},
            "\ud800",
        )
    )
