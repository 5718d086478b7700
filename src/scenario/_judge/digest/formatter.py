"""What a judge is shown of traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from scenario._judge.digest.forest import plant
from scenario._judge.digest.full import full_blocks
from scenario._judge.digest.header import NO_SPANS
from scenario._judge.digest.structure import structure
from scenario._judge.digest.text import size
from scenario._tokens import DEFAULT_TOKEN_THRESHOLD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opentelemetry.sdk.trace import ReadableSpan

_BETWEEN = "\n\n"


class SpanDigest(NamedTuple):
    """A digest, and which form it has.

    Attributes:
        text: the digest.
        structure_only: whether attributes and events are left out, because all would have been too long.
    """

    text: str
    structure_only: bool


class JudgeSpanDigestFormatter:
    """Writes spans as text for a judge. It has no state: any number of threads may share one.

    No span makes it fail: what a span lacks is shown as missing. Media, and values whose key names a secret,
    are taken out. No text of a span can look like the line of another one.
    """

    def format(self, spans: Iterable[ReadableSpan], *, dropped: int = 0) -> str:
        """Return the full form: the trees of spans with their attributes and events, then the errors.

        Args:
            spans: the spans, in any order.
            dropped: how many older spans the collector had to drop; named in the first line.
        """
        forest = plant(spans)
        return _BETWEEN.join(full_blocks(forest, dropped)) if forest.nodes else NO_SPANS

    def format_structure_only(
        self,
        spans: Iterable[ReadableSpan],
        token_threshold: int = DEFAULT_TOKEN_THRESHOLD,
        *,
        dropped: int = 0,
    ) -> str:
        """Return the trees of spans without attributes and events, then the errors, within a bound.

        Three or more sibling leaf spans of one name without error share a line. What still does not fit is
        counted.

        Args:
            spans: the spans, in any order.
            token_threshold: the bound in estimated tokens; below 512 it is 512.
            dropped: how many older spans the collector had to drop; named in the first line.
        """
        forest = plant(spans)
        return structure(forest, dropped, token_threshold) if forest.nodes else NO_SPANS

    def digest(
        self,
        spans: Iterable[ReadableSpan],
        token_threshold: int = DEFAULT_TOKEN_THRESHOLD,
        *,
        dropped: int = 0,
    ) -> SpanDigest:
        """Return the full form, or the structure only when the full form has more tokens than the threshold.

        It stops writing the full form as soon as that is too long, so the cost does not grow with what the
        spans hold.

        Args:
            spans: the spans, in any order.
            token_threshold: the bound in estimated tokens.
            dropped: how many older spans the collector had to drop; named in the first line.
        """
        forest = plant(spans)
        if not forest.nodes:
            return SpanDigest(NO_SPANS, structure_only=False)
        room = 4 * token_threshold + len(_BETWEEN)
        blocks: list[str] = []
        for block in full_blocks(forest, dropped):
            room -= size(block) + len(_BETWEEN)
            if room < 0:
                return SpanDigest(structure(forest, dropped, token_threshold), structure_only=True)
            blocks.append(block)
        return SpanDigest(_BETWEEN.join(blocks), structure_only=False)


judge_span_digest_formatter = JudgeSpanDigestFormatter()
"""A formatter to share; it has no state."""
