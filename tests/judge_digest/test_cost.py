"""Work grows with the spans, and not with what nobody will see."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scenario._judge.digest import judge_span_digest_formatter

from .recorded_spans import context, hand_made, ms


class Counted(dict[str, object]):
    """Attributes that count how often they are read."""

    reads = 0

    def items(self):
        Counted.reads += 1
        return super().items()


def spans(count: int) -> list[object]:
    return [
        hand_made(
            name=f"step {position}",
            context=context(position + 1),
            parent=context(position // 3) if position > 2 else None,
            start_time=ms(position),
            attributes=Counted(text=f"text {position}"),
        )
        for position in range(count)
    ]


def reads(action) -> int:
    Counted.reads = 0
    action()
    return Counted.reads


def steps(action) -> int:
    """How many lines of Python an action runs."""
    count = 0

    def trace(frame, event, argument):
        nonlocal count
        count += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


def test_a_digest_reads_only_the_attributes_that_it_may_show():
    few = reads(lambda: judge_span_digest_formatter.digest(spans(2_000)))
    many = reads(lambda: judge_span_digest_formatter.digest(spans(8_000)))

    assert few < 2_000
    assert many <= few * 1.2


@pytest.mark.parametrize(
    "write",
    [
        judge_span_digest_formatter.format,
        judge_span_digest_formatter.format_structure_only,
        lambda spans: judge_span_digest_formatter.digest(spans).text,
    ],
    ids=["format", "format_structure_only", "digest"],
)
def test_the_work_is_linear(write):
    small, large = spans(1_000), spans(4_000)

    assert steps(lambda: write(large)) < 4.5 * steps(lambda: write(small))


def test_the_full_form_of_a_chain_grows_linearly():
    def chain(length: int) -> list[object]:
        return [
            hand_made(context=context(n + 1), parent=context(n) if n else None, start_time=ms(n))
            for n in range(length)
        ]

    small, large = (
        len(judge_span_digest_formatter.format(chain(length)).encode()) for length in (1_000, 4_000)
    )

    assert large < 4.5 * small


def test_importing_the_package_imports_no_opentelemetry():
    code = (
        "import sys, scenario._judge.digest; "
        "assert not [name for name in sys.modules if name.startswith('opentelemetry')]"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
