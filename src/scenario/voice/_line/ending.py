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


def ending(turn: Turn, agent: Playout, adapter: VoiceAgentAdapter, now: float) -> Ending:
    """Return whether a turn is over at media time `now`.

    Raises:
        FirstChunkTimeoutError: the agent should have begun by now.
    """
    if turn.ended_at is not None:
        return Ending(now >= turn.ended_at, False, turn.ended_at)
    has_answered = turn.audio_start is not None or not adapter.waits_for_turn_end
    voiced = agent.voiced(turn.start) if has_answered else []
    if not voiced:
        deadline = turn.begun_at + adapter.response_timeout
        if now >= deadline:
            raise FirstChunkTimeoutError(timeout=adapter.response_timeout)
        return Ending(False, False, deadline)
    if sum(end - start for start, end in voiced) >= adapter.response_max_duration:
        return Ending(True, True, None)
    last_voiced = voiced[-1][1]
    tail = adapter.response_tail_silence
    deadlines = [last_voiced + adapter.response_timeout]
    if adapter.turn_end == "vad":
        deadlines.append(max(last_voiced + tail, agent.end - _NOTHING_AHEAD))
    elif adapter.turn_end == "gap":
        quiet = max(agent.last_sound, last_voiced)
        if agent.end > now + _NOTHING_AHEAD:  # more of it is still to be heard
            quiet = agent.end
        deadlines.append(quiet + tail)
    if now >= deadlines[0]:
        _log.warning(
            "%s: the end of the agent's turn did not come within %g s of its last word",
            type(adapter).__name__,
            adapter.response_timeout,
        )
    deadline = min(deadlines)
    return Ending(now >= deadline, False, deadline)
