"""What the judge is shown of a run: untrusted text, numbered, escaped and searched for injections."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario._judge.fence import escape
from scenario._judge.injection import addresses_judge
from scenario._judge.transcript import transcript_lines
from scenario._judge.withdrawn import withdrawn_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._judge.traces import TraceDigest
    from scenario._judge.withdrawn import Rollback
    from scenario.types import Message


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of one judge call, ready for its prompt.

    Attributes:
        transcript: the conversation, a numbered line per message, then what was withdrawn; escaped.
        traces: the digest of the agent's spans, escaped; `None` without.
        suspects: numbers of messages (`#3`) and ids of spans that speak to the judge.
        fingerprint: hash of the evidence without ids, times and tokens: equal in equal runs.
    """

    transcript: str
    traces: str | None
    suspects: tuple[str, ...]
    fingerprint: str


def gather_evidence(
    messages: Sequence[Message], *, rollbacks: Sequence[Rollback] = (), digest: TraceDigest | None = None
) -> Evidence:
    """Return the evidence of a judge call.

    Args:
        messages: the conversation so far.
        rollbacks: what was taken out of it, oldest first.
        digest: the spans of the agent under test.
    """
    lines = [f"#{number} {line}" for number, line in enumerate(transcript_lines(messages), 1)]
    lines += withdrawn_lines(rollbacks)
    suspects = [line.partition(" ")[0] for line in lines if addresses_judge(line)]
    shown = [*lines, digest.fingerprint if digest else None]
    return Evidence(
        transcript=escape("\n".join(lines)) or "(no messages yet)",
        traces=escape(digest.text) if digest else None,
        suspects=(*suspects, *(digest.suspects if digest else ())),
        fingerprint=hashlib.sha256(json.dumps(shown).encode()).hexdigest(),
    )
