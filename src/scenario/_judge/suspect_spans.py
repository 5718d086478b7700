"""Which spans of a digest, or of what was looked up in it, speak to the judge."""

from __future__ import annotations

import re

from scenario._untrusted.injection import addresses_judge

_NO_SPAN = "the traces"
# What the digest puts before a span's name, a key or an error: the tree, the id, the start, marks. Behind it
# a text is at its beginning, where a name counts as an address.
_LEAD = re.compile(
    r"[\s│├└─]*(?:\(level \d+\) )?"
    r"(?:\[([0-9a-f]{8,16})\] (?:to \[[0-9a-f]{8,16}\] )?\S+ |--- \[([0-9a-f]{8,16})\] |\[event\] |- )?"
)


def suspect_spans(text: str) -> tuple[str, ...]:
    """Return the short ids of the spans whose text speaks to the judge.

    Args:
        text: a digest, or the result of a discovery tool; each line belongs to the id that stood last.
    """
    found: dict[str, None] = {}
    span_id = _NO_SPAN
    for line in text.splitlines():
        if line.startswith("==="):  # the errors, which are listed by name
            span_id = _NO_SPAN
        lead = _LEAD.match(line)
        if lead is not None:
            span_id = lead[1] or lead[2] or span_id
        if addresses_judge(line[lead.end() if lead else 0 :]):
            found[span_id] = None
    return tuple(found)
