"""What is done with each event in turn: attempts, refusals, and endpoints that are down."""

from __future__ import annotations

import hashlib
import json
import logging
import time
from typing import TYPE_CHECKING, Any, Protocol, cast

from scenario._events.body import encode
from scenario._events.health import SECONDS_UNTIL_PROBE, Health
from scenario._events.log import warn
from scenario._events.model import ScenarioMessageSnapshotEvent
from scenario._media import elide_media

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario._events.client import Answer
    from scenario._events.queue import EventQueue, Job
    from scenario._events.target import Target

logger = logging.getLogger("scenario")

# Seconds to wait after each failed attempt. The third failure in a row takes the endpoint down.
_WAITS = (0.1, 0.2, 0.0)
_SHOWN = 300


class Client(Protocol):
    """What posts a body; see `EventClient`."""

    def post(self, target: Target, body: bytes) -> Answer:
        """Post `body` to `target`."""
        ...


class Poster:
    """Delivers one job after the other; remembers refused keys and unreachable endpoints."""

    def __init__(
        self,
        queue: EventQueue,
        client: Client,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Post through `client`; what has become hopeless is dropped from `queue`.

        Args:
            queue: where the jobs come from.
            client: the connection pool.
            sleep: waits between attempts, seconds.
            clock: monotonic seconds.
        """
        self._queue = queue
        self._client = client
        self._sleep = sleep
        self._clock = clock
        self._health: dict[str, Health] = {}
        self._refused: set[Target] = set()
        self._reported: set[tuple[str, int | None]] = set()

    def post(self, job: Job) -> None:
        """Deliver `job` or give it up."""
        target = job.delivery.target
        if target in self._refused:
            return
        health = self._health.setdefault(target.url, Health(self._clock))
        if health.down:
            health.lost += 1
            return
        body = encode(job.event, media=job.closing or job.delivery.media == "always")
        digest = hashlib.sha256(body).digest()
        if job.closing and digest == job.delivery.posted:
            return  # nothing had been left out when this snapshot was posted before
        answer = self._attempt(target, health, body)
        if answer is None or not answer.accepted:
            return
        if isinstance(job.event, ScenarioMessageSnapshotEvent):
            job.delivery.posted = digest
        self._read_answer(answer, job)

    def _attempt(self, target: Target, health: Health, body: bytes) -> Answer | None:
        """Post until there is an answer that counts; return it, or `None` when the endpoint is down."""
        for wait in _WAITS:
            answer = self._client.post(target, body)
            if not answer.retryable:
                if lost := health.answered():
                    logger.info("%s answers again; %d events were lost.", target.url, lost)
                if not answer.accepted:
                    self._rejected(target, answer)
                return answer
            logger.debug("Posting an event to %s failed: %s", target.url, _describe(target, answer))
            if health.failed():
                self._went_down(target, health, answer)
                return None
            self._sleep(wait if answer.retry_after is None else answer.retry_after)
        return None

    def _went_down(self, target: Target, health: Health, answer: Answer) -> None:
        known = health.lost > 0  # a probe failed: this was reported when the endpoint went down
        dropped = 1 + self._queue.discard(lambda job: job.delivery.target.url == target.url)
        health.lost += dropped
        if not known:
            warn(
                "%s cannot be reached (%s): %d events dropped; it is tried again in %d s.",
                target.url,
                _describe(target, answer),
                dropped,
                SECONDS_UNTIL_PROBE,
            )

    def _rejected(self, target: Target, answer: Answer) -> None:
        if answer.status in (401, 403):
            self._refused.add(target)
            self._queue.discard(lambda job: job.delivery.target == target)
            warn(
                "%s refuses the key (%s): nothing more is posted with it. Check LANGWATCH_API_KEY.",
                target.url,
                _describe(target, answer),
            )
            return
        self._report_once(target, answer)

    def _read_answer(self, answer: Answer, job: Job) -> None:
        content = _object(answer.text)
        if content.get("success") is False:
            self._report_once(job.delivery.target, answer)
        if isinstance(url := content.get("url"), str):
            job.delivery.on_url(url)

    def _report_once(self, target: Target, answer: Answer) -> None:
        """Say that an event was not taken: a warning for the first of its kind, then at DEBUG."""
        message = "%s did not take an event: %s"
        kind = (target.url, answer.status)
        if kind in self._reported:
            logger.debug(message, target.url, _describe(target, answer))
        else:
            self._reported.add(kind)
            warn(message, target.url, _describe(target, answer))


def _object(text: str) -> dict[str, Any]:
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    # The cast only names the type that `isinstance` cannot see into.
    return cast("dict[str, Any]", content) if isinstance(content, dict) else {}


def _describe(target: Target, answer: Answer) -> str:
    text = target.redact(elide_media(answer.text))
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return shown if answer.status is None else f"HTTP {answer.status}: {shown!r}"
