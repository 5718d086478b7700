"""One call of an agent: its input, its queue, its span, its time, and its errors."""

from __future__ import annotations

import inspect
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scenario._engine.answers import read_answer
from scenario._engine.conversation import fresh_copies
from scenario._observer import Observer
from scenario.errors import AgentCallError
from scenario.types import AgentInput, AgentRole, JudgmentRequest, Message, ScenarioResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scenario._engine.channel import Channel
    from scenario._engine.conversation import Conversation
    from scenario._engine.watchers import Watchers
    from scenario._model import UsageMeter
    from scenario._tracing import RunTracing
    from scenario.agent_adapter import AgentAdapter
    from scenario.scenario_state import ScenarioState

_OTHER_LOOP = ("attached to a different loop", "bound to a different event loop", "Event loop is closed")
"""How Python says that something is used on another event loop than its own."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call gave: messages to add, or the verdict that ends the run."""

    messages: Sequence[Message] = ()
    verdict: ScenarioResult | None = None


class AgentCalls:
    """Calls the agents of a run, known by their position.

    Attributes:
        agent_time: seconds spent so far in calls of agents of role AGENT, failed ones included.
    """

    def __init__(
        self,
        agents: Sequence[AgentAdapter],
        *,
        state: ScenarioState,
        conversation: Conversation,
        channel: Channel,
        tracing: RunTracing,
        meter: UsageMeter,
        watchers: Watchers,
    ) -> None:
        self._agents = agents
        self._state = state
        self._thread_id = state.thread_id  # a field of the state that agents might change
        self._conversation = conversation
        self._channel = channel
        self._tracing = tracing
        self._meter = meter
        self._watchers = watchers
        self._rollbacks: list[list[list[Message]]] = [[] for _ in agents]
        self.agent_time = 0.0

    def rolled_back(self, removed: list[Message]) -> None:
        """Have every agent that wants to know told of withdrawn messages before its next call."""
        for agent, pending in zip(self._agents, self._rollbacks, strict=True):
            if hasattr(agent, "on_rollback"):
                pending.append(removed)

    async def call(
        self, position: int, request: JudgmentRequest | None = None, *, heard: Message | None = None
    ) -> Answer:
        """Call the agent at `position`.

        Args:
            position: of the agent.
            request: what an explicit step asks of the judge.
            heard: a message that is not in the conversation yet; the agent sees it as the last one.

        Raises:
            AgentCallError: the agent raised or returned something unusable; what was new for it stays new.
        """
        agent = self._agents[position]
        name = type(agent).__name__
        if await self._channel.prepare(agent):
            self._watchers.tell(Observer.conversation_changed, self._conversation.messages)
        taken = self._conversation.take(position)
        self._watchers.tell(Observer.call_started, name, agent.role)
        started = time.perf_counter()
        try:
            with self._tracing.call(name, agent.role) as span, self._meter.role(agent.role.value):
                await self._tell_rollbacks(position)
                input = self._input(taken, request=request, headers=span.headers)
                if heard is not None:
                    input.messages.append(heard)
                    input.new_messages.append(heard)
                answer = await self._channel.call(agent, input)
                read = read_answer(answer, agent=name, role=agent.role)
                if isinstance(read, ScenarioResult):
                    if agent.role is AgentRole.JUDGE:
                        span.judged(name, read)
                    # The conversation of a verdict is the engine's to say: a replayed one has another.
                    return Answer(verdict=read.model_copy(update={"messages": []}))
                return Answer(messages=read)
        except Exception as error:
            self._conversation.put_back(position, taken)
            raise AgentCallError(name, error, hint=_hint(error)) from error
        except BaseException:
            self._conversation.put_back(position, taken)
            raise
        finally:
            if agent.role is AgentRole.AGENT:
                self.agent_time += time.perf_counter() - started
            self._watchers.tell(Observer.call_ended, name, agent.role)

    def _input(
        self, taken: Sequence[Message], *, request: JudgmentRequest | None, headers: dict[str, str]
    ) -> AgentInput:
        return AgentInput(
            thread_id=self._thread_id,
            messages=self._conversation.view(),
            new_messages=fresh_copies(taken),
            judgment_request=request,
            scenario_state=self._state,
            propagation_headers=headers,
        )

    async def _tell_rollbacks(self, position: int) -> None:
        agent: Any = self._agents[position]
        pending = self._rollbacks[position]
        while pending:
            told = agent.on_rollback(fresh_copies(pending[0]), self._thread_id)
            if inspect.isawaitable(told):  # agents that need not wait for it write a plain method
                await told
            del pending[0]


def _hint(error: BaseException) -> str:
    cause: BaseException | None = error  # clients wrap it: all that they say may be "Connection error."
    while cause is not None:
        if isinstance(cause, RuntimeError) and any(text in str(cause) for text in _OTHER_LOOP):
            return (
                "the agent holds an object of another event loop (a lock, session or client made outside, or "
                "in an earlier run); scenario.run() gives each run a loop of its own, scenario.arun() uses "
                "the caller's"
            )
        cause = cause.__cause__ or cause.__context__
    return ""
