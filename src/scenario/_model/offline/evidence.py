"""What a transcript shows: the agent's sentences, questions and tool calls, made comparable once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from scenario._model.offline.prompt import Call, Line
from scenario._model.offline.words import normal, sentences, stem, stems, words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NEGATION = re.compile(
    r"\b(?:not|never|no|none|without|unable|neither|nor|nothing|unfortunately|instead of|rather than"
    r"|free of|avoid)\b"
)
_REQUEST = re.compile(
    r"\b(?:please (?:tell|give|provide|share|enter|confirm|send|let|check|specify|describe|upload|type)"
    r"|(?:could|can|would|will) you\b|may i (?:have|know|ask|get)|let me know"
    r"|i(?: will| would)? (?:also )?(?:need|require|like to know|have to know)|tell me|i just need"
    r"|what is your|provide (?:me|us|your))"
)
_CLAUSE_END = re.compile(
    r"[;,]\s|\s-\s|\b(?:but|however|although|yet|because)\b|\b(?=instead of|rather than|without|free of)"
)
_ITEM = re.compile(r"^\s*(?:[-*\u2022]|\d{1,3}[.)])\s+\S", re.MULTILINE)
_NUMBERED = re.compile(r"^\s*(?:step )?\d{1,3}[.):]\s*\S", re.MULTILINE | re.IGNORECASE)
_FAILED = re.compile(
    r'"?(?:error|failed|failure|exception|denied|not found)"?|"(?:ok|success)"\s*:\s*false', re.IGNORECASE
)


@dataclass(frozen=True, slots=True, eq=False)
class Clause:
    """A part of a sentence that one negation governs."""

    text: str
    stems: frozenset[str]
    negated: bool


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """One sentence of the agent: `position` orders it among all that the agent did."""

    label: str
    position: int
    raw: str
    text: str
    stems: frozenset[str]
    question: bool
    clauses: tuple[Clause, ...]

    def denies(self, wanted: set[str]) -> bool:
        """Say whether each clause that holds a wanted stem is a negated one."""
        touching = [clause.negated for clause in self.clauses if clause.stems & wanted]
        return bool(touching) and all(touching)


@dataclass(frozen=True, slots=True, eq=False)
class Act:
    """One tool call of the agent: stems of its name, its arguments, and whether its result is an error."""

    label: str
    position: int
    name: str
    name_stems: frozenset[str]
    argument_stems: frozenset[str]
    failed: bool


@dataclass(frozen=True, eq=False)
class Evidence:
    """A conversation as the judge sees it.

    Attributes:
        lines: its messages.
        spans: what traces show.
        is_outline: whether only parts of the messages are shown, so that nothing is known to be absent.
    """

    lines: Sequence[Line]
    spans: Sequence[tuple[str, str]] = field(default=())
    is_outline: bool = False

    @cached_property
    def agent(self) -> list[Line]:
        """The messages of the agent under test that hold text, withdrawn ones too."""
        return [line for line in self.lines if line.role == "assistant" and line.text.strip()]

    @cached_property
    def user(self) -> list[Line]:
        """The messages of the user that hold text and stand in the conversation."""
        return [line for line in self.lines if line.role == "user" and line.text.strip()]

    @cached_property
    def said(self) -> list[Sentence]:
        """The agent's sentences, in order."""
        return [
            sentence_of(raw, line.label, index * 1000 + min(offset, 900))
            for index, line in enumerate(self.lines)
            if line.role == "assistant" and line.text
            for offset, raw in enumerate(sentences(line.text))
        ]

    @cached_property
    def asked(self) -> list[Sentence]:
        """Those sentences that ask the user for something."""
        return [sentence for sentence in self.said if sentence.question]

    @cached_property
    def questions(self) -> list[Sentence]:
        """Sentences with a question mark, "anything else?" left out."""
        return [
            sentence for sentence in self.said if "?" in sentence.raw and "anything else" not in sentence.text
        ]

    @cached_property
    def told(self) -> list[Sentence]:
        """Those sentences that are statements."""
        return [sentence for sentence in self.said if "?" not in sentence.raw[-3:]]

    @cached_property
    def acts(self) -> list[Act]:
        """The agent's tool calls, in order, then those that only the traces show."""
        return list(self._acts())

    def _acts(self) -> Iterator[Act]:
        failed = self._failed_tools()
        for index, line in enumerate(self.lines):
            if line.role == "assistant":
                for offset, call in enumerate(line.calls):
                    yield _act(line.label, index * 1000 + 901 + min(offset, 98), call, call.name in failed)
        for offset, (label, name) in enumerate(self.spans):
            yield _act(label, len(self.lines) * 1000 + offset, Call(name, None), failed=False)

    def _failed_tools(self) -> set[str]:
        last = {line.tool: line.text for line in self.lines if line.role == "tool"}
        return {tool for tool, text in last.items() if _FAILED.search(text[:4000])}

    @cached_property
    def text(self) -> str:
        """All that the agent said, normalised."""
        return "\n".join(normal(line.text) for line in self.agent)

    @cached_property
    def stems(self) -> set[str]:
        """All stems of what the agent said."""
        return set[str]().union(*(sentence.stems for sentence in self.said))

    @cached_property
    def by_message(self) -> dict[str, set[str]]:
        """The stems of each of the agent's messages, by its label."""
        found: dict[str, set[str]] = {}
        for sentence in self.said:
            found.setdefault(sentence.label, set()).update(sentence.stems)
        return found

    @cached_property
    def around(self) -> dict[str, set[str]]:
        """The stems of each of the agent's messages and of the two messages before it, by its label."""
        found: dict[str, set[str]] = {}
        recent: list[set[str]] = []
        for line in self.lines:
            if line.role in ("assistant", "user") and line.text.strip():
                recent = [*recent[-2:], stems(line.text)]
                found[line.label] = set[str]().union(*recent)
        return found

    @cached_property
    def answered(self) -> dict[str, set[str]]:
        """The stems of the user's question that each of the agent's messages answers, by its label."""
        found: dict[str, set[str]] = {}
        question = ""
        for line in self.lines:
            if line.role == "user":
                question = line.text if "?" in line.text else ""
            elif line.role == "assistant" and question:
                found[line.label] = stems(question)
        return found

    def items(self) -> int:
        """Return the length of the longest list that the agent wrote."""
        return max((len(_ITEM.findall(line.text)) for line in self.agent), default=0)

    def steps(self) -> int:
        """Return the length of the longest numbered list that the agent wrote."""
        return max((len(_NUMBERED.findall(line.text)) for line in self.agent), default=0)


def negated(text: str) -> bool:
    """Say whether normalised text holds a negation."""
    return _NEGATION.search(text) is not None


def sentence_of(raw: str, label: str = "", position: int = -1) -> Sentence:
    """Return one sentence of the agent, made comparable."""
    text = normal(raw)
    parts = [part for part in _CLAUSE_END.split(text) if part.strip()]
    clauses = tuple(
        Clause(part, frozenset(stem(word) for word in words(part)), negated(part)) for part in parts
    )
    found = frozenset[str]().union(*(clause.stems for clause in clauses))
    question = "?" in raw or _REQUEST.search(text) is not None
    return Sentence(label, position, raw, text, found, question, clauses)


def _act(label: str, position: int, call: Call, failed: bool) -> Act:
    name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", call.name[:200]).replace("_", " ")
    try:
        arguments = "" if call.arguments is None else json.dumps(call.arguments, ensure_ascii=False)
    except (ValueError, RecursionError):
        arguments = ""
    found = frozenset(stems(arguments.replace("_", " ")))
    return Act(label, position, call.name, frozenset(stems(name)), found, failed)
