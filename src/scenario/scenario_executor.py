"""Where a run is put together: `run`, `arun`, and the executor behind them."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import logging
import os
import sys
from typing import TYPE_CHECKING, Any, Protocol

from scenario._engine.given import checked_agents, checked_script
from scenario._ids import new_id
from scenario._observer import Observer, RunInfo, process_observers
from scenario.config import ScenarioConfig, given_fields
from scenario.types import JudgmentRequest, Message, ScenarioResult, Usage

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from scenario._engine.channel import Channel
    from scenario._engine.run import Run
    from scenario._events import Events
    from scenario.agent_adapter import AgentAdapter
    from scenario.scenario_state import Callback
    from scenario.types import ScriptStep

__all__ = ["ScenarioExecutor", "arun", "run"]

_log = logging.getLogger("scenario")


class EventBusLike(Protocol):
    """What carries the events of a run somewhere."""

    def subscribe_to_events(self, events: Any) -> Any:
        """Take the events of `events` from now on."""
        ...

    def drain(self) -> Any:
        """Wait, in bounded time, until what was taken is delivered; may be asynchronous."""
        ...


async def run(
    name: str,
    description: str,
    agents: Sequence[AgentAdapter] = (),
    max_turns: int | None = None,
    verbose: bool | int | None = None,
    cache_key: str | None = None,
    debug: bool | None = None,
    script: Sequence[ScriptStep] | None = None,
    set_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    on_audio_chunk: Callable[[Any], None] | None = None,
    on_voice_event: Callable[[Any], None] | None = None,
    audio_playback: bool = False,
    *,
    min_turns: int | None = None,
    voice: Any = None,
) -> ScenarioResult:
    """Run a scenario in a thread and on an event loop of its own, and return the verdict.

    Blocking code in an adapter delays neither the caller nor other runs. Objects bound to the caller's loop
    cannot be awaited inside; use `arun` for those.

    Args:
        name: label in output, reports and events.
        description: the situation, told to the user simulator and the judge.
        agents: the participants, in calling order.
        max_turns: limit of automatic turns, at least 1; default 10.
        verbose: prints the conversation; `2` with the scenario's name on each line. Default on.
        cache_key: answers of models and of `@scenario.cache` functions are kept and replayed under this key.
        debug: asks on the terminal before each generated user turn.
        script: the steps; `None` and `[]` mean `[scenario.proceed()]`.
        set_id: groups runs in reports.
        metadata: goes with the run-started event.
        on_audio_chunk: called for every piece of audio, with a voice adapter.
        on_voice_event: called for every voice event.
        audio_playback: plays the conversation on the local audio device.
        min_turns: turns before which the judge is not asked unless a step forces it; default 0.
        voice: `VoiceOptions` of the run.

    Returns:
        The verdict, with the whole conversation.

    Raises:
        TypeError: an entry of `agents` or `script` is not what it should be.
        ValueError: a setting is out of range.
        AgentCallError: an agent raised; the cause is its exception.
    """
    executor = ScenarioExecutor(
        name, description, agents, script, max_turns, verbose, cache_key, debug, None, set_id, metadata,
        on_audio_chunk, on_voice_event, audio_playback, min_turns=min_turns, voice=voice,
    )  # fmt: skip
    await _load()
    from scenario._engine.isolation import run_isolated
    from scenario._model import aclose_clients

    return await run_isolated(executor.run, at_end=aclose_clients)


async def arun(
    name: str,
    description: str,
    agents: Sequence[AgentAdapter] = (),
    max_turns: int | None = None,
    verbose: bool | int | None = None,
    cache_key: str | None = None,
    debug: bool | None = None,
    script: Sequence[ScriptStep] | None = None,
    set_id: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    on_audio_chunk: Callable[[Any], None] | None = None,
    on_voice_event: Callable[[Any], None] | None = None,
    audio_playback: bool = False,
    *,
    min_turns: int | None = None,
    voice: Any = None,
) -> ScenarioResult:
    """Run a scenario on the caller's event loop and return the verdict.

    Takes, returns and raises what `run` does. Objects bound to the loop work in adapters; blocking code in
    one stops everything else on the loop.
    """
    executor = ScenarioExecutor(
        name, description, agents, script, max_turns, verbose, cache_key, debug, None, set_id, metadata,
        on_audio_chunk, on_voice_event, audio_playback, min_turns=min_turns, voice=voice,
    )  # fmt: skip
    return await executor.run()


class ScenarioExecutor:
    """One scenario, ready to run; each `run()` is a fresh run with new ids.

    Takes what `scenario.run` takes, and `event_bus`: where events go instead of the platform.

    Attributes:
        name: the scenario's name.
        description: the situation.
        agents: the participants.
        script: the steps.
        config: the configuration, merged when the executor was made.
        metadata: goes with the run-started event.
        batch_run_id: id of the batch that the process (or `SCENARIO_BATCH_RUN_ID`) stands for.
        scenario_set_id: the group of runs.
        event_bus: carries the events of a run somewhere.
        events: the event stream; `events.subscribe(callback)` gets every event object in order.
    """

    def __init__(
        self,
        name: str,
        description: str,
        agents: Sequence[AgentAdapter] = (),
        script: Sequence[ScriptStep] | None = None,
        max_turns: int | None = None,
        verbose: bool | int | None = None,
        cache_key: str | None = None,
        debug: bool | None = None,
        event_bus: EventBusLike | None = None,
        set_id: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        on_audio_chunk: Callable[[Any], None] | None = None,
        on_voice_event: Callable[[Any], None] | None = None,
        audio_playback: bool = False,
        *,
        min_turns: int | None = None,
        voice: Any = None,
    ) -> None:
        self.name = name
        self.description = description
        self.agents = checked_agents(agents)
        self.script = checked_script(script)
        self.config = (ScenarioConfig.default_config or ScenarioConfig()).merge(
            given_fields(
                max_turns=max_turns,
                min_turns=min_turns,
                verbose=verbose,
                cache_key=cache_key,
                debug=debug,
                voice=voice,
            )
        )
        self.metadata = dict(metadata or {})
        self.batch_run_id = _batch_run_id()
        self.scenario_set_id = set_id or "default"
        self.on_audio_chunk = on_audio_chunk
        self.on_voice_event = on_voice_event
        self.audio_playback = audio_playback
        self.event_bus = event_bus
        self._events: Events | None = None
        self._run: Run | None = None

    @property
    def events(self) -> Events:
        """The event stream of this executor's runs."""
        if self._events is None:
            from scenario._events import Events

            self._events = Events()
        return self._events

    async def run(self) -> ScenarioResult:
        """Run the scenario on the running loop, from the start, and return the verdict."""
        await _load()
        from scenario._cache import CacheScope, active_scope
        from scenario._engine.life import live
        from scenario._events import EventBus
        from scenario._tracing import ensure_tracing

        ensure_tracing(self.config.observability)
        bus: Any = self.event_bus or EventBus(config=self.config)
        bus.subscribe_to_events(self.events)
        run = self.reset()
        scope = CacheScope(
            cache_key=self.config.cache_key,
            default_model=self.config.default_model,
            max_turns=self.config.max_turns,
        )
        try:
            with active_scope(scope):
                return await live(run, self.script)
        finally:
            await _drained(bus)

    def reset(self) -> Run:
        """Forget the run in progress and prepare a new one, for the step methods below."""
        from scenario._console import ConsoleObserver, ask
        from scenario._engine.run import Run
        from scenario._events import EventRecorder
        from scenario._model import UsageMeter
        from scenario._tracing import RunTracing

        info = RunInfo(
            name=self.name,
            description=self.description,
            run_id=new_id("scenariorun"),
            thread_id=new_id("scenariothread"),
            batch_id=self.batch_run_id,
            set_id=self.scenario_set_id,
            config=self.config,
            agents=self.agents,
            metadata=self.metadata,
        )
        observers: list[Observer] = [EventRecorder(self.events), ConsoleObserver(), *process_observers()]
        self._run = Run(
            info,
            agents=self.agents,
            channel=self._channel(),
            observers=observers,
            tracing=RunTracing(info, price=_price),
            meter=UsageMeter(),
            ask=ask if self.config.debug else None,
        )
        return self._run

    def _channel(self) -> Channel:
        """Return the medium of a run: voice when a voice adapter takes part, else text."""
        if adapters := _voice_adapters(self.agents):
            from scenario.voice.channel import VoiceChannel

            return VoiceChannel(
                self.agents,
                adapters,
                options=self.config.voice,
                cache_key=self.config.cache_key,
                on_audio_chunk=self.on_audio_chunk,
                on_voice_event=self.on_voice_event,
                audio_playback=self.audio_playback,
            )
        from scenario._engine.channel import TextChannel

        return TextChannel()

    # A run step by step, without a script

    @property
    def _current(self) -> Run:
        return self._run or self.reset()

    async def step(self) -> list[Message] | ScenarioResult:
        """Play one automatic step; return the messages it added, or the verdict."""
        return await self._current.automatic_step()

    def add_message(self, message: Message) -> None:
        """Append a message to the conversation; see `ScenarioState.add_message`."""
        self._current.add_message(message)

    def add_messages(self, messages: Sequence[Message]) -> None:
        """Append several messages."""
        for message in messages:
            self.add_message(message)

    def rollback_messages_to(self, index: int) -> list[Message]:
        """Take back the messages from `index` on; see `ScenarioState.rollback_messages_to`."""
        return self._current.rollback_messages_to(index)

    async def message(self, message: Message) -> ScenarioResult | None:
        """See `script.message`."""
        return await self._current.message(message)

    async def user(self, content: str | Message | None = None) -> ScenarioResult | None:
        """See `script.user`."""
        return await self._current.user(content)

    async def agent(self, content: str | Message | None = None) -> ScenarioResult | None:
        """See `script.agent`."""
        return await self._current.agent(content)

    async def judge(
        self, criteria: list[str] | None = None, *, context: str | None = None
    ) -> ScenarioResult | None:
        """See `script.judge`."""
        return await self._current.judge(JudgmentRequest(criteria=criteria, context=context))

    async def proceed(
        self,
        turns: int | None = None,
        on_turn: Callback | None = None,
        on_step: Callback | None = None,
    ) -> ScenarioResult | None:
        """See `script.proceed`."""
        return await self._current.proceed(turns=turns, on_turn=on_turn, on_step=on_step)

    async def succeed(self, reasoning: str | None = None) -> ScenarioResult:
        """See `script.succeed`."""
        from scenario.script import succeed

        return await succeed(reasoning)(self._current.state)

    async def fail(self, reasoning: str | None = None) -> ScenarioResult:
        """See `script.fail`."""
        from scenario.script import fail

        return await fail(reasoning)(self._current.state)


_PARTS = (
    "scenario._cache", "scenario._console", "scenario._engine.isolation", "scenario._engine.life",
    "scenario._engine.run", "scenario._events.bus", "scenario._events.recorder", "scenario._model.meter",
    "scenario._model.clients", "scenario._tracing.run_tracing",
)  # fmt: skip


async def _load() -> None:
    """Load the parts of a run the first time, off the loop: together they would block it noticeably."""
    from scenario._model.loading import load_once

    await load_once("the parts of a run", lambda: [importlib.import_module(name) for name in _PARTS])


async def _drained(bus: Any) -> None:
    """Wait for a bus's delivery; a bus of the user's own may block, and does so in a thread.

    What it raises is logged: the run is over, and what it returned or raised stands.
    """
    try:
        if inspect.iscoroutinefunction(bus.drain):
            await bus.drain()
            return
        waiting: Awaitable[Any] | Any = await asyncio.to_thread(bus.drain)
        if inspect.isawaitable(waiting):
            await waiting
    except Exception as error:  # noqa: BLE001  # whatever a bus does, the run has its result
        _log.warning("the event bus failed to drain: %r", error)


def _price(model: str, input_tokens: int, output_tokens: int) -> float | None:
    """Return the price of a call that the agent under test made, in US dollars."""
    from scenario._model.prices import cost_of

    return cost_of(Usage(input_tokens=input_tokens, output_tokens=output_tokens), model)


def _batch_run_id() -> str:
    """Return the id of this process's batch; it is exported, so that child processes share it."""
    if not os.environ.get("SCENARIO_BATCH_RUN_ID"):
        os.environ["SCENARIO_BATCH_RUN_ID"] = new_id("scenariobatch")
    return os.environ["SCENARIO_BATCH_RUN_ID"]


def _voice_adapters(agents: Sequence[AgentAdapter]) -> list[Any]:
    base = sys.modules.get("scenario.voice.adapters.base")
    if base is None:  # then nobody can have made one
        return []
    return [agent for agent in agents if isinstance(agent, base.VoiceAgentAdapter)]
