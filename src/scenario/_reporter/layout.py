"""The lines of the end-of-run report."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING, Literal, NamedTuple

from scenario._reporter.plain_text import can_show, one_line
from scenario._reporter.reported_run import superseded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scenario._reporter.reported_run import ReportedRun
    from scenario._reporter.reporter import ScenarioReporter
    from scenario.types import CriterionVerdict, ScenarioResult, Usage

Style = Literal["", "bold", "green", "yellow", "red"]
Detail = Literal["brief", "normal", "full"]

_SYMBOLS = {"true": "✓", "false": "✗", "inconclusive": "?"}
_ASCII_SYMBOLS = {"true": "+", "false": "x", "inconclusive": "?"}
_NOTES = {"SUCCESS": "", "FAILED": "", "ERROR": " (error)", "CANCELLED": " (cancelled)"}
_REASONING_LIMIT = 1000
_CRITERION_LIMIT = 300


class Line(NamedTuple):
    """A line of the report; `indent` is in columns, and also that of continuation lines."""

    text: str
    style: Style = ""
    indent: int = 0

    def __str__(self) -> str:
        return f"{' ' * self.indent}{self.text}"


def report_lines(
    reporter: ScenarioReporter, *, encoding: str = "utf-8", detail: Detail = "normal"
) -> list[Line]:
    """Lay out the report.

    Args:
        reporter: the runs; without any there are no lines.
        encoding: of the stream that the lines are for; decides on the symbols.
        detail: `"brief"` leaves out the judge's words on single criteria and the usage; `"full"` shortens
            no text.
    """
    if not reporter.results:
        return []
    return list(_Layout(reporter, encoding=encoding, detail=detail).lines())


class _Layout:
    def __init__(self, reporter: ScenarioReporter, *, encoding: str, detail: Detail) -> None:
        self._reporter = reporter
        self._symbols = _SYMBOLS if can_show("".join(_SYMBOLS.values()), encoding) else _ASCII_SYMBOLS
        self._detail = detail

    def lines(self) -> Iterator[Line]:
        yield from self._totals()
        runs = self._reporter.results
        for number, (entry, rerun) in enumerate(zip(runs, superseded(runs), strict=True), start=1):
            yield Line("")
            yield self._heading(number, entry, rerun=rerun)
            yield from self._body(entry)

    def _totals(self) -> Iterator[Line]:
        summary = self._reporter.get_summary()
        rate = summary["success_rate"]
        yield Line("=== Scenario Test Report ===", "bold")
        yield Line(f"Total Scenarios: {summary['total']}")
        yield Line(f"Passed: {summary['passed']}")
        yield Line(f"Failed: {summary['failed']}")
        yield Line(f"Success Rate: {rate:g}%", "green" if rate == 100 else "yellow" if rate >= 70 else "red")
        if self._detail != "brief" and (usage := _total_usage(self._reporter.results)):
            yield Line(f"Model Usage: {_usage_text(usage)}")

    def _heading(self, number: int, entry: ReportedRun, *, rerun: bool) -> Line:
        result = entry["result"]
        verdict = "PASSED" if result.success else "FAILED"
        note = " (rerun)" if rerun else ""
        text = (
            f"{number}. {one_line(entry['scenario'].name, self._limit(_CRITERION_LIMIT))} - "
            f"{verdict}{_NOTES[entry['status']]}{note}{_times(result)}"
        )
        return Line(text, "yellow" if rerun else "green" if result.success else "red")

    def _body(self, entry: ReportedRun) -> Iterator[Line]:
        result = entry["result"]
        if result.reasoning:
            yield Line(f"Reasoning: {one_line(result.reasoning, self._limit(_REASONING_LIMIT))}", indent=3)
        yield from self._criteria(result)
        if self._detail != "brief" and result.usage and (usage := result.usage.total) and _counts(usage):
            yield Line(f"Usage: {_usage_text(usage)}", indent=3)
        if (node_id := entry["scenario"].place.node_id) is not None:
            yield Line(f"Test: {one_line(node_id)}", indent=3)

    def _criteria(self, result: ScenarioResult) -> Iterator[Line]:
        passed, failed = result.passed_criteria, result.failed_criteria
        met = _verdicts_by_text(verdict for verdict in result.criteria if verdict.status == "true")
        unmet = _verdicts_by_text(verdict for verdict in result.criteria if verdict.status != "true")
        if passed:
            yield Line(f"Passed Criteria: {len(passed)}/{len(passed) + len(failed)}", indent=3)
            # Without the judge's words the texts of met criteria only repeat the test's source.
            for text in passed if self._detail != "brief" else ():
                if met[text]:
                    yield self._criterion(text, "true", met[text].popleft().reasoning)
        if failed:
            yield Line(f"Failed Criteria: {len(failed)}", indent=3)
            for text in failed:
                verdict = unmet[text].popleft() if unmet[text] else None
                undecided = "inconclusive" if text in result.inconclusive_criteria else "false"
                status = verdict.status if verdict else undecided
                yield self._criterion(text, status, verdict.reasoning if verdict else "")

    def _criterion(self, text: str, status: str, reasoning: str) -> Line:
        limit = self._limit(_CRITERION_LIMIT)
        line = f"{self._symbols[status]} {one_line(text, limit)}"
        if reasoning and self._detail != "brief":
            line += f" ({one_line(reasoning, limit)})"
        return Line(line, indent=5)

    def _limit(self, characters: int) -> int | None:
        return None if self._detail == "full" else characters


def _times(result: ScenarioResult) -> str:
    if result.total_time is None:
        return ""
    agent = "" if result.agent_time is None else f" (agent: {result.agent_time:.2f}s)"
    return f" in {result.total_time:.2f}s{agent}"


def _verdicts_by_text(verdicts: Iterable[CriterionVerdict]) -> defaultdict[str, deque[CriterionVerdict]]:
    """Group verdicts by criterion, in order: one criterion may be judged more than once."""
    by_text: defaultdict[str, deque[CriterionVerdict]] = defaultdict(deque)
    for verdict in verdicts:
        by_text[verdict.criterion].append(verdict)
    return by_text


def _counts(usage: Usage) -> bool:
    return bool(usage.calls or usage.cache_hits or usage.input_tokens or usage.output_tokens)


def _total_usage(entries: Sequence[ReportedRun]) -> Usage | None:
    """Add up every run, repeated ones too: they were paid for."""
    usages = [entry["result"].usage.total for entry in entries if entry["result"].usage]
    total = sum(usages[1:], start=usages[0]) if usages else None
    return total if total and _counts(total) else None


def _usage_text(usage: Usage) -> str:
    hits = f" (+ {usage.cache_hits} from the cache)" if usage.cache_hits else ""
    cached = f" ({usage.cached_input_tokens:,} cached)" if usage.cached_input_tokens else ""
    cost = (
        ", cost unknown" if usage.cost_usd is None else f", ${usage.cost_usd:.4f}" if usage.cost_usd else ""
    )
    calls = "1 model call" if usage.calls == 1 else f"{usage.calls:,} model calls"
    return f"{calls}{hits}, {usage.input_tokens:,} tokens in{cached}, {usage.output_tokens:,} out{cost}"
