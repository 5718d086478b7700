"""All collector methods are thread-safe."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from scenario._tracing import JudgeSpanCollector

from .span_helpers import THREAD, provider_with

WORKERS = 8
ROUNDS = 200


def test_threads_that_start_end_look_up_and_clear_at_once_do_not_mix():
    collector = JudgeSpanCollector()
    tracer = provider_with(collector).get_tracer("app")
    together = Barrier(WORKERS)

    def run(worker: int) -> list[int]:
        together.wait(timeout=30)
        seen = []
        for number in range(ROUNDS):
            thread = f"{worker}-{number}"
            with tracer.start_as_current_span("turn"):
                with tracer.start_as_current_span("call", attributes={THREAD: thread}):
                    tracer.start_span("child").end()
                tracer.start_span("unrelated").end()
                seen.append(len(collector.get_spans_for_thread(thread)))
            collector.clear_spans_for_thread(thread)
        return seen

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(WORKERS) as pool:
            results = list(pool.map(run, range(WORKERS)))
    finally:
        sys.setswitchinterval(interval)

    assert results == [[2] * ROUNDS] * WORKERS
    assert len(collector._index._nodes) == 0


def test_a_generator_that_the_garbage_collector_closes_may_end_a_span_inside_the_collector():
    collector = JudgeSpanCollector()
    tracer = provider_with(collector).get_tracer("app")

    def abandoned():
        with tracer.start_as_current_span("streamed", attributes={THREAD: "t"}):
            yield

    def leave_one():
        generator = abandoned()
        next(generator)
        cycle = [generator]
        cycle.append(cycle)

    leave_one()
    with collector._lock:
        gc.collect()

    assert len(collector.get_spans_for_thread("t")) == 1
