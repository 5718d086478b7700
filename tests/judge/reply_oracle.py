"""What a judge's reply means, written a second time from the specification alone, to check the first."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

WORST_FIRST = {"false": 0, "inconclusive": 1, "true": 2}
VERDICT_WORST_FIRST = {"failure": 0, "inconclusive": 1, "success": 2}


class Members:
    """A JSON object with all its members."""

    def __init__(self, pairs):
        self.pairs = pairs

    def get(self, name):
        return [value for key, value in self.pairs if key == name]


@dataclass
class Meaning:
    """`kind` is "malformed", "continue" or "finish"; the rest belongs to "finish"."""

    kind: str
    statuses: tuple[str, ...] = ()
    verdict: str = "inconclusive"

    @property
    def success(self):
        return self.kind == "finish" and self.verdict == "success" and set(self.statuses) == {"true"}

    def continues(self, forced):
        if self.kind == "finish":
            # The specification asks for a criterion; an inconclusive verdict ends no run either.
            undecided = "inconclusive" in (*self.statuses, self.verdict) and "false" not in self.statuses
            return not forced and undecided and self.verdict != "failure"
        return not forced


def meaning(response, criteria, forced) -> Meaning:
    finishes = [call.arguments for call in response.tool_calls if call.name == "finish_test"]
    if finishes and any(arguments != finishes[0] for arguments in finishes):
        return Meaning("malformed")  # the specification takes the first; two that differ are none
    if finishes:
        return _of_arguments(_loads(finishes[0]), criteria)
    if response.tool_calls:
        only_continue = {call.name for call in response.tool_calls} == {"continue_test"}
        return Meaning("continue" if only_continue and not forced else "malformed")
    candidates = _outermost_verdicts(response.text or "")
    return _of_arguments(candidates[0], criteria) if len(candidates) == 1 else Meaning("malformed")


def _loads(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=Members)
    except (ValueError, RecursionError):
        return None


def _once_more(value: Any) -> Any:
    return _loads(value) if isinstance(value, str) else value


def _outermost_verdicts(text: str) -> list[Members]:
    """Try every substring between braces, the longest of each start first."""
    found: list[Members] = []
    covered = 0
    for start in [m.start() for m in re.finditer(r"\{", text)]:
        if start < covered:
            continue
        for end in reversed([m.end() for m in re.finditer(r"\}", text)]):
            value = _loads(text[start:end]) if end > start else None
            if isinstance(value, Members) and value.get("criteria") and value.get("verdict"):
                found.append(value)
                covered = end
                break
    return found


def _of_arguments(arguments: Any, criteria: list[str]) -> Meaning:
    arguments = _once_more(arguments)
    if not isinstance(arguments, Members):
        return Meaning("malformed")
    objects = [_once_more(value) for value in arguments.get("criteria")]
    if not objects or not all(isinstance(value, Members) for value in objects):
        return Meaning("malformed")
    per_criterion: dict[int, list[str]] = {}
    for key, value in [pair for entries in objects for pair in entries.pairs]:
        owner = _owner(key, criteria)
        if owner is not None:
            per_criterion.setdefault(owner, []).append(_status(value))
    statuses = tuple(
        min(per_criterion.get(index, ["inconclusive"]), key=WORST_FIRST.__getitem__)
        for index in range(len(criteria))
    )
    verdicts = [
        value.strip().lower()
        if isinstance(value, str) and value.strip().lower() in VERDICT_WORST_FIRST
        else "inconclusive"
        for value in arguments.get("verdict")
    ]
    verdict = min(verdicts, key=VERDICT_WORST_FIRST.__getitem__) if verdicts else "inconclusive"
    return Meaning("finish", statuses, verdict)


def _status(value: Any) -> str:
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, str) and value.strip().lower() in WORST_FIRST:
        return value.strip().lower()
    value = _once_more(value)
    if isinstance(value, Members) and value.get("status"):
        plain = [_plain_status(inner) for inner in value.get("status")]
        return min(plain, key=WORST_FIRST.__getitem__)
    return "inconclusive"


def _plain_status(value: Any) -> str:
    text = str(value).strip().lower() if isinstance(value, (str, bool)) else ""
    return text if text in WORST_FIRST else "inconclusive"


def _owner(key: str, criteria: list[str]) -> int | None:
    def slug(text):
        letters = [
            c if c in "abcdefghijklmnopqrstuvwxyz0123456789" else "_" for c in text.replace("'", "").lower()
        ]
        return "".join(letters)

    def generated(number, text):
        return f"c{number}_{slug(text)}"[:64].rstrip("_")

    numbered = list(enumerate(criteria, 1))
    exact = [n for n, text in numbered if generated(n, text) == key]
    by_number = [
        n for n, _ in numbered if key in (f"c{n}", f"{n}", f"criterion_{n}") or key.startswith(f"c{n}_")
    ]
    # The specification takes the number; with the words of one other criterion neither is certain.
    words = next((key.removeprefix(f"c{n}_") for n, _ in numbered if key.startswith(f"c{n}_")), "")
    of_words = [n for n, text in numbered if words and generated(n, text).partition("_")[2] == words]
    if len(of_words) == 1 and of_words != by_number:
        by_number = []
    key_slug = slug(key)[:70]
    by_slug = [n for n, text in numbered if slug(text)[:70] == key_slug and set(key_slug) - {"_"}]
    by_text = [n for n, text in numbered if text.strip().casefold() == key.strip().casefold()]
    for hits in (exact, by_number, by_slug, by_text):
        if len(hits) == 1:
            return hits[0] - 1
    return None
