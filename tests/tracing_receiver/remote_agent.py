"""The tracing of an agent that runs elsewhere; as a program, the whole agent.

It answers the call that the environment tells of: `traceparent`, `baggage`, `OTEL_EXPORTER_OTLP_ENDPOINT`.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor, SpanProcessor

from scenario._tracing.provider import SystemIdGenerator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opentelemetry.trace import Tracer

SERVICE = "shop"


@contextmanager
def remote_agent(
    endpoint: str,
    *,
    compression: Compression = Compression.NoCompression,
    processor: type[SpanProcessor] = SimpleSpanProcessor,
) -> Iterator[Tracer]:
    provider = TracerProvider(
        resource=Resource({"service.name": SERVICE}),
        shutdown_on_exit=False,
        id_generator=SystemIdGenerator(),  # hypothesis seeds what the SDK draws from
    )
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", compression=compression, timeout=10)
    provider.add_span_processor(processor(exporter))
    yield provider.get_tracer("shop.desk", "1.2")
    provider.shutdown()


def main() -> None:
    from tests.tracing_receiver.running_call import context_of

    with (
        remote_agent(os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"], processor=BatchSpanProcessor) as tracer,
        tracer.start_as_current_span("POST /chat", context=context_of(os.environ)),
    ):
        tracer.start_span("look_up_stock", attributes={"item": "kettle"}).end()


if __name__ == "__main__":
    main()
