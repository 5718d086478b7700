"""What one side of a conversation says, as it is written down segment by segment, each many times over."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class _Segment:
    text: str = ""
    final: bool = False


class Transcript:
    """The words of one turn.

    A segment is an utterance or a part of one. Its text is replaced by every newer version of it, until one
    is final. The segments of a turn follow each other in the order in which they began.
    """

    def __init__(self) -> None:
        self._segments: dict[str, _Segment] = {}
        self._earlier: set[str] = set()
        self.is_over = False
        """Whether the turn has ended, and no other has begun."""

    def end_turn(self) -> None:
        """The next segment that begins is the first of a new turn; those that have begun may still change."""
        self.is_over = True

    def put(self, segment: str, text: str, *, final: bool) -> bool:
        """Take a version of a segment.

        Args:
            segment: its id.
            text: all of it.
            final: whether it stays so.

        Returns:
            Whether the turn's text may have changed; segments of earlier turns are not looked at any more.
        """
        if segment in self._earlier:
            return False
        if segment not in self._segments and self.is_over:
            self._earlier.update(self._segments)
            self._segments = {}
            self.is_over = False
        known = self._segments.setdefault(segment, _Segment())
        if known.final and not final:  # an interim version that was overtaken
            return False
        known.text, known.final = text, final
        return True

    @property
    def text(self) -> str:
        """All of the turn so far."""
        return " ".join(text for segment in self._segments.values() if (text := segment.text.strip()))

    @property
    def is_final(self) -> bool:
        """Whether nothing of it will change."""
        return all(segment.final for segment in self._segments.values())
