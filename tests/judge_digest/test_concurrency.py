"""One formatter serves any number of judges."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from scenario._judge.digest import judge_span_digest_formatter

from .recorded_spans import Recorder

TIMES = 100


def spans_about(topic: str) -> list[object]:
    recorder = Recorder()
    shared = "a text of more than fifty characters that all spans have in common"
    for position in range(12):
        recorder.span(
            topic,
            f"{topic.encode().hex()[:4]}{position:02}",
            at=position,
            attributes={"text": f"{shared} and {topic} {position % 3}", "json": json.dumps([shared, topic])},
        )
    return recorder.spans


def test_two_threads_write_what_one_would():
    sets = [spans_about("tea"), spans_about("coffee")]
    alone = [judge_span_digest_formatter.format(spans) for spans in sets]
    start = Barrier(len(sets))

    def write(spans: list[object]) -> set[str]:
        start.wait()
        return {judge_span_digest_formatter.format(spans) for _ in range(TIMES)}

    with ThreadPoolExecutor(len(sets)) as threads:
        together = list(threads.map(write, sets))

    assert together == [{text} for text in alone]


def test_the_formatter_holds_nothing():
    judge_span_digest_formatter.format(spans_about("tea"))

    assert vars(judge_span_digest_formatter) == {}
