"""What a span says beyond its line: attributes and events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from scenario._judge.digest.attributes import shown_attributes
from scenario._judge.digest.redaction import REDACTED, names_a_secret
from scenario._judge.digest.span_view import attributes_of, events_of
from scenario._judge.digest.values import value_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scenario._judge.digest.span_view import SpanView


class Detail(NamedTuple):
    """One line below a span's line.

    Attributes:
        lead: what stands before the text: blanks within an event, or the mark of an event.
        text: `key: value`, or an event's name.
    """

    lead: str
    text: str

    @property
    def line(self) -> str:
        """The line, to be indented below its span."""
        return self.lead + self.text


def details(span: SpanView, text_of: Callable[[str, Any], str] | None = None) -> Iterator[Detail]:
    """Yield the attributes of a span, then its events with theirs.

    Args:
        span: the span.
        text_of: turns the key and value of an attribute that is not secret into the value's text.
    """
    yield from _attributes(span.source, "", text_of)
    for name, event in events_of(span.source):
        yield Detail("[event] ", name)
        yield from _attributes(event, "  ", text_of)


def _attributes(source: Any, lead: str, text_of: Callable[[str, Any], str] | None) -> Iterator[Detail]:
    for key, value in shown_attributes(attributes_of(source)):
        if names_a_secret(key):
            text = REDACTED
        else:
            text = value_text(value) if text_of is None else text_of(key, value)
        yield Detail(lead, f"{key}: {text}")
