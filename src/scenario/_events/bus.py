"""The default event bus: posts the events of runs to the platform, if there is a key for it."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING

from scenario._events.announce import Announcer
from scenario._events.model import (
    ScenarioEvent,
    ScenarioMessageSnapshotEvent,
    ScenarioRunFinishedEvent,
    ScenarioRunStartedEvent,
)
from scenario._events.queue import Delivery, Job
from scenario._events.settings import drain_timeout, media_policy
from scenario._events.target import find_key, find_target
from scenario._events.worker import delivery_queue
from scenario.config import LangWatchSettings, ScenarioConfig

if TYPE_CHECKING:
    from scenario._events.stream import Events, Subscription

logger = logging.getLogger("scenario")


class EventBus:
    """Queues the events of any number of runs for delivery in the background.

    What it takes from the environment is read at the start of each run. Without a key nothing is queued, and
    without a usable endpoint neither.
    """

    def __init__(
        self, settings: LangWatchSettings | None = None, *, config: ScenarioConfig | None = None
    ) -> None:
        """Make a bus.

        Args:
            settings: where to post and with which key; `None` reads the environment at each run's start.
            config: `verbose` and `headless` of the run; `None` is the global configuration.
        """
        self._settings = settings
        self._announcer = Announcer(config or ScenarioConfig.default_config or ScenarioConfig())
        self._deliveries: dict[str, Delivery] = {}
        self._last_snapshots: dict[str, ScenarioMessageSnapshotEvent] = {}
        self._undrained: set[str] = set()

    def subscribe_to_events(self, events: Events) -> None:
        """Take the events of every run that is published to `events`, in place of an earlier bus."""

        def take(event: ScenarioEvent) -> None:
            if isinstance(event, ScenarioRunStartedEvent):
                self._begin(event, subscription)
            self._queue(event)

        # An executor that makes a bus for each of its runs must not post the second run twice.
        subscription = events.subscribe(take, snapshots=False, name=__name__)

    async def drain(self, run_id: str | None = None) -> None:
        """Wait until the run's events are delivered, at most `SCENARIO_EVENT_DRAIN_TIMEOUT` seconds.

        What is late is still delivered in the background.

        Args:
            run_id: the run; `None` waits for all runs of this bus.
        """
        runs = self._undrained.copy() if run_id is None else self._undrained & {run_id}
        if not runs:
            return
        queue = delivery_queue()
        idle = [asyncio.wrap_future(queue.idle(run)) for run in runs]
        try:
            _, late = await asyncio.wait(idle, timeout=drain_timeout())
            if late:
                logger.debug("Events of %d runs are late; they are delivered in the background.", len(late))
        finally:
            for future in idle:
                future.cancel()
            self._undrained -= {run for run in runs if run not in self._deliveries}  # those that are over

    def _begin(self, event: ScenarioRunStartedEvent, subscription: Subscription) -> None:
        settings = self._settings or LangWatchSettings()
        key = find_key(settings)
        target = find_target(settings, key) if key else None
        subscription.snapshots = target is not None
        if not key:
            self._announcer.greet(event.batch_run_id)
        if target is not None:
            self._undrained.add(event.scenario_run_id)
            self._deliveries[event.scenario_run_id] = Delivery(
                target=target,
                media=media_policy(),
                on_url=partial(self._announcer.show_link, event.batch_run_id),
            )

    def _queue(self, event: ScenarioEvent) -> None:
        run_id = event.scenario_run_id
        delivery = self._deliveries.get(run_id)
        if delivery is None:
            return
        queue = delivery_queue()
        if isinstance(event, ScenarioMessageSnapshotEvent):
            self._last_snapshots[run_id] = event
        elif isinstance(event, ScenarioRunFinishedEvent):
            del self._deliveries[run_id]
            last = self._last_snapshots.pop(run_id, None)
            if last is not None and delivery.media == "final":
                queue.put(Job(last, delivery, closing=True))
        queue.put(Job(event, delivery))
