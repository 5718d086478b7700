"""The tracer provider that runs use: the application's, or one of our own."""

from __future__ import annotations

import logging
from random import SystemRandom
from typing import Any

from opentelemetry import trace
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

from scenario._tracing.collector import JudgeSpanCollector

logger = logging.getLogger("scenario")

_MAX_PROXIES = 10


class SystemIdGenerator(RandomIdGenerator):
    """Draws ids from the operating system.

    The SDK draws them from the shared `random` module: a test suite that seeds it gives equal ids to
    different runs.
    """

    _random = SystemRandom()

    def generate_span_id(self) -> int:
        """Return a new span id, never 0."""
        return self._random.randrange(1, 1 << 64)

    def generate_trace_id(self) -> int:
        """Return a new trace id, never 0."""
        return self._random.randrange(1, 1 << 128)


class ScenarioTracerProvider(TracerProvider):
    """The provider for applications that have none.

    Attributes:
        exports: whether it has a processor besides judge collectors, so that a flush may have work to do.
    """

    def __init__(self) -> None:
        super().__init__(id_generator=SystemIdGenerator())
        self.exports = False

    def add_span_processor(self, span_processor: SpanProcessor) -> None:
        """Add a processor; see `TracerProvider`."""
        super().add_span_processor(span_processor)
        self.exports = self.exports or not isinstance(span_processor, JudgeSpanCollector)


_private_provider: ScenarioTracerProvider | None = None


def sdk_provider() -> TracerProvider | None:
    """Return the SDK provider in use, itself or behind proxies; `None` when there is none."""
    provider: Any = trace.get_tracer_provider()
    for _ in range(_MAX_PROXIES):
        if isinstance(provider, TracerProvider):
            return provider
        provider = _behind(provider)
        if provider is None:
            break
    return _private_provider


def create_provider() -> TracerProvider:
    """Create a provider and make it the global one; call only when `sdk_provider()` is `None`."""
    global _private_provider
    provider = ScenarioTracerProvider()
    trace.set_tracer_provider(provider)
    current = sdk_provider()
    if current is not None:
        return current
    # OpenTelemetry lets the global provider be set only once, and a foreign one is already there.
    logger.warning(
        "the global tracer provider is a %s, which is not of the OpenTelemetry SDK: the judge cannot see the "
        "agent's spans. Set an opentelemetry.sdk.trace.TracerProvider before the first run",
        type(trace.get_tracer_provider()).__qualname__,
    )
    _private_provider = provider
    return provider


def _behind(proxy: Any) -> Any:
    get_delegate = getattr(proxy, "get_delegate", None)
    if callable(get_delegate):
        return get_delegate()
    # `provider` is where the proxy of logfire keeps it.
    return getattr(proxy, "_delegate", None) or getattr(proxy, "provider", None)
