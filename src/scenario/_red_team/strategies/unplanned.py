"""What strategies without an attack plan have in common."""

from __future__ import annotations

from typing import Literal

from scenario._red_team.strategy import RedTeamStrategy


class UnplannedStrategy(RedTeamStrategy):
    """A strategy that plans as it goes; its phases are marks of progress that the attacker never sees."""

    @property
    def needs_metaprompt_plan(self) -> bool:
        """`False`: no plan is made."""
        return False

    @property
    def phase_kind(self) -> Literal["staged", "progress"]:
        """`"progress"`: phases are for telemetry only."""
        return "progress"

    def get_phase_name(self, current_turn: int, total_turns: int) -> str:
        """Return `early`, `mid` or `late`."""
        progress = current_turn / total_turns
        return "early" if progress < 0.30 else "mid" if progress < 0.70 else "late"
