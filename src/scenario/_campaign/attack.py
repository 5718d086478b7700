"""One attack of a campaign, and the list of all of them."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scenario._campaign.objective import Objective, objective_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scenario._red_team.strategy import RedTeamStrategy
    from scenario.red_team_agent import RedTeamAgent

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Attack:
    """One objective, attacked once by one strategy; `str()` names it, for example `system_prompt-goat-2`.

    Attributes:
        objective: what the attacker tries to achieve.
        strategy: the strategy's name.
        trial: which of the repeated trials, from 1.
        seed: of every random draw of this attack.
        campaign: name of the campaign.
        strategy_object: the strategy itself, where it was given as an object.
        settings: what else `RedTeamAgent` is made with.
    """

    objective: Objective
    strategy: str
    trial: int
    seed: int
    campaign: str = "red team"
    strategy_object: RedTeamStrategy | None = field(default=None, repr=False)
    # Not in the repr: a key may be among them.
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, hash=False)

    def __str__(self) -> str:
        return f"{self.objective.id}-{self.strategy}-{self.trial}"

    @property
    def objective_id(self) -> str:
        """The objective's id."""
        return self.objective.id

    def agent(self, **overrides: Any) -> RedTeamAgent:
        """Return a fresh attacker; each one serves a single run.

        Args:
            **overrides: keywords of `RedTeamAgent`, or of the strategy's factory, that win over `settings`.
        """
        from scenario._red_team.registry import BUILT_IN
        from scenario.red_team_agent import RedTeamAgent

        settings: dict[str, Any] = {
            "target": self.objective.text,
            "seed": self.seed,
            **self.settings,
            **overrides,
        }
        if self.strategy_object is None and self.strategy in BUILT_IN:
            agent: RedTeamAgent = getattr(RedTeamAgent, self.strategy)(**settings)
        else:
            agent = RedTeamAgent(strategy=self.strategy_object or self.strategy, **settings)
        agent.objective_id, agent.trial, agent.campaign = self.objective.id, self.trial, self.campaign
        return agent


def attacks(
    objectives: Iterable[Objective | str],
    *,
    strategies: Iterable[RedTeamStrategy | str] = ("crescendo", "goat"),
    trials: int = 1,
    seed: int | None = None,
    campaign: str = "red team",
    **settings: Any,
) -> list[Attack]:
    """Return every objective times every strategy times every trial, in this order.

    They share nothing. An attack's seed depends on the campaign's seed and on its own objective, strategy and
    trial only: it stays the same when others are added, left out, or run in another process.

        @pytest.mark.parametrize("attack", attacks(OBJECTIVES, trials=3, seed=7), ids=str)

    Args:
        objectives: what to attack; a plain text gets an id made from it.
        strategies: names of strategies, or strategies. A built-in one is made by its factory, with the
            factory's defaults.
        trials: attacks for each objective and strategy.
        seed: of the campaign; default: a fresh one.
        campaign: name of the campaign, for reports.
        **settings: keywords of `RedTeamAgent` for all of them: `model`, `total_turns`, `success_score`, ...

    Raises:
        ValueError: nothing to attack, a number below 1, an unknown strategy, or two attacks of one name.
        TypeError: a strategy is neither a strategy nor a name, or one objective or strategy was given where
            several are expected.
    """
    from scenario._red_team.registry import chosen_strategy

    for name, given in (("objectives", objectives), ("strategies", strategies)):
        if isinstance(given, str | Objective):
            raise TypeError(f"{name} must be a list, got {given!r} alone")
    if taken := settings.keys() & {"target", "strategy"}:
        raise TypeError(f"{', '.join(sorted(taken))} must not be given: each attack has its own")
    if trials < 1:
        raise ValueError(f"trials must be at least 1, got {trials!r}")
    seed = secrets.randbits(63) if seed is None else seed
    chosen = [(_name(given, chosen_strategy(given)), given) for given in strategies]
    made = [
        Attack(
            objective=objective,
            strategy=name,
            trial=trial,
            seed=_seed(seed, objective.id, name, trial),
            campaign=campaign,
            strategy_object=None if isinstance(given, str) else given,
            settings=settings,
        )
        for objective in map(objective_from, objectives)
        for name, given in chosen
        for trial in range(1, trials + 1)
    ]
    if not made:
        raise ValueError("expected at least one objective and one strategy")
    return checked(made)


def checked(attacks: Iterable[Attack]) -> list[Attack]:
    """Return attacks whose names all differ.

    Raises:
        ValueError: two have the same name, and would be one in tests, reports and statistics.
    """
    by_name: dict[str, Attack] = {}
    for attack in attacks:
        if str(attack) in by_name:
            raise ValueError(
                f"two attacks are named {str(attack)!r}; give every objective an id of its own, every "
                "strategy once, and different trials"
            )
        by_name[str(attack)] = attack
    return list(by_name.values())


def _name(given: RedTeamStrategy | str, strategy: RedTeamStrategy) -> str:
    if isinstance(given, str):
        return given
    return _CAPITAL.sub("_", type(strategy).__name__.removesuffix("Strategy")).lower()


def _seed(campaign: int, objective: str, strategy: str, trial: int) -> int:
    """Return 63 bits that are the same in every process; Python's own `hash` of a text is not."""
    text = json.dumps([campaign, objective, strategy, trial])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) >> 1
