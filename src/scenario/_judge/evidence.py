"""What the judge is shown of a run: untrusted text, numbered, escaped, searched and bounded."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario._cache.scope import current_scope
from scenario._judge.discovery.trace_source import TraceSource
from scenario._judge.discovery.transcript_source import TranscriptSource
from scenario._judge.recordings import newest_recordings
from scenario._judge.skeleton import skeleton
from scenario._judge.span_fingerprint import span_fingerprint
from scenario._judge.timeline import event_names, timeline_text
from scenario._judge.traces import trace_digest
from scenario._judge.transcript import transcript_lines
from scenario._judge.withdrawn import withdrawn_lines
from scenario._tokens import cautious_tokens
from scenario._untrusted.fence import escape
from scenario._untrusted.injection import addresses_judge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._judge.discovery.source import Source
    from scenario._judge.record import Record
    from scenario._judge.recordings import Recording

_LEAST_ROOM = 2_000  # tokens
_LEAST_THRESHOLD = 512  # tokens that the structure of traces takes at least
_LARGEST_SKELETON = 64_000  # bytes


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of one judge call, ready for its prompt.

    Attributes:
        transcript: the conversation, a numbered line per message, then what was withdrawn; escaped. Of one
            that does not fit, an outline.
        traces: the digest of the agent's spans, escaped; `None` without.
        timeline: the voice events, escaped; `None` without.
        recordings: audio to hand over.
        suspects: numbers of messages (`#3`) and ids of spans that speak to the judge.
        sources: what is shown as an outline only, and can be looked into.
        budget: tokens that may be looked up.
        fingerprint: hash of the evidence without ids, times and tokens: equal in equal runs. Empty outside of
            a run with a cache.
    """

    transcript: str
    traces: str | None
    timeline: str | None
    recordings: tuple[Recording, ...]
    suspects: tuple[str, ...]
    sources: tuple[Source, ...]
    budget: int
    fingerprint: str


def gather_evidence(record: Record, *, room: int, token_threshold: int) -> Evidence:
    """Return what a judge is shown of a run, cut to what fits.

    Args:
        record: the run.
        room: tokens that the evidence may take in the prompt, what is looked up included.
        token_threshold: size of the traces above which only their structure is shown.
    """
    room = max(room, _LEAST_ROOM)
    lines = [f"#{number} {line}" for number, line in enumerate(transcript_lines(record.messages), 1)]
    lines += withdrawn_lines(record.rollbacks)
    suspects = [line.partition(" ")[0] for line in lines if addresses_judge(line)]
    sources: list[Source] = []
    reserve = room // 4  # kept for what is looked up

    traces = timeline = None
    if record.spans is not None:
        digest = trace_digest(
            record.spans, token_threshold=min(token_threshold, room // 3), dropped=record.dropped_spans
        )
        traces = escape(digest.text)
        suspects += digest.suspects
        if digest.structure_only:
            sources.append(TraceSource(record.spans))
    if record.events:
        timeline = escape(timeline_text(record.events))
        suspects += ["the timeline"] if addresses_judge(timeline) else []
    left = room - cautious_tokens(traces or "") - cautious_tokens(timeline or "")
    recordings: list[Recording] = []
    if record.with_audio:
        recordings = newest_recordings(record.messages, tokens=room // 4)
        left -= room // 4

    transcript = "\n".join(lines)
    if cautious_tokens(transcript) > left - (reserve if sources else 0):
        sources.append(TranscriptSource(lines))
        # A byte for each token: an outline must fit whatever its text is made of.
        limit = min(max(left - reserve, _LEAST_ROOM), _LARGEST_SKELETON)
        transcript = "\n".join(skeleton(lines, limit))
    return Evidence(
        transcript=escape(transcript) or "(no messages yet)",
        traces=traces,
        timeline=timeline,
        recordings=tuple(recordings),
        suspects=tuple(suspects),
        sources=tuple(sources),
        budget=min(
            4 * max(token_threshold, _LEAST_THRESHOLD), max(left - cautious_tokens(transcript), reserve)
        ),
        fingerprint=_fingerprint(record, lines) if current_scope() is not None else "",
    )


def _fingerprint(record: Record, lines: Sequence[str]) -> str:
    spans = None if record.spans is None else span_fingerprint(record.spans)
    shown = [lines, spans, event_names(record.events), record.with_audio]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()
