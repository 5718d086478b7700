"""What the agent said, and finished saying, while the user was still cutting in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._line.turn import HeardTurn, Turn

if TYPE_CHECKING:
    from scenario.voice._line.line import Line
    from scenario.voice._line.text import TurnText


def said_meanwhile(
    line: Line, old: Turn, cut: float, user_stop: float, *, words: TurnText
) -> list[HeardTurn]:
    """Return the utterances between the turn that was cut into and the user's last word.

    They were heard, so they are told; they answer nothing that was said later, so they are not the answer.
    Where ends are told each has its own. Elsewhere a silence that would end a turn tells them apart.

    Args:
        line: to the agent.
        old: the turn that was cut into.
        cut: where that stopped.
        user_stop: the user's last voiced sample.
        words: what was streamed since, where ends are not told.
    """
    if line.adapter.turn_end == "explicit":
        over = [turn for turn in utterances_after(line, old, cut) if turn.is_over_by(user_stop)]
        return [heard for turn in over if (heard := line.heard(turn)).start is not None]
    said: list[HeardTurn] = []
    for start, end in _utterances(line, cut):
        if end > user_stop:
            break
        turn = Turn(number=-1, begun_at=start, start=start, first_byte=start, ended_at=end)
        said.append(HeardTurn(turn, start, end, words.heard_between(start - _EARLIER, end).strip()))
    return said


def utterances_after(line: Line, old: Turn, cut: float) -> list[Turn]:
    """Return what came with ends of its own after the turn that was cut into.

    The turn itself is of them when the agent began it only after it had been cut off.
    """
    begun_late = old.audio_start is not None and old.audio_start >= cut
    return [*([old] if begun_late else []), *line.later]


def _utterances(line: Line, since: float) -> list[tuple[float, float]]:
    """Return what was said since a media time and is over, by the silence that ends a turn."""
    tail, now = line.adapter.response_tail_silence, line.stage.now()
    utterances: list[tuple[float, float]] = []
    for start, end in line.voiced_since(since + _A_LITTLE):
        if utterances and start - utterances[-1][1] < tail:
            start, _ = utterances.pop()
        utterances.append((start, end))
    if utterances and now - max(utterances[-1][1], line.playout.sound_end) < tail:
        utterances.pop()  # it may go on
    return utterances


_A_LITTLE = 1e-6
_EARLIER = 0.1  # seconds by which text may come before the speech
