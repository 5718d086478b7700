"""Attacks that come from one conversation with the attacker's model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario._red_team.history import History
from scenario._red_team.hooks import system_prompt

if TYPE_CHECKING:
    from scenario._red_team.attack_source import AttackDesk
    from scenario._red_team.strategy import AttackerOutput


class Conversation:
    """The attacker sees all that happened before and writes the next message.

    Attributes:
        history: the attacker's side of the run.
    """

    def __init__(self) -> None:
        self.history = History()

    async def next_attack(self, desk: AttackDesk) -> AttackerOutput:
        """Tell the attacker how its last message was received, and return its next one."""
        if desk.last is not None:
            self.history.answered(desk.last, remembers=desk.remembers)
        answer = await desk.attacker.attack(desk, system_prompt(desk), self.history)
        self.history.attacked(answer)
        return answer.output
