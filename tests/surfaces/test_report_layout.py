from scenario._reporter.layout import report_lines
from scenario._reporter.reported_run import Place
from scenario._reporter.reporter import ScenarioReporter
from scenario.types import CriterionVerdict, RunUsage, Usage

from .played import begin, end, verdict


class Named:
    name = "a refund"


def laid_out(*results, **options):
    reporter = ScenarioReporter()
    for result in results:
        reporter.add_result(Named(), result)
    return [str(line) for line in report_lines(reporter, **options)]


def style_of(start, *results):
    reporter = ScenarioReporter()
    for result in results:
        reporter.add_result(Named(), result)
    return next(line.style for line in report_lines(reporter) if line.text.startswith(start))


def test_no_runs_give_no_lines():
    assert laid_out() == []


def test_the_totals_come_first():
    lines = laid_out(verdict(), verdict(success=False), verdict())
    assert lines[:5] == [
        "=== Scenario Test Report ===",
        "Total Scenarios: 3",
        "Passed: 2",
        "Failed: 1",
        "Success Rate: 66.67%",
    ]


def test_a_passed_run():
    result = verdict(passed_criteria=["asks for the order", "is polite"])
    assert laid_out(result)[5:] == [
        "",
        "1. a refund - PASSED in 1.23s (agent: 0.50s)",
        "   Reasoning: it was so",
        "   Passed Criteria: 2/2",
    ]


def test_a_failed_run_lists_the_failed_criteria():
    result = verdict(success=False, passed_criteria=["is polite"], failed_criteria=["refunds", "apologises"])
    assert laid_out(result)[6:] == [
        "1. a refund - FAILED in 1.23s (agent: 0.50s)",
        "   Reasoning: it was so",
        "   Passed Criteria: 1/3",
        "   Failed Criteria: 2",
        "     ✗ refunds",
        "     ✗ apologises",
    ]


def test_unknown_times_and_reasoning_are_left_out():
    result = verdict(reasoning=None, total_time=None, agent_time=None)
    assert laid_out(result)[6:] == ["1. a refund - PASSED"]


def test_the_judges_words_stand_beside_each_criterion():
    result = verdict(
        success=False,
        passed_criteria=["is polite"],
        failed_criteria=["refunds", "apologises"],
        inconclusive_criteria=["apologises"],
        criteria=[
            CriterionVerdict(criterion="is polite", status="true", reasoning="says please"),
            CriterionVerdict(criterion="refunds", status="false", reasoning="it refused in #4"),
            CriterionVerdict(criterion="apologises", status="inconclusive"),
        ],
    )
    assert laid_out(result)[8:] == [
        "   Passed Criteria: 1/3",
        "     ✓ is polite (says please)",
        "   Failed Criteria: 2",
        "     ✗ refunds (it refused in #4)",
        "     ? apologises",
    ]


def test_a_criterion_judged_twice_keeps_both_verdicts_apart():
    result = verdict(
        success=False,
        passed_criteria=["is polite"],
        failed_criteria=["is polite"],
        criteria=[
            CriterionVerdict(criterion="is polite", status="true", reasoning="at first"),
            CriterionVerdict(criterion="is polite", status="false", reasoning="not later"),
        ],
    )
    assert "     ✓ is polite (at first)" in laid_out(result)
    assert "     ✗ is polite (not later)" in laid_out(result)


def test_a_stream_without_the_symbols_gets_ascii():
    result = verdict(success=False, failed_criteria=["refunds"])
    assert laid_out(result, encoding="ascii")[-1] == "     x refunds"


def test_long_texts_are_shortened_unless_all_detail_is_wanted():
    result = verdict(success=False, reasoning="r" * 5000, failed_criteria=["c" * 5000])
    assert max(map(len, laid_out(result))) < 1100
    assert max(map(len, laid_out(result, detail="full"))) > 5000


def test_brief_leaves_out_what_is_beyond_the_verdict():
    result = verdict(
        passed_criteria=["is polite"],
        criteria=[CriterionVerdict(criterion="is polite", status="true", reasoning="says please")],
        usage=RunUsage(total=Usage(calls=3)),
    )
    assert laid_out(result, detail="brief")[5:] == [
        "",
        "1. a refund - PASSED in 1.23s (agent: 0.50s)",
        "   Reasoning: it was so",
        "   Passed Criteria: 1/1",
    ]


def test_usage_is_shown_per_run_and_in_total():
    usage = Usage(
        calls=3, cache_hits=1, input_tokens=1200, cached_input_tokens=800, output_tokens=90, cost_usd=0.0021
    )
    lines = laid_out(verdict(usage=RunUsage(total=usage)), verdict(usage=RunUsage(total=usage)))
    shown = "3 model calls (+ 1 from the cache), 1,200 tokens in (800 cached), 90 out, $0.0021"
    assert lines.count(f"   Usage: {shown}") == 2
    assert (
        "Model Usage: 6 model calls (+ 2 from the cache), 2,400 tokens in (1,600 cached), 180 out, $0.0042"
        in lines
    )


def test_an_unknown_price_is_not_shown_as_free():
    lines = laid_out(verdict(usage=RunUsage(total=Usage(calls=1, cost_usd=None))))
    assert "   Usage: 1 model call, 0 tokens in, 0 out, cost unknown" in lines


def test_free_calls_show_no_price():
    lines = laid_out(verdict(usage=RunUsage(total=Usage(calls=1))))
    assert "   Usage: 1 model call, 0 tokens in, 0 out" in lines


def test_a_run_without_model_calls_shows_no_usage():
    assert not any("Usage" in line for line in laid_out(verdict(usage=RunUsage())))


def test_the_success_rate_is_green_at_100_yellow_from_70_else_red():
    good, bad = verdict(), verdict(success=False)
    assert style_of("Success Rate", good) == "green"
    assert style_of("Success Rate", *[good] * 7, *[bad] * 3) == "yellow"
    assert style_of("Success Rate", good, bad) == "red"


def test_model_text_cannot_move_the_cursor_or_open_a_line():
    result = verdict(reasoning="one\ntwo\r\x1b[2Jthree\u202efour")
    assert "   Reasoning: one two \\x1b[2Jthree\\u202efour" in laid_out(result)


def test_earlier_attempts_are_marked_and_do_not_count():
    reporter = ScenarioReporter()
    for attempt, success in ((1, False), (2, True)):
        reporter.place = Place("test_a.py::test_x", attempt)
        reporter.add_result(Named(), verdict(success))
    lines = [str(line) for line in report_lines(reporter)]
    assert lines[1:5] == ["Total Scenarios: 1", "Passed: 1", "Failed: 0", "Success Rate: 100%"]
    assert "1. a refund - FAILED (rerun) in 1.23s (agent: 0.50s)" in lines
    assert "2. a refund - PASSED in 1.23s (agent: 0.50s)" in lines


def test_a_cancelled_run_says_so():
    from scenario._observer import add_process_observer, remove_process_observer
    from scenario._reporter.collector import Collector

    reporter = ScenarioReporter()
    collector = Collector(reporter)
    add_process_observer(collector)
    try:
        end(begin(), error=KeyboardInterrupt(), status="CANCELLED")
    finally:
        remove_process_observer(collector)
    lines = [str(line) for line in report_lines(reporter)]
    assert lines[6:] == [
        "1. a refund - FAILED (cancelled) in 1.23s (agent: 0.50s)",
        "   Reasoning: KeyboardInterrupt",
    ]
