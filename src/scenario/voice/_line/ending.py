"""When an agent's turn is over."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, NamedTuple

from scenario.voice.errors import FirstChunkTimeoutError

if TYPE_CHECKING:
    from scenario.voice._line.playout import Playout
    from scenario.voice._line.turn import Turn
    from scenario.voice.adapters.base import VoiceAgentAdapter

_log = logging.getLogger("scenario")
_NOTHING_AHEAD = 0.1
_UNVOICED = 3.0
"""Seconds after which data without speech counts as no data: some peers send silence for ever."""


class Ending(NamedTuple):
    """What to do with a turn now.

    Attributes:
        over: it has ended.
        truncated: it was cut off, since it lasted too long.
        look_again: media time at which time alone may change the answer.
    """

    over: bool
    truncated: bool
    look_again: float | None


def ending(
    turn: Turn, agent: Playout, adapter: VoiceAgentAdapter, now: float, *, aside: bool = False
) -> Ending:
    """Return whether a turn is over at media time `now`.

    Args:
        turn: the turn.
        agent: what is heard of the agent.
        adapter: reaches the agent.
        now: the media time.
        aside: nobody hears it, so it takes only the time in which it comes.

    Raises:
        FirstChunkTimeoutError: the agent should have begun by now.
    """
    if turn.ended_at is not None and now >= turn.ended_at:
        return Ending(True, False, None)
    has_answered = turn.audio_start is not None or not adapter.waits_for_turn_end
    voiced = agent.voiced(turn.start) if has_answered else []
    if not voiced:
        deadline = turn.begun_at + adapter.response_timeout
        if turn.ended_at is not None:
            return Ending(False, False, turn.ended_at)
        if now >= deadline:
            raise FirstChunkTimeoutError(timeout=adapter.response_timeout)
        return Ending(False, False, deadline)
    too_long_in = adapter.response_max_duration - sum(end - start for start, end in voiced)
    if too_long_in <= 0:
        return Ending(True, True, None)
    if turn.ended_at is not None:
        return Ending(False, False, min(turn.ended_at, now + too_long_in))
    last_voiced = voiced[-1][1]
    tail = adapter.response_tail_silence
    given_up_at = last_voiced + adapter.response_timeout
    deadlines = [given_up_at]
    if adapter.turn_end == "vad":
        deadlines.append(max(last_voiced + tail, agent.sound_end - _NOTHING_AHEAD))
    elif adapter.turn_end == "gap":
        last_data = turn.last_data if aside and turn.last_data is not None else agent.end
        deadlines.append(last_data + tail)
        deadlines.append(max(last_voiced + max(tail, _UNVOICED), agent.sound_end - _NOTHING_AHEAD))
    if now >= given_up_at:
        _log.warning(
            "%s: the end of the agent's turn did not come within %g s of its last word",
            type(adapter).__name__,
            adapter.response_timeout,
        )
    deadline = min(deadlines)
    return Ending(now >= deadline, False, min(deadline, now + too_long_in))
