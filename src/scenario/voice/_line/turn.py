"""The agent's turn in progress."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scenario.voice._line.text import TurnText

if TYPE_CHECKING:
    from scenario.types import Message
    from scenario.voice._line.news import News


@dataclass
class Turn:
    """What is known of an agent's turn while it is heard; times are media times.

    Attributes:
        number: counts the turns of the run, from 0.
        begun_at: when the agent was to answer.
        start: what the agent says from here on belongs to the turn.
        answers: whether the user has spoken since the agent's previous turn.
        user_stop: the user's last voiced sample before it.
        last_byte_sent: when the last audio of the user was handed over.
        final_before: the adapter's final text before the turn; another one belongs to the turn.
        ends_to_skip: end marks that belong to what the agent was saying when the turn began.
        first_byte: when anything came from the agent.
        last_data: when audio came last.
        audio_start: where its first audio was placed.
        placed_before: samples of the agent that were placed before that.
        ended_at: the end of the audio that came before the explicit end.
        final_at_end: the adapter's final text at that end; what it tells later may be of the next utterance.
        text: its words.
        tool_calls: its tool calls, in the form of messages.
    """

    number: int
    begun_at: float
    start: float
    answers: bool = False
    user_stop: float | None = None
    last_byte_sent: float | None = None
    final_before: News | None = None
    ends_to_skip: int = 0
    first_byte: float | None = None
    last_data: float | None = None
    audio_start: float | None = None
    placed_before: int = 0
    ended_at: float | None = None
    final_at_end: News | None = None
    text: TurnText = field(default_factory=TurnText)
    tool_calls: list[Message] = field(default_factory=list["Message"])

    def is_over_by(self, moment: float) -> bool:
        """Whether its explicit end is known and was heard at a media time."""
        return self.ended_at is not None and self.ended_at <= moment


@dataclass(frozen=True)
class HeardTurn:
    """An agent's turn as it was heard.

    Attributes:
        turn: what was known of it.
        start: media time of its first sample; `None` when nothing was heard.
        end: media time after its last one.
        text: what was said.
        interrupted: whether the user cut into it.
        truncated: whether it was cut off since it lasted too long.
    """

    turn: Turn
    start: float | None
    end: float | None
    text: str
    interrupted: bool = False
    truncated: bool = False
