"""The traces of the agent under test, as the judge is shown them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TraceDigest:
    """The spans of a run as text.

    Attributes:
        text: what the judge reads; not escaped.
        fingerprint: the same without ids, times and durations: equal runs have equal ones.
        suspects: short ids of spans whose text speaks to the judge.
    """

    text: str
    fingerprint: str
    suspects: tuple[str, ...] = ()


def trace_digest(thread_id: str) -> TraceDigest | None:
    """Return the digest of a run's spans, or `None` when spans are not collected."""
    return None
