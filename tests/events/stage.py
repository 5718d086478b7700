"""A stand-in for the engine: plays a run to an `EventRecorder`, the way observers are told of one."""

from __future__ import annotations

import itertools
from typing import Any

from scenario._events import EventRecorder, Events
from scenario._observer import RunInfo, RunOutcome, RunStatus
from scenario.config import ScenarioConfig
from scenario.types import ScenarioResult

_numbers = itertools.count(1)


class Stage:
    """One run: `start`, then changes of the conversation, then `end`."""

    def __init__(self, events: Events | None = None, **info: Any) -> None:
        number = next(_numbers)
        self.events = events or Events()
        self.recorder = EventRecorder(self.events)
        self.messages: list[Any] = []
        self.seen: list[Any] = []
        values: dict[str, Any] = {
            "name": "refund",
            "description": "A user wants money back.",
            "run_id": f"scenariorun_{number}",
            "thread_id": f"scenariothread_{number}",
            "batch_id": "scenariobatch_1",
            "set_id": "default",
            "config": ScenarioConfig(),
        }
        self.run = RunInfo(**values | info)

    def watched(self) -> Stage:
        """Collect the run's events in `seen`."""
        self.events.subscribe(self.seen.append)
        return self

    def start(self) -> Stage:
        self.recorder.run_started(self.run)
        return self

    def add(self, *messages: Any) -> Stage:
        """One step that adds `messages`."""
        for message in messages:
            self.messages.append(message)
            self.recorder.message_added(self.run, message)
        return self.changed()

    def say(self, *texts: str) -> Stage:
        """One step per text, by the user."""
        for text in texts:
            self.add({"role": "user", "content": text})
        return self

    def withdraw(self, index: int) -> Stage:
        removed = self.messages[index:]
        del self.messages[index:]
        self.recorder.messages_withdrawn(self.run, index, removed)
        return self

    def changed(self) -> Stage:
        self.recorder.conversation_changed(self.run, self.messages)
        return self

    def end(self, status: RunStatus = "SUCCESS", error: BaseException | None = None, **outcome: Any) -> Stage:
        success = status == "SUCCESS"
        values: dict[str, Any] = {
            "result": ScenarioResult(success=success, messages=[]) if error is None else None,
            "reasoning": "because",
            "met_criteria": (),
            "unmet_criteria": (),
            "total_time": 1.5,
            "agent_time": 0.5,
        }
        self.recorder.run_ended(
            self.run, RunOutcome(status=status, error=error, **values | outcome), self.messages
        )
        return self

    @property
    def kinds(self) -> list[str]:
        return [event.type_.removeprefix("SCENARIO_") for event in self.seen]


def play(bus: Any, *texts: str, **info: Any) -> Stage:
    """Play a whole run whose events `bus` takes; the user says `texts`."""
    stage = Stage(**info)
    bus.subscribe_to_events(stage.events)
    return stage.start().say(*texts).end()
