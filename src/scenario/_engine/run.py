"""One run: the steps that act on its conversation. `life` starts and ends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from scenario._engine.background import BackgroundTurn
from scenario._engine.callables import verdict_of
from scenario._engine.calls import AgentCalls
from scenario._engine.checkpoints import Checkpoints
from scenario._engine.conversation import Conversation, checked_copy
from scenario._engine.turns import TurnBoard
from scenario._engine.watchers import Watchers
from scenario._observer import Observer, RunInfo
from scenario.errors import NoAgentForRoleError
from scenario.scenario_state import Rollback, ScenarioState
from scenario.types import AgentRole, JudgmentRequest, Message, ScenarioResult

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from scenario._engine.channel import Channel
    from scenario._model import UsageMeter
    from scenario._tracing import RunTracing
    from scenario.agent_adapter import AgentAdapter
    from scenario.scenario_state import Callback
    from scenario.types import ScriptStep


class Run:
    """The state of one run and what its script can do to it (`scenario_state.RunControl`).

    Args:
        info: what identifies the run.
        agents: the participants, in calling order.
        channel: how turns are exchanged.
        observers: who is told what happens.
        tracing: the spans of the run.
        meter: its model usage.
        ask: in debug mode, asks the human for the user's message; `None` or empty lets the simulator act.
    """

    def __init__(
        self,
        info: RunInfo,
        *,
        agents: Sequence[AgentAdapter],
        channel: Channel,
        observers: Sequence[Observer],
        tracing: RunTracing,
        meter: UsageMeter,
        ask: Callable[[], Awaitable[str | None]] | None = None,
    ) -> None:
        self.info = info
        self.agents = tuple(agents)
        self.channel = channel
        self.tracing = tracing
        self.meter = meter
        self.rollbacks: list[Rollback] = []
        self.checkpoints = Checkpoints()
        self.verdict: ScenarioResult | None = None
        self.watchers = Watchers(info, observers)
        self.conversation = Conversation(len(self.agents))
        self.state = ScenarioState(
            description=info.description,
            messages=self.conversation.messages,
            thread_id=info.thread_id,
            config=info.config,
        )
        self.state._run = self  # pyright: ignore[reportPrivateUsage]  # noqa: SLF001  # the state's other half
        self.calls = AgentCalls(
            self.agents,
            state=self.state,
            conversation=self.conversation,
            channel=channel,
            tracing=tracing,
            meter=meter,
            watchers=self.watchers,
        )
        self._board = TurnBoard([agent.role for agent in self.agents])
        self._ask = ask
        self._background = BackgroundTurn(channel, info.run_id)
        self._trace: tuple[int, str | None] = (-1, None)
        self._changed = False

    # What a state offers

    @property
    def timeline(self) -> list[Any]:
        """The events of the channel so far."""
        return list(self.channel.timeline)

    def add_message(self, message: Message) -> None:
        """Append a message that no agent produced."""
        self._append(message)

    def rollback_messages_to(self, index: int) -> list[Message]:
        """Take back the messages from `index` on."""
        removed = self.conversation.withdraw_from(index)
        if removed:
            self.rollbacks.append(Rollback(self._board.current_turn, index, removed))
            self.calls.rolled_back(removed)
            self.channel.rolled_back(index)
            self._trace_id()
            self.tracing.rolled_back(index, len(removed))
            self.watchers.tell(Observer.messages_withdrawn, index, removed)
            self._changed = True
        return list(removed)

    def set_effects(self, effects: Sequence[Any]) -> None:
        """Replace the audio effects of the run's simulated users."""
        self.channel.set_effects(list(effects))

    # Steps

    async def user(
        self,
        content: str | Message | None,
        *,
        voice_style: str | None = None,
        audio_effects: Sequence[Any] | None = None,
    ) -> ScenarioResult | None:
        """Have the user speak; see `script.user`."""
        if self._background.is_running and self.channel.interrupts(content, self._simulator()):
            return await self._cut_in(content, voice_style=voice_style, audio_effects=audio_effects)
        if (verdict := await self._background.settle()) is not None:
            return verdict
        position = self._take(AgentRole.USER, content)
        if content is None and position is not None:
            return await self._act(position, voice_style=voice_style, audio_effects=audio_effects)
        simulator = None if position is None else self.agents[position]
        await self._say(
            _message("user", content), simulator, voice_style=voice_style, audio_effects=audio_effects
        )
        return None

    async def agent(self, content: str | Message | None, *, wait: bool = True) -> ScenarioResult | None:
        """Have the agent under test speak; see `script.agent`."""
        if not wait and self._background.is_running:
            raise RuntimeError(
                "agent(wait=False): a background turn of the agent is still running; let a step that waits "
                "for it (user, agent, judge, proceed) come in between."
            )
        if (verdict := await self._background.settle()) is not None:
            return verdict
        position = self._take(AgentRole.AGENT, content)
        if content is not None or position is None:
            self._append(_message("assistant", content))
            self._publish()
            return None
        if wait:
            return await self._act(position)
        self._background.begin(self._act(position), position)
        return None

    async def interrupt(self, content: str | Message | None, *, cue: Any) -> ScenarioResult | None:
        """Have the agent begin its turn and the user cut into it; see `interrupt` of the voice steps."""
        if not self._background.is_running:
            if (verdict := await self._background.settle()) is not None:
                return verdict
            if content is None and not self._board.has(AgentRole.USER):
                raise _no_agent(AgentRole.USER, content)
            position = self._take(AgentRole.AGENT, None)
            if position is None:
                raise _no_agent(AgentRole.AGENT, None)
            self._background.begin(self._act(position), position)
        return await self._cut_in(content, cue=cue)

    async def judge(self, request: JudgmentRequest) -> ScenarioResult | None:
        """Have the judge decide now; see `script.judge`."""
        if (verdict := await self._background.settle()) is not None:
            return verdict
        if not self._board.has(AgentRole.JUDGE):
            raise _no_agent(AgentRole.JUDGE, None)
        verdict = await self._ask_judge(request)
        if request.criteria is None:
            return self._end(verdict)
        return self._end(self.checkpoints.record(request.criteria, verdict))

    async def message(self, message: Message) -> ScenarioResult | None:
        """Add a message in its author's turn; see `script.message`."""
        role = checked_copy(message)["role"]
        if role == "user":
            return await self.user(message)
        if role == "assistant":
            return await self.agent(message)
        if (verdict := await self._background.settle()) is not None:
            return verdict
        self._append(message)
        self._publish()
        return None

    async def proceed(
        self,
        *,
        turns: int | None = None,
        on_turn: Callback | None = None,
        on_step: Callback | None = None,
        interruptions: Any = None,
    ) -> ScenarioResult | None:
        """Let the conversation run by itself; see `script.proceed`."""
        if (verdict := await self._background.settle()) is not None:
            return verdict
        if not self.agents:
            raise ValueError(
                "proceed() needs agents, and this scenario has none: pass agents=[...] to run()."
            )
        played = 0
        # Whoever reached it: steps that run inside a callback or an agent's call may end the run too.
        while self.verdict is None and (turns is None or played < turns):
            turn = self._board.current_turn
            position = self._board.take_automatic()
            if position is None:
                await self._next_turn(on_turn)
            else:
                cue = None
                if not self.state.is_last_turn and (turns is None or played + 1 < turns):
                    cue = self._draw_interruption(position, interruptions)
                await (self._act(position) if cue is None else self._act_interrupted(position, cue))
                await self._callback(on_step)
                if self._board.current_turn > turn:
                    self._keep_to_limit()  # such steps may open turns as well, and might do so for ever
                played += self._board.turn_is_over()
        return self.verdict

    async def conclude(self, result: ScenarioResult) -> ScenarioResult:
        """End the run with a verdict of the script's own."""
        verdict = await self._background.settle()
        if verdict is None:
            self._end(result)
        return result if verdict is None else verdict

    async def automatic_step(self) -> list[Message] | ScenarioResult:
        """Play one automatic step; return the messages it added, or the verdict."""
        if not self.agents:
            raise ValueError("step() needs agents, and this scenario has none.")
        before = len(self.conversation.messages)
        while (position := self._board.take_automatic()) is None:
            await self._next_turn(None)
            if self.verdict is not None:
                return self.verdict
        verdict = await self._act(position)
        return self.conversation.messages[before:] if verdict is None else verdict

    async def play(self, script: Sequence[ScriptStep]) -> ScenarioResult:
        """Play a script up to its first verdict and return that."""
        for step in script:
            verdict = await verdict_of(step, self.state)
            self._publish()
            if verdict is not None:
                return verdict
            # A verdict of a step that ran inside this one counts even when its return value was dropped.
            if self.verdict is not None:
                return self.verdict
        if (verdict := await self._background.settle()) is not None:
            return verdict
        if self.checkpoints:
            return ScenarioResult(success=True, messages=[], reasoning="All inline criteria passed.")
        return ScenarioResult(
            success=False,
            messages=[],
            reasoning="Reached the end of script without a verdict. End the script with scenario.judge(), "
            "scenario.succeed() or scenario.fail().",
        )

    async def stop(self) -> None:
        """Cancel the background turn, if one is running, and wait until it has ended."""
        await self._background.stop()

    # How steps are made

    def _take(self, role: AgentRole, content: str | Message | None) -> int | None:
        """Take a slot for a scripted step, in a new turn if need be."""
        if content is None and not self._board.has(role):
            raise _no_agent(role, content)
        position = self._board.take_scripted(role)
        self._turn_may_have_changed()
        return position

    async def _act(
        self,
        position: int,
        *,
        voice_style: str | None = None,
        audio_effects: Sequence[Any] | None = None,
    ) -> ScenarioResult | None:
        """Have the agent at `position` take its turn."""
        agent = self.agents[position]
        if agent.role is AgentRole.USER and self._ask is not None and (typed := await self._ask()):
            await self._say(_message("user", typed), agent)
            return None
        if agent.role is AgentRole.JUDGE:
            return self._end(await self._ask_judge(None, position))
        trace_id = self._trace_id()
        answer = await self.calls.call(position)
        for message in answer.messages:
            spoken = message
            if agent.role is AgentRole.USER:
                spoken = await self.channel.speak(
                    message, agent, voice_style=voice_style, audio_effects=audio_effects
                )
            self._append(spoken, producer=position, trace_id=trace_id)
        self._publish()
        return self._end(answer.verdict)

    # Turns that are cut into

    def _simulator(self) -> AgentAdapter | None:
        return next((agent for agent in self.agents if agent.role is AgentRole.USER), None)

    def _draw_interruption(self, position: int, settings: Any) -> Any:
        simulator = self._simulator()
        if simulator is None or self.agents[position].role is not AgentRole.AGENT:
            return None
        return self.channel.draw_interruption(settings, simulator)

    async def _act_interrupted(self, position: int, cue: Any) -> ScenarioResult | None:
        """Have the agent take its turn and the user cut into it; the user's next slot is used by that."""
        simulator = self._simulator()
        if simulator is None:  # nobody could have drawn the cue
            return await self._act(position)
        turn = self._background.begin(self._act(position), position)

        async def interject() -> Message:
            return await self.channel.interjection(cue, simulator, await self.channel.begun(turn))

        message = await self._background.compose(interject(), cue)
        if message is None:
            return await self._background.settle()
        verdict = await self._barge_in(message)
        self._board.use_next(AgentRole.USER)
        return verdict

    async def _cut_in(
        self,
        content: str | Message | None,
        *,
        cue: Any = None,
        voice_style: str | None = None,
        audio_effects: Sequence[Any] | None = None,
    ) -> ScenarioResult | None:
        """Have the user cut into the agent's turn that runs in the background."""
        turn = self._background.turn

        async def compose() -> Message | ScenarioResult:
            said: Message | ScenarioResult = _message("user", content)
            if content is None:
                said = await self._interjection_of(await self.channel.begun(turn))
            if isinstance(said, ScenarioResult):
                return said
            return await self.channel.speak(
                said, self._simulator(), voice_style=voice_style, audio_effects=audio_effects
            )

        message = await self._background.compose(compose(), cue, also_when_over=True)
        if message is None or isinstance(message, ScenarioResult):
            return self._end(message)
        return await self._barge_in(message, opens_turn=True, content=content)

    async def _interjection_of(self, heard: Message | None) -> Message | ScenarioResult:
        """Have the simulator write what the user says who cuts in; it sees what was heard so far."""
        position = next(i for i, agent in enumerate(self.agents) if agent.role is AgentRole.USER)
        answer = await self.calls.call(position, heard=heard)
        if answer.verdict is not None:
            return answer.verdict
        return answer.messages[-1] if answer.messages else _message("user", "")

    async def _barge_in(
        self, message: Message, *, opens_turn: bool = False, content: str | Message | None = None
    ) -> ScenarioResult | None:
        """Have the user cut in; the conversation gets what was heard, of the turn and of the user."""
        told = await self.channel.barge_in(self._background.turn, message)
        if (verdict := self._background.cut_off()) is not None:
            return verdict
        for heard in told:
            if heard is not message:
                self._append(heard, producer=self._background.position)
                continue
            if opens_turn:
                self._take(AgentRole.USER, content if content is not None else "")
            self._append(heard)
        self._publish()
        return None

    async def _ask_judge(
        self, request: JudgmentRequest | None, position: int | None = None
    ) -> ScenarioResult | None:
        position = self._board.take_judge() if position is None else position
        trace_id = self._trace_id()
        answer = await self.calls.call(position, request)
        for message in answer.messages:
            self._append(message, producer=position, trace_id=trace_id)
        self._publish()
        return answer.verdict

    async def _say(
        self,
        message: Message,
        simulator: AgentAdapter | None,
        *,
        voice_style: str | None = None,
        audio_effects: Sequence[Any] | None = None,
    ) -> None:
        """Add a user's message that was not written by an agent; it is new for every agent."""
        spoken = await self.channel.speak(
            message, simulator, voice_style=voice_style, audio_effects=audio_effects
        )
        self._append(spoken)
        self._publish()

    async def _next_turn(self, on_turn: Callback | None) -> None:
        self._board.open_turn()
        self._turn_may_have_changed()
        await self._callback(on_turn)
        self._keep_to_limit()

    def _keep_to_limit(self) -> None:
        """End the run when the turn in progress is one more than automatic steps may play."""
        limit = self.info.config.max_turns
        if self._board.current_turn >= limit:
            reasoning = f"Reached the maximum turns ({limit}) without a verdict."
            self._end(ScenarioResult(success=False, messages=[], reasoning=reasoning))

    async def _callback(self, callback: Callback | None) -> None:
        """Call a callback of `proceed`; a verdict that it returns ends the run."""
        if callback is None:
            return
        verdict = await verdict_of(callback, self.state)
        self._publish()
        self._end(verdict)

    def _end(self, verdict: ScenarioResult | None) -> ScenarioResult | None:
        """Remember the verdict that ends the run: the first one, which no later one can turn round."""
        if self.verdict is None:
            self.verdict = verdict
        return verdict

    def _turn_may_have_changed(self) -> None:
        if self.state.current_turn != self._board.current_turn:
            self.state.current_turn = self._board.current_turn
            self.watchers.tell(Observer.turn_opened, self._board.current_turn)

    def _trace_id(self) -> str | None:
        """Return the trace of the turn in progress; a turn in which nothing happens has none."""
        if self._trace[0] != self._board.current_turn:
            trace_id = self.tracing.open_turn(self._board.current_turn)
            self._trace = (self._board.current_turn, trace_id if trace_id.strip("0") else None)
        return self._trace[1]

    def _append(self, message: Message, *, producer: int | None = None, trace_id: str | None = None) -> None:
        stored = self.conversation.add(message, trace_id=trace_id or self._trace_id(), producer=producer)
        text = _text(stored)
        if text and stored["role"] == "user":
            self.tracing.turn_text(user=text, assistant=None)
        elif text and stored["role"] == "assistant":
            self.tracing.turn_text(user=None, assistant=text)
        self.watchers.tell(Observer.message_added, stored)
        self._changed = True

    def _publish(self) -> None:
        if self._changed:
            self._changed = False
            self.watchers.tell(Observer.conversation_changed, self.conversation.messages)


def _message(role: str, content: str | Message | None) -> Message:
    return {"role": role, "content": content} if not isinstance(content, dict) else content


def _text(message: Message) -> str:
    """Return the text of a message; text parts are joined by a blank."""
    content: Any = message.get("content")
    if not isinstance(content, list):
        return content if isinstance(content, str) else ""
    parts = [cast("Message", part) for part in cast("list[Any]", content) if isinstance(part, dict)]
    return " ".join(str(part.get("text", "")) for part in parts if part.get("type") == "text")


def _no_agent(role: AgentRole, content: str | Message | None) -> NoAgentForRoleError:
    remedy = {
        AgentRole.USER: "a scenario.UserSimulatorAgent()",
        AgentRole.AGENT: "an adapter for your agent (a subclass of scenario.AgentAdapter)",
        AgentRole.JUDGE: "a scenario.JudgeAgent(criteria=[...])",
    }[role]
    said = "" if content is None else f" for {content!r}"
    return NoAgentForRoleError(
        role.value,
        f"The script wants role {role.value} to act{said}, and no agent has it: add {remedy} to agents.",
    )
