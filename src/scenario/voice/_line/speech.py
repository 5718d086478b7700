"""The speaking events of both sides, and how long the agent took to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scenario.voice._recording.latency import TurnTiming
from scenario.voice.events import VoiceEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.voice._audio.chunk import Speaker
    from scenario.voice._line.stage import Stage
    from scenario.voice._line.turn import HeardTurn


_SAME = 0.1  # seconds between two moments of one onset


@dataclass(slots=True)
class _Early:
    """What the agent said before the user's audio was over: when it began, and stopped if it has."""

    start: float
    stop: float | None = None

    def is_answer_after(self, user_stop: float) -> bool:
        """Whether it is the answer, and no remark into the user's words."""
        return self.stop is None or self.start >= user_stop


class Speech:
    """Turns the edges of speech on both tracks into events.

    Attributes:
        timings: of the agent's turns so far.
        user_stop: the user's last voiced sample that no turn of the agent has followed yet.
    """

    def __init__(self, began: Callable[[], None]) -> None:
        self.timings: list[TurnTiming] = []
        self.user_stop: float | None = None
        self._audio_end = 0.0  # of the user's last utterance, silence included
        self._heard_at: dict[float, float] = {}  # when last voiced samples were heard, if later than recorded
        self._began = began
        self._stage: Stage | None = None
        self._user_is_speaking = False  # an utterance of the user is being heard
        self._user_has_begun = False  # and its first voiced sample was
        self._agent_has_begun = False
        self._agent_is_in_turn = False
        self._agent_overruns = False  # a turn was cut off, and the agent goes on
        self._early: list[_Early] = []  # while the user is speaking
        self._cut_in: list[_Early] = []  # the same, when the user has spoken
        self._is_barging_in = False

    def follow(self, stage: Stage) -> None:
        """Put the events on the timeline of `stage`."""
        self._stage = stage

    @property
    def _on(self) -> Stage:
        if self._stage is None:
            raise RuntimeError("nothing is heard yet")
        return self._stage

    def edge(self, speaker: Speaker, moment: float, started: bool) -> None:
        """Speech begins, or has ended, on a track."""
        if speaker == "user":
            if started and self._user_is_speaking and not self._user_has_begun:
                self._user_has_begun = True
                self._event(moment, "user_start_speaking")
        elif started:
            self._agent_starts(moment)
        elif self._early and self._early[-1].stop is None:
            self._early[-1].stop = moment
        elif not self._agent_is_in_turn:
            self.agent_stopped(moment)

    # The user

    def user_begins(self, *, over_agent: bool = False) -> None:
        """The user's utterance is being heard from now on."""
        self._user_is_speaking, self._user_has_begun = True, False
        self._is_barging_in = over_agent and self._agent_has_begun

    def user_spoke(self, start: float, end: float) -> tuple[float, float]:
        """The utterance is over; return its first and last voiced moment."""
        self._user_is_speaking = False
        voiced = self._on.user.voiced(start, end)
        first, last = (voiced[0][0], voiced[-1][1]) if voiced else (start, end)
        if voiced:
            if not self._user_has_begun:
                self._event(first, "user_start_speaking")
            self._event(last, "user_stop_speaking")
        self.user_stop, self._audio_end = last, end
        for early in self._early:
            self._agent_spoke_early(early, last)
        self._cut_in += self._early
        self._early = []
        return first, last

    def user_was_told(self) -> None:
        """An agent has heard now what the user had said before to another one."""
        self.user_stop = self._audio_end = self._on.now()

    def user_was_heard(self, moment: float) -> None:
        """All that the user said was played to the agent by then, later maybe than it is on the track.

        The answer is measured from there, unless it has begun: then its latency is on the timeline.
        """
        if self.user_stop is not None and not self._user_is_speaking:
            self._heard_at[self.user_stop] = self.user_stop + max(0.0, moment - self._audio_end)

    def _when_heard(self, user_stop: float) -> float:
        return self._heard_at.get(user_stop, user_stop)

    def _agent_spoke_early(self, early: _Early, user_stop: float) -> None:
        """Note what the agent said before the user's audio was over, with the user's last word known."""
        self._event(early.start, "agent_start_speaking", latency=early.start - user_stop)
        if early.start < user_stop:
            overlap = sum(stop - begin for begin, stop in self._on.agent.voiced(early.start, user_stop))
            self._event(early.start, "agent_interrupt", metadata={"overlap": round(overlap, 3)})
        if early.stop is None:
            self._agent_has_begun = True
        else:
            self._event(early.stop, "agent_stop_speaking")
        if early.is_answer_after(user_stop):
            self.user_stop = None
        self._began()

    # The agent

    def turn_begins(self, user_stop: float | None) -> float | None:
        """The agent's turn begins; return since when it is already answering.

        Args:
            user_stop: the user's last voiced sample, if the user has spoken.
        """
        early, self._cut_in = self._cut_in, []
        self._agent_is_in_turn = True
        self._is_barging_in = False
        if user_stop is None:
            return None
        return next((each.start for each in early if each.is_answer_after(user_stop)), None)

    def turn_ended(self, heard: HeardTurn) -> None:
        """The agent's turn is over, or was cut into."""
        self._agent_is_in_turn = False
        voiced = [] if heard.end is None else self._on.agent.voiced(heard.turn.start, heard.end)
        if voiced and self._agent_overruns and (before := self._on.agent.voiced(until=heard.turn.start)):
            self.agent_stopped(before[-1][1])  # within this turn, where ends may be pauses
        if voiced and not self._agent_has_begun:
            self._agent_starts(voiced[0][0])
        self._agent_overruns = heard.truncated and self._on.agent.is_speaking
        if voiced and not self._agent_overruns:
            self.agent_stopped(voiced[-1][1])
        turn = heard.turn
        if heard.start is not None:
            start = voiced[0][0] if voiced else heard.start
            stop = turn.user_stop if turn.answers else None
            stop = None if stop is None else self._when_heard(stop)
            self.timings.append(TurnTiming(turn.number, stop, start, turn.last_byte_sent, turn.first_byte))

    def agent_spoke_meanwhile(self, heard: HeardTurn, user_stop: float) -> None:
        """The agent said something, and finished, before the last word of the user who cut in."""
        turn, start = heard.turn, heard.start
        if start is not None:
            if not any(abs(early.start - start) < _SAME for early in self._cut_in):
                self._agent_spoke_early(_Early(start, heard.end), user_stop)
            self.timings.append(TurnTiming(turn.number, user_stop, start, None, turn.first_byte))

    def agent_answers(self, voiced: list[tuple[float, float]]) -> None:
        """It was already answering when its earlier turn, which was cut into, was looked at."""
        if voiced:
            self._agent_starts(voiced[0][0])

    def run_ends(self) -> None:
        """Nothing more is heard."""
        if self._agent_has_begun and (voiced := self._on.agent.voiced()):
            self.agent_stopped(voiced[-1][1])

    def agent_stopped(self, moment: float) -> None:
        """The agent's last voiced sample was heard."""
        self._agent_overruns = False
        if self._agent_has_begun:
            self._agent_has_begun = False
            self._event(moment, "agent_stop_speaking")

    def _agent_starts(self, moment: float) -> None:
        if self._agent_has_begun:
            return  # it goes on after a pause
        if self._user_is_speaking and self._user_has_begun and not self._is_barging_in:
            self._early.append(_Early(moment))  # what it cut into is known when the user has spoken
            return
        self._agent_has_begun = True
        latency = None if self.user_stop is None else moment - self._when_heard(self.user_stop)
        self.user_stop = None
        self._event(moment, "agent_start_speaking", latency=latency)
        self._began()

    def _event(self, moment: float, type: str, **facts: object) -> None:
        self._on.record(VoiceEvent(moment, type, **facts))  # pyright: ignore[reportArgumentType]
