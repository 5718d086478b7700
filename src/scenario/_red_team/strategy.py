"""What a red-team strategy is: how attacks are asked for, and how the attacker's answers are read."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from scenario._red_team.attack_source import AttackSource


@dataclass(frozen=True)
class AttackerOutput:
    """One answer of the attacker's model, taken apart.

    Attributes:
        reply: the message for the target; nothing else of the answer is ever sent.
        observation: what the attacker saw in the last response.
        strategy: what it intends, and why.
        parse_failed: the answer did not keep the strategy's format; `reply` is then all of it.
        technique_ids: the techniques that the attacker named.
        thought: its reasoning.
    """

    reply: str
    observation: str = ""
    strategy: str = ""
    parse_failed: bool = False
    technique_ids: tuple[str, ...] = ()
    thought: str = ""


class RedTeamStrategy(ABC):
    """A way to attack; subclass it for your own and implement the two abstract methods.

    A strategy keeps nothing of a run, so one instance may serve any number of agents.

    Attributes:
        history_mode: `"continue"` attacks in one conversation; with `"fresh"` the conversation is rolled back
            to its start before each attack.
    """

    history_mode: Literal["continue", "fresh"] = "continue"

    @abstractmethod
    def build_system_prompt(
        self,
        target: str,
        current_turn: int,
        total_turns: int,
        scenario_description: str,
        metaprompt_plan: str = "",
        **kwargs: Any,
    ) -> str:
        """Return the attacker's system prompt for one exchange.

        Args:
            target: the objective.
            current_turn: number of the exchange, from 1.
            total_turns: exchanges planned.
            scenario_description: the situation, as given to `run`.
            metaprompt_plan: the attack plan; empty for strategies without.
            **kwargs: what else is known: `scores` (exchange to score or `None`), `last_refusal` (text of the
                refusal that came last, or empty), `backtracks_left`, `rng` (the run's generator).
        """

    @abstractmethod
    def get_phase_name(self, current_turn: int, total_turns: int) -> str:
        """Return the name of an exchange's phase, for telemetry."""

    def template_variables(self, total_turns: int) -> dict[str, Any]:
        """Return further placeholders of the plan prompt."""
        return {}

    @property
    def needs_metaprompt_plan(self) -> bool:
        """Whether a plan is made before the first attack."""
        return True

    @property
    def phase_kind(self) -> Literal["staged", "progress"]:
        """Whether phases are stages that the attacker is told, or just marks of progress."""
        return "staged"

    def parse_attacker_output(self, raw: str) -> AttackerOutput:
        """Return the attacker's answer taken apart.

        Args:
            raw: the answer, not blank.
        """
        return AttackerOutput(reply=raw)

    def chosen_technique_ids(self, strategy_text: str) -> list[str]:
        """Return the ids of the techniques that the attacker says it uses."""
        return []

    def begin(self) -> AttackSource:
        """Return what gives the attacks of one run, in order; the default is one conversation."""
        from scenario._red_team.conversation import Conversation

        return Conversation()
