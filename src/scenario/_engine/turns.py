"""Turns and slots: whose turn it is. Each entry of `agents` may act at most once in a turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.types import AgentRole

if TYPE_CHECKING:
    from collections.abc import Sequence

ORDER = (AgentRole.USER, AgentRole.AGENT, AgentRole.JUDGE)


class TurnBoard:
    """Which roles are open in the turn in progress, and which agents still have their slot in it.

    Agents are known by their position in the scenario's list, so the same instance listed twice has two
    slots. A role without any agent has one imaginary slot, which only fixed content can take.
    """

    def __init__(self, roles: Sequence[AgentRole]) -> None:
        self._positions = {role: [i for i, r in enumerate(roles) if r is role] for role in ORDER}
        self.current_turn = 0
        self._used_ahead: list[AgentRole] = []
        self._restore()

    def _restore(self) -> None:
        self._open = list(ORDER)
        self._free = {role: list(positions) for role, positions in self._positions.items()}
        self._imaginary = {role for role, positions in self._positions.items() if not positions}

    def open_turn(self) -> None:
        """Leave the turn in progress and open the next one, with every role and slot."""
        self.current_turn += 1
        self._restore()
        for role in self._used_ahead:
            del self._free[role][:1]
        self._used_ahead.clear()

    def use_next(self, role: AgentRole) -> None:
        """Have the first slot of a role taken already when the next turn opens."""
        self._used_ahead.append(role)

    def has(self, role: AgentRole) -> bool:
        """Return whether the scenario has an agent of that role."""
        return bool(self._positions[role])

    def take_scripted(self, role: AgentRole) -> int | None:
        """Close the roles before `role` and take its first free slot, in a new turn if this one has none.

        Returns:
            The agent's position; `None` for the imaginary slot of a role without agents.
        """
        if not self._can_take(role):
            self.open_turn()
        self._close_before(role)
        if self._free[role]:
            return self._free[role].pop(0)
        self._imaginary.discard(role)
        return None

    def take_judge(self) -> int:
        """Close the other roles and take a judge's slot; without a free one the first judge acts again."""
        self._close_before(AgentRole.JUDGE)
        free = self._free[AgentRole.JUDGE]
        return free.pop(0) if free else self._positions[AgentRole.JUDGE][0]

    def take_automatic(self) -> int | None:
        """Take the next slot of the turn in progress; `None` when the turn is over."""
        while self._open:
            free = self._free[self._open[0]]
            if free:
                return free.pop(0)
            self._open.pop(0)
        return None

    def turn_is_over(self) -> bool:
        """Return whether no agent is still to act in the turn in progress."""
        return not any(self._free[role] for role in self._open)

    def _can_take(self, role: AgentRole) -> bool:
        return role in self._open and bool(self._free[role] or role in self._imaginary)

    def _close_before(self, role: AgentRole) -> None:
        self._open = [other for other in self._open if ORDER.index(other) >= ORDER.index(role)]
