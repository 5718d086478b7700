import gc
import io
import sys
import weakref

import pytest

from scenario._observer import RunInfo, add_process_observer, remove_process_observer
from scenario._reporter.collector import Collector
from scenario._reporter.reported_run import Place
from scenario._reporter.reporter import ScenarioReporter

from .played import begin, end, play, play_error, verdict


class Executor:
    name = "a refund"
    description = "the user wants money back"
    scenario_set_id = "support"


@pytest.fixture
def reporter():
    """A reporter that collects what the test plays."""
    reporter = ScenarioReporter()
    collector = Collector(reporter)
    add_process_observer(collector)
    yield reporter
    remove_process_observer(collector)


def test_an_added_result_keeps_what_identifies_the_scenario():
    reporter = ScenarioReporter()
    reporter.add_result(Executor(), verdict())
    scenario = reporter.results[0]["scenario"]
    assert (scenario.name, scenario.description, scenario.set_id) == (
        "a refund",
        "the user wants money back",
        "support",
    )
    assert reporter.results[0]["result"].success


def test_the_summary_of_nothing_is_all_zero():
    assert ScenarioReporter().get_summary() == {"total": 0, "passed": 0, "failed": 0, "success_rate": 0}


def test_the_summary_counts_and_rounds():
    reporter = ScenarioReporter()
    for success in (True, False, False):
        reporter.add_result(Executor(), verdict(success))
    assert reporter.get_summary() == {"total": 3, "passed": 1, "failed": 2, "success_rate": 33.33}


def test_the_report_is_printed_to_stdout(capsys):
    reporter = ScenarioReporter()
    reporter.add_result(Executor(), verdict())
    reporter.print_report()
    out = capsys.readouterr().out
    assert out.startswith("=== Scenario Test Report ===\nTotal Scenarios: 1\n")
    assert "1. a refund - PASSED" in out


def test_nothing_is_printed_without_results(capsys):
    ScenarioReporter().print_report()
    assert capsys.readouterr().out == ""


def test_the_report_can_be_printed_to_a_stream_that_knows_ascii_only(monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    reporter = ScenarioReporter()
    reporter.add_result(Executor(), verdict(reasoning="naïve"))
    reporter.print_report()
    stream.seek(0)
    assert "Reasoning: na\\xefve" in stream.read()


def test_a_run_with_a_verdict_is_collected(reporter):
    play("weather")
    entry = reporter.results[0]
    assert entry["scenario"].name == "weather"
    assert entry["result"].success
    assert entry["status"] == "SUCCESS"


def test_a_run_that_raised_is_collected_as_a_failure_with_the_exception(reporter):
    messages = [{"role": "user", "content": "hi"}]
    play_error(error=RuntimeError("the agent fell over"), messages=messages, unmet=["refunds"])
    entry = reporter.results[0]
    assert entry["status"] == "ERROR"
    assert not entry["result"].success
    assert entry["result"].reasoning == "RuntimeError: the agent fell over"
    assert entry["result"].messages == messages
    assert entry["result"].failed_criteria == ["refunds"]
    assert (entry["result"].total_time, entry["result"].agent_time) == (1.234, 0.5)
    assert reporter.get_summary()["failed"] == 1


def test_an_exception_that_cannot_be_shown_is_collected_too(reporter):
    class Broken(Exception):
        def __str__(self):
            raise RuntimeError("no text")

    play_error(error=Broken())
    assert reporter.results[0]["result"].reasoning == "Broken"


def test_a_run_belongs_to_the_test_in_which_it_started(reporter):
    reporter.place = Place("test_a.py::test_x", 1)
    begun = begin()
    reporter.place = Place("test_a.py::test_y", 1)
    end(begun, result=verdict())
    assert reporter.results[0]["scenario"].place.node_id == "test_a.py::test_x"


def test_only_the_innermost_session_takes_a_run(reporter):
    inner = ScenarioReporter()
    collector = Collector(inner)
    outer_run = begin("outer")
    add_process_observer(collector)
    play("inner")
    end(outer_run, result=verdict())
    remove_process_observer(collector)
    play("after")
    assert [entry["scenario"].name for entry in inner.results] == ["inner"]
    assert [entry["scenario"].name for entry in reporter.results] == ["outer", "after"]


def test_an_entry_keeps_no_agent_exception_or_audio_alive(reporter):
    class Thing:
        pass

    agent, recording, error = Thing(), Thing(), RuntimeError("gone")
    held = [weakref.ref(agent), weakref.ref(recording)]
    end(begin("a", agents=(agent,)), result=verdict(audio=recording, timeline=[recording]))
    error.agent = agent
    end(begin("b", agents=(agent,)), error=error)
    del agent, recording, error
    gc.collect()
    assert [reference() for reference in held] == [None, None]
    assert len(reporter.results) == 2


def test_an_entry_keeps_the_words_of_the_conversation_but_no_media(reporter):
    text = {"type": "text", "text": "listen"}
    messages = [
        {"role": "user", "content": [text, {"type": "input_audio", "input_audio": {"data": "A" * 1000}}]},
        {"role": "assistant", "content": "I hear you", "audio": {"id": "a", "data": "A" * 1000}},
    ]
    result = verdict(messages=messages)
    end(begin(), result=result)
    assert reporter.results[0]["result"].messages == [
        {"role": "user", "content": [text, {"type": "input_audio"}]},
        {"role": "assistant", "content": "I hear you"},
    ]
    assert result.messages[1]["audio"]["data"] == "A" * 1000


def test_two_runs_of_one_name_are_two_entries(reporter):
    first, second = begin("same"), begin("same")
    assert isinstance(first[0], RunInfo)
    end(second, result=verdict(success=False))
    end(first, result=verdict())
    assert [entry["status"] for entry in reporter.results] == ["FAILED", "SUCCESS"]
