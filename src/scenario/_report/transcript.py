"""The conversation as the analysing model reads it: one line per message, with the number of its exchange."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scenario._judge.transcript import transcript_lines
from scenario._red_team.response_text import visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scenario._report.document import ReportDocument

_LONGEST = 24_000
_LONGEST_RESULT = 400


def exchange_positions(
    messages: Sequence[Mapping[str, Any]], attacks: Mapping[int, str], withdrawn: Iterable[int]
) -> dict[int, int]:
    """Return where each exchange that is still in the conversation begins.

    Args:
        messages: the conversation.
        attacks: exchange to the attack as it was sent.
        withdrawn: exchanges that were taken back.
    """
    gone = set(withdrawn)
    left = [number for number in sorted(attacks) if number not in gone]
    found: dict[int, int] = {}
    # From the end: of equal attacks the older ones may have been rolled back.
    for index in range(len(messages) - 1, -1, -1):
        if messages[index].get("role") != "user":
            continue
        text = visible_text(messages[index].get("content"))
        number = next((number for number in reversed(left) if attacks[number].strip() == text), None)
        if number is not None:
            found[number] = index
            left = [other for other in left if other < number]
    return dict(sorted(found.items()))


def transcript(document: ReportDocument) -> str:
    """Return the conversation of a report, withdrawn exchanges included, in at most 24,000 characters.

    Each message is one line, which its text cannot leave. Of a longer transcript the first and the last half
    are kept.
    """
    starts = {index: number for number, index in document.exchange_positions.items()}
    lines: list[tuple[int, str]] = []
    number = 0
    for index, line in enumerate(_lines(document.messages)):
        number = starts.get(index, number)
        lines.append((number, f"[exchange {number}] {line}"))
    for entry in document.backtracks:
        turn = entry["turn"]
        lines += [
            (turn, f"[exchange {turn}, withdrawn by the test] {line}") for line in _lines(entry["messages"])
        ]
    lines.sort(key=lambda line: line[0])
    return halves("\n".join(line for _, line in lines), _LONGEST)


def halves(text: str, limit: int) -> str:
    """Return a text of at most `limit` characters: of a longer one the beginning and the end."""
    if len(text) <= limit:
        return text
    note = f"\n[... {len(text) - limit} and more characters are left out here ...]\n"
    half = (limit - len(note)) // 2
    return f"{text[:half]}{note}{text[-half:]}"


def _lines(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    return transcript_lines([_with_short_result(message) for message in messages])


def _with_short_result(message: Mapping[str, Any]) -> Mapping[str, Any]:
    if message.get("role") != "tool":
        return message
    content = message.get("content")
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, default=str)
    cut = text if len(text) <= _LONGEST_RESULT else f"{text[:_LONGEST_RESULT]}..."
    return {**message, "content": cut}
