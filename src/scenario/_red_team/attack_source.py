"""Where the attacks of one run come from, and what such a source can see and ask."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import random
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from scenario._red_team.exchange import Exchange
    from scenario._red_team.history import History
    from scenario._red_team.strategy import AttackerOutput, RedTeamStrategy


class AttackSource(Protocol):
    """Gives the attacks of one run; it may keep whatever it needs of that run."""

    async def next_attack(self, desk: AttackDesk) -> AttackerOutput:
        """Return the next attack.

        Args:
            desk: the run as it stands, and the models to ask.
        """
        ...


class AttackerModel(Protocol):
    """The attacker's model as a source may use it."""

    async def attack(self, desk: AttackDesk, system_prompt: str, history: History) -> Answer:
        """Return an answer that can be sent, asking again as often as allowed."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the attacker that can be sent.

    Attributes:
        output: the answer, taken apart.
        raw: the answer as it came, for the attacker's own history.
    """

    output: AttackerOutput
    raw: str


@dataclass(frozen=True, slots=True)
class AttackDesk:
    """The run as it stands when an attack is due.

    Attributes:
        strategy: what is played.
        target: the objective.
        description: the situation.
        plan: the attack plan; empty without.
        exchange: number of the exchange that is to begin, from 1.
        total_turns: exchanges planned.
        finished: the exchanges so far, evaluated, oldest first.
        scores: exchange to score, `None` where the scorer failed.
        last_refusal: text of the refusal that came last; empty without.
        backtracks_left: how many refused exchanges may still be taken back.
        remembers: the target keeps a memory of its own which a rollback does not reach.
        spoken: the message will be spoken.
        rng: the run's generator.
        token: marks blocks of data in the attacker's prompts.
        token_limit: most estimated tokens of a history that is shown to the attacker.
        attacker: the attacker's model.
        grade: asks the evaluating model, at temperature 0.
    """

    strategy: RedTeamStrategy
    target: str
    description: str
    plan: str
    exchange: int
    total_turns: int
    finished: Sequence[Exchange]
    scores: Mapping[int, int | None]
    last_refusal: str
    backtracks_left: int
    remembers: bool
    spoken: bool
    rng: random.Random
    token: str
    token_limit: int
    attacker: AttackerModel = field(repr=False)
    grade: Callable[[str], Awaitable[str]] = field(repr=False)

    @property
    def last(self) -> Exchange | None:
        """The exchange before; `None` at the start."""
        return self.finished[-1] if self.finished else None
