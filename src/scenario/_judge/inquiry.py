"""What the judge's model is asked: the prompt, made to fit, and what can be looked up."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scenario._judge.discovery.lookup import Lookup
from scenario._judge.discovery.trace_source import TraceSource
from scenario._judge.evidence import Evidence, gather_evidence
from scenario._judge.prompt import instructions, judge_prompt
from scenario._judge.tools import verdict_tools
from scenario._tokens import cautious_tokens

if TYPE_CHECKING:
    from scenario._judge.case import Case
    from scenario._judge.record import Record
    from scenario.types import Message

_FURTHER_INSTRUCTIONS = 1_500  # tokens of the role, the closing, hints and the tools for discovery


@dataclass(frozen=True, slots=True)
class Style:
    """How a judge asks.

    Attributes:
        token: the token of the run's data blocks.
        window: tokens that the prompt may have.
        token_threshold: size of the traces above which only their structure is shown.
        system_prompt: replaces the system message.
    """

    token: str
    window: int
    token_threshold: int
    system_prompt: str | None = None


@dataclass(frozen=True, slots=True)
class Inquiry:
    """One question to the judge's model.

    Attributes:
        case: what is to be decided.
        evidence: what the decision rests on.
        style: how it is asked.
        has_audio: whether recordings are attached.
    """

    case: Case
    evidence: Evidence
    style: Style
    has_audio: bool

    @property
    def prompt(self) -> list[Message]:
        """The messages to begin with."""
        return judge_prompt(
            self.case,
            self.evidence,
            token=self.style.token,
            system_prompt=self.style.system_prompt,
            with_audio=self.has_audio,
        )

    @property
    def shows_structure_only(self) -> bool:
        """Whether the traces are shown without attributes and events."""
        return any(source.block == TraceSource.block for source in self.evidence.sources)

    def lookup(self) -> Lookup | None:
        """Return the tools to look into what is shown as an outline; `None` when all is shown."""
        if not self.evidence.sources:
            return None
        return Lookup(self.evidence.sources, budget=self.evidence.budget, token=self.style.token)

    def without_audio(self) -> Inquiry:
        """Return the same question for a model that refuses recordings."""
        return replace(self, has_audio=False)


async def make_inquiry(case: Case, record: Record, style: Style) -> Inquiry:
    """Return the question that a judge call asks; a large record is read in a thread."""
    if record.is_large:
        return await asyncio.to_thread(_inquiry, case, record, style)
    return _inquiry(case, record, style)


def _inquiry(case: Case, record: Record, style: Style) -> Inquiry:
    fixed = instructions(case, style.token) + json.dumps(verdict_tools(case.criteria, forced=case.forced))
    own = cautious_tokens(fixed + (style.system_prompt or "") + (case.context or ""))
    room = style.window - own - _FURTHER_INSTRUCTIONS
    evidence = gather_evidence(record, room=room, token_threshold=style.token_threshold)
    return Inquiry(case, evidence, style, has_audio=bool(evidence.recordings))
