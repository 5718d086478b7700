"""How the cost of the judge's trace digest grows with the spans."""

from __future__ import annotations

import gc
import tracemalloc
from typing import TYPE_CHECKING

from benchmarks.measure import Figures, Measurement, growth_exponent, timed

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan

_SMALL, _LARGE = 10, 20_000
_ROUNDS = {_SMALL: 2000, _LARGE: 1}  # the same number of spans in all, so that both are measured well


def digest_growth() -> Figures:
    """Measure the digest of 10 and of 20,000 spans: full form and structure, CPU and memory per digest."""
    from scenario._judge.digest import judge_span_digest_formatter as formatter

    figures: Figures = {}
    for form, write in (("full", formatter.format), ("structure", formatter.format_structure_only)):
        cpu: dict[int, float] = {}
        memory: dict[int, float] = {}
        for size, rounds in _ROUNDS.items():
            spans = _spans(size)
            write(spans)
            gc.freeze()  # the spans themselves are not the digest's to look through
            with timed() as took:
                for _ in range(rounds):
                    write(spans)
            cpu[size] = took.cpu / rounds
            tracemalloc.start()
            write(spans)
            memory[size] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            gc.unfreeze()
        figures[f"{form}_at_20000_ms"] = cpu[_LARGE] * 1e3
        figures[f"{form}_cpu_exponent"] = growth_exponent(cpu[_SMALL], cpu[_LARGE], factor=_LARGE / _SMALL)
        figures[f"{form}_memory_exponent"] = growth_exponent(
            memory[_SMALL], memory[_LARGE], factor=_LARGE / _SMALL
        )
    return figures


def _spans(count: int) -> list[ReadableSpan]:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("shop")
    for number in range(count // 5):
        with tracer.start_as_current_span("handle", attributes={"order.id": number}):
            for name in ("retrieve", "rerank", "chat gpt-5-mini", "lookup_order"):
                tracer.start_span(name, attributes={"input": f"{name} order {number}", "rows": number}).end()
    return list(exporter.get_finished_spans())


MEASUREMENTS = {"digest_growth": Measurement(digest_growth)}
