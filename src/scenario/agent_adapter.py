"""The one interface between a scenario and whatever takes part in it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from scenario.types import AgentRole

if TYPE_CHECKING:
    from scenario.types import AgentInput, AgentReturnTypes

__all__ = ["AgentAdapter"]


class AgentAdapter(ABC):
    """Base of every participant: subclass it and call your agent in `call`.

    `role` says which part the participant plays; an instance attribute overrides the class value.

    Optional methods, used when present:

    - `async on_rollback(removed_messages, thread_id)`: messages were taken back from the conversation; an
      agent with a memory of its own forgets them here. Awaited before the agent's next call.
    - `notify_agent_turn()`: a turn begins in which this agent is to speak without having been spoken to.
    """

    role: AgentRole = AgentRole.AGENT

    @abstractmethod
    async def call(self, input: AgentInput) -> AgentReturnTypes:
        """Answer the conversation.

        Args:
            input: the conversation so far and what is new in it for this agent.

        Returns:
            Text, one message, a list of messages (tool calls and their results included; `[]` for none), or
            a `ScenarioResult`, which ends the run.
        """
