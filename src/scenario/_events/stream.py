"""The place where a run's events are published and subscribed to."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario._events.model import ScenarioEvent

logger = logging.getLogger("scenario")


@dataclass(slots=True, eq=False)
class Subscription:
    """One subscriber.

    Attributes:
        callback: called with every event.
        snapshots: whether it has a use for snapshots; while no subscriber has, none are made.
        name: tells it from others; `None` for none.
    """

    callback: Callable[[ScenarioEvent], object]
    snapshots: bool = True
    name: str | None = None


class Events:
    """Hands every event to every subscriber, in order, on the thread of the run."""

    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def subscribe(
        self, callback: Callable[[ScenarioEvent], object], *, snapshots: bool = True, name: str | None = None
    ) -> Subscription:
        """Call `callback` with every event from now on; it takes the place of an equal one.

        It runs on the event loop of the run and must return at once. What it raises is logged and ignored.

        Args:
            callback: takes one event.
            snapshots: `False` for a subscriber that has no use for snapshots, which then may not be made.
            name: an earlier subscriber of this name is replaced too.
        """
        subscription = Subscription(callback, snapshots, name)
        others = [other for other in self._subscriptions if not _replaces(subscription, other)]
        self._subscriptions = [*others, subscription]
        return subscription

    @property
    def wants_snapshots(self) -> bool:
        """Whether any subscriber has a use for snapshots."""
        return any(subscription.snapshots for subscription in self._subscriptions)

    def publish(self, event: ScenarioEvent) -> None:
        """Hand `event` to all subscribers."""
        for subscription in self._subscriptions:
            try:
                subscription.callback(event)
            except Exception:
                logger.warning(
                    "A subscriber failed on the event %s; the run goes on.", event.type_, exc_info=True
                )


def _replaces(new: Subscription, old: Subscription) -> bool:
    return new.callback == old.callback or (new.name is not None and new.name == old.name)
