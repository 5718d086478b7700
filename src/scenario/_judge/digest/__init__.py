"""The judge's view of traces: a digest of all spans, and the tools that look closer at some of them.

Everything here is a function of the spans alone. A span is any object with the fields of OpenTelemetry's
`ReadableSpan`; none can make it raise, and all work is iterative and linear in what is read.
"""

from __future__ import annotations

from scenario._judge.digest.expand import expand_trace
from scenario._judge.digest.formatter import (
    JudgeSpanDigestFormatter,
    SpanDigest,
    judge_span_digest_formatter,
)
from scenario._judge.digest.grep import grep_trace
from scenario._tokens import DEFAULT_TOKEN_THRESHOLD

__all__ = [
    "DEFAULT_TOKEN_THRESHOLD",
    "JudgeSpanDigestFormatter",
    "SpanDigest",
    "expand_trace",
    "grep_trace",
    "judge_span_digest_formatter",
]
