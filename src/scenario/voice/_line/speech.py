"""The speaking events of both sides, and how long the agent took to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._recording.latency import TurnTiming
from scenario.voice.events import VoiceEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.voice._audio.chunk import Speaker
    from scenario.voice._line.stage import Stage
    from scenario.voice._line.turn import HeardTurn


class Speech:
    """Turns the edges of speech on both tracks into events.

    Attributes:
        timings: of the agent's turns so far.
        user_stop: the user's last voiced sample that no turn of the agent has followed yet.
    """

    def __init__(self, began: Callable[[], None]) -> None:
        self.timings: list[TurnTiming] = []
        self.user_stop: float | None = None
        self._began = began
        self._stage: Stage | None = None
        self._user_is_speaking = False  # an utterance of the user is being heard
        self._user_has_begun = False  # and its first voiced sample was
        self._agent_has_begun = False
        self._agent_is_in_turn = False
        self._early: list[float] = []  # starts of the agent while the user was speaking
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
        elif not self._agent_is_in_turn:
            self.agent_stopped(moment)

    # The user

    def user_begins(self, *, over_agent: bool = False) -> None:
        """The user's utterance is being heard from now on."""
        self._user_is_speaking, self._user_has_begun, self._is_barging_in = True, False, over_agent

    def user_spoke(self, start: float, end: float) -> tuple[float, float]:
        """The utterance is over; return its first and last voiced moment."""
        self._user_is_speaking = False
        voiced = self._on.user.voiced(start, end)
        first, last = (voiced[0][0], voiced[-1][1]) if voiced else (start, end)
        if voiced:
            if not self._user_has_begun:
                self._event(first, "user_start_speaking")
            self._event(last, "user_stop_speaking")
        self.user_stop = last
        for moment in self._early:
            overlap = sum(stop - begin for begin, stop in self._on.agent.voiced(moment, last))
            self._event(moment, "agent_start_speaking", latency=moment - last)
            self._event(moment, "agent_interrupt", metadata={"overlap": round(overlap, 3)})
            self._agent_has_begun = True
        return first, last

    # The agent

    def turn_begins(self, user_started: float | None) -> float | None:
        """The agent's turn begins; return since when the agent has been speaking into the user's words.

        Args:
            user_started: when the user began, if the user has spoken.
        """
        early, self._early = self._early, []
        self._agent_is_in_turn = True
        self._is_barging_in = False
        return early[-1] if early and user_started is not None and self._on.agent.is_speaking else None

    def turn_ended(self, heard: HeardTurn) -> None:
        """The agent's turn is over, or was cut into."""
        self._agent_is_in_turn = False
        voiced = self._on.agent.voiced(heard.turn.start, heard.end)
        if voiced and not self._agent_has_begun:
            self._agent_starts(voiced[0][0])
        if voiced:
            self.agent_stopped(voiced[-1][1])
        turn = heard.turn
        if heard.start is not None:
            start = voiced[0][0] if voiced else heard.start
            stop = turn.user_stop if turn.answers else None
            self.timings.append(TurnTiming(turn.number, stop, start, turn.last_byte_sent, turn.first_byte))

    def agent_stopped(self, moment: float) -> None:
        """The agent's last voiced sample was heard."""
        if self._agent_has_begun:
            self._agent_has_begun = False
            self._event(moment, "agent_stop_speaking")

    def _agent_starts(self, moment: float) -> None:
        if self._agent_has_begun:
            return  # it goes on after a pause
        if self._user_is_speaking and self._user_has_begun and not self._is_barging_in:
            self._early.append(moment)  # what it cut into is known when the user has spoken
            return
        self._agent_has_begun = True
        latency = None if self.user_stop is None else moment - self.user_stop
        self.user_stop = None
        self._event(moment, "agent_start_speaking", latency=latency)
        self._began()

    def _event(self, moment: float, type: str, **facts: object) -> None:
        self._on.record(VoiceEvent(moment, type, **facts))  # pyright: ignore[reportArgumentType]
