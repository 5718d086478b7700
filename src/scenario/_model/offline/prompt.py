"""Reading prompts: the text of messages, their data blocks, and the lines of a judge's transcript."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

_DECODER = json.JSONDecoder()
_LINE = re.compile(
    r"(?:#(?P<number>\w{1,12})\s+)?"
    r"(?P<mark>[^\"{]{0,120}?withdrawn[^\"{]{0,120}?[\])>:]\s*)?"
    r"(?:#(?P<late>\w{1,12})\s+)?"
    r"(?P<role>[a-z]{1,20})(?: \((?P<tool>[^)]{0,200})\))?: ?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Call:
    """One tool call in a transcript; `arguments` is what its JSON holds."""

    name: str
    arguments: Any


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a transcript.

    Attributes:
        label: how a verdict refers to it, `"#3"`.
        role: `assistant` is the agent under test.
        text: its text, `""` for none.
        calls: its tool calls.
        tool: for a tool's result, the tool's name.
        withdrawn: the test took the message back after it was said.
    """

    label: str
    role: str
    text: str = ""
    calls: tuple[Call, ...] = ()
    tool: str = ""
    withdrawn: bool = False


def entries(value: Any) -> Mapping[str, Any]:
    """Return a JSON object as it is, and anything else as an empty one."""
    return (
        cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else {}
    )  # isinstance knows no key type


def items(value: Any) -> Sequence[Any]:
    """Return a JSON array as it is, and anything else as an empty one."""
    is_list = isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray)
    return cast("Sequence[Any]", value) if is_list else ()  # isinstance knows no item type


def text_of(content: Any) -> str:
    """Return the text of a message's content, a string or a list of parts; other things give `""`."""
    if isinstance(content, str):
        return content
    parts = (part if isinstance(part, str) else _part_text(part) for part in items(content))
    return "\n".join(part for part in parts if part)


def _part_text(part: Any) -> str:
    text = entries(part).get("text")
    return text if isinstance(text, str) else ""


def block(text: str, name: str) -> str | None:
    """Return what stands in the first `<name ...>` block of `text`; `None` without one.

    A block with a token ends at the closing tag with the same token, so what it holds cannot end it.
    """
    opening = re.search(rf'<{name}(?: token="(\w{{1,128}})")?\s*>\n?', text)
    if opening is None:
        return None
    closing = f'</{name} token="{opening[1]}">' if opening[1] else f"</{name}>"
    end = text.find(closing, opening.end())
    return text[opening.end() : end if end >= 0 else len(text)].strip("\n")


def read_transcript(text: str) -> list[Line]:
    """Return the messages of a transcript block; lines of another form are left out."""
    lines: list[Line] = []
    withdrawn = False
    for raw in text.split("\n"):
        match = _LINE.match(raw)
        if match is None:
            withdrawn = withdrawn or "withdrawn" in raw[:200].lower()
            continue
        taken_back = withdrawn or match["mark"] is not None
        label = f"#{match['number'] or match['late'] or len(lines) + 1}"
        role = match["role"].lower()
        body, calls = _body(raw, match.end())
        lines.append(Line(label, role, body, calls, match["tool"] or "", taken_back))
    return lines


def _body(raw: str, at: int) -> tuple[str, tuple[Call, ...]]:
    text = ""
    if not raw.startswith("[tool_call: ", at):
        value, at = _decode(raw, at)
        text = value if isinstance(value, str) else text_of(value) or _dumped(value)
    calls: list[Call] = []
    while (start := raw.find("[tool_call: ", at, at + 16)) >= 0:
        name_end = raw.find("(", start)
        if name_end < 0:
            break
        arguments, at = _decode(raw, name_end + 1)
        calls.append(Call(raw[start + 12 : name_end], arguments))
        at += 2  # past ")]"
    return text, tuple(calls)


def _decode(raw: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(raw, at)
    except (ValueError, RecursionError):
        return raw[at:], len(raw)


def _dumped(value: Any) -> str:
    if value is None:
        return ""
    try:
        return json.dumps(value, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""
