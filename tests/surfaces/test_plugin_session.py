import os
import subprocess
import sys

import pytest
from rich.cells import cell_len

pytest_plugins = ["pytester"]

PASS_AND_FAIL = """
    from played import play

    def test_good():
        play("weather")

    def test_bad():
        assert play("refund", success=False, failed_criteria=["pays"]).success
"""


def test_a_session_without_scenarios_prints_nothing_of_ours(inner):
    inner.makepyfile("def test_it(): pass")
    result = inner.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.OK
    result.stdout.no_fnmatch_line("*cenario*Report*")


def test_a_session_without_tests_keeps_its_exit_code(inner):
    assert inner.runpytest_inprocess().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_the_report_stands_before_pytests_last_line(inner):
    inner.makepyfile(PASS_AND_FAIL)
    result = inner.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "=== Scenario Test Report ===",
            "Total Scenarios: 2",
            "Passed: 1",
            "Failed: 1",
            "Success Rate: 50%",
            "",
            "1. weather - PASSED in 1.23s (agent: 0.50s)",
            "   Reasoning: it was so",
            "   Test: *.py::test_good",
            "",
            "2. refund - FAILED in 1.23s (agent: 0.50s)",
            "   Failed Criteria: 1",
            "     * pays",
            "   Test: *.py::test_bad",
            "*1 failed, 1 passed*",
        ]
    )


def test_a_run_that_raised_is_reported(inner):
    inner.makepyfile(
        """
        from played import play_error

        def test_it():
            play_error("refund", error=ValueError("no such order"))
        """
    )
    result = inner.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(
        [
            "Failed: 1",
            "Success Rate: 0%",
            "1. refund - FAILED (error) in *",
            "   Reasoning: ValueError: no such order",
        ]
    )


def test_runs_in_fixtures_and_outside_of_tests_are_reported(inner):
    inner.makepyfile(
        """
        import pytest
        from played import play

        play("at collection")

        @pytest.fixture
        def conversation():
            play("in set-up")
            yield
            play("in tear-down")

        def test_it(conversation):
            pass
        """
    )
    result = inner.runpytest_inprocess()
    result.stdout.fnmatch_lines(
        [
            "Total Scenarios: 3",
            "1. at collection - PASSED*",
            "2. in set-up - PASSED*",
            "   Test: *::test_it",
            "3. in tear-down - PASSED*",
            "   Test: *::test_it",
        ]
    )


def test_colours_are_pytests(inner):
    inner.makepyfile(PASS_AND_FAIL)
    result = inner.runpytest_inprocess("--color=yes")
    result.stdout.fnmatch_lines(["*31mSuccess Rate: 50%*", "*32m1. weather*", "*31m2. refund*"])
    assert "\x1b[31mSuccess" not in inner.runpytest_inprocess("--color=no").stdout.str()


def test_on_a_terminal_long_texts_are_wrapped_below_their_label(inner, monkeypatch):
    pytest.importorskip("pty", reason="needs a pseudo-terminal")
    monkeypatch.setenv("COLUMNS", "60")
    inner.makepyfile(test_w="from played import play\ndef test_it(): play(reasoning='日本 word ' * 30)")
    master, terminal = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "--color=no"], stdin=terminal, stdout=terminal, stderr=terminal
    ):
        os.close(terminal)
        output = _read_to_end(master)
    report = output[output.index("=== Scenario") : output.index("   Test: ")].splitlines()
    first = next(index for index, line in enumerate(report) if line.startswith("   Reasoning: "))
    assert all(cell_len(line) <= 60 for line in report)
    assert len(report[first:]) > 5
    assert all(line.startswith("   ") for line in report[first:])


def _read_to_end(master: int) -> str:
    pieces = []
    try:
        while piece := os.read(master, 4096):
            pieces.append(piece)
    except OSError:  # Linux reports the end of a pseudo-terminal as an error.
        pass
    os.close(master)
    return b"".join(pieces).decode()


@pytest.mark.parametrize("option", ["-qq", "--no-summary"])
def test_quiet_sessions_have_no_report(inner, option):
    inner.makepyfile(PASS_AND_FAIL)
    inner.runpytest_inprocess(option).stdout.no_fnmatch_line("*Scenario Test Report*")


def test_q_keeps_the_verdicts(inner):
    inner.makepyfile(PASS_AND_FAIL)
    inner.runpytest_inprocess("-q").stdout.fnmatch_lines(
        ["Success Rate: 50%", "2. refund - FAILED*", "*pays"]
    )


def test_x_reports_what_was_collected_so_far(inner):
    inner.makepyfile(PASS_AND_FAIL + "\n    def test_never():\n        play('never')\n")
    result = inner.runpytest_inprocess("-x")
    result.stdout.fnmatch_lines(["Total Scenarios: 2"])


def test_an_interrupted_session_reports_what_was_collected_so_far(inner):
    inner.makepyfile(
        """
        from played import play

        def test_it():
            play("weather")
            raise KeyboardInterrupt
        """
    )
    result = inner.runpytest_subprocess()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["Total Scenarios: 1", "1. weather - PASSED*"])


def test_an_error_of_the_report_is_one_line_and_changes_no_exit_code(inner):
    inner.makepyfile(
        """
        def test_it(scenario_reporter):
            scenario_reporter.results.append({"not": "a run"})
        """
    )
    result = inner.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["The scenario report could not be written: KeyError*"])


def test_the_fixture_is_the_sessions_reporter(inner):
    inner.makepyfile(
        """
        from played import play

        def test_first(scenario_reporter):
            assert scenario_reporter.get_summary()["total"] == 0
            play("weather")

        def test_second(scenario_reporter, capsys):
            (entry,) = scenario_reporter.results
            assert entry["scenario"].name == "weather"
            assert entry["scenario"].place.node_id.endswith("::test_first")
            scenario_reporter.add_result(entry["scenario"], entry["result"])
            assert scenario_reporter.get_summary()["passed"] == 2
            scenario_reporter.print_report()
            assert "Total Scenarios: 2" in capsys.readouterr().out
        """
    )
    inner.runpytest_inprocess().assert_outcomes(passed=2)


def test_sessions_in_one_process_have_their_own_reports(inner):
    inner.makepyfile(PASS_AND_FAIL)
    for _ in range(2):
        inner.runpytest_inprocess().stdout.fnmatch_lines(["Total Scenarios: 2"])


def test_a_session_inside_a_test_has_its_own_report(inner):
    inner.makepyfile(
        """
        from played import play

        pytest_plugins = ["pytester"]

        def test_it(pytester, scenario_reporter):
            play("before")
            pytester.makepyfile("from played import play; play('inside')\\ndef test_it(): pass")
            result = pytester.runpytest_inprocess("-p", "no:cacheprovider")
            result.stdout.fnmatch_lines(["Total Scenarios: 1", "1. inside - PASSED*"])
            play("after")
            assert [entry["scenario"].name for entry in scenario_reporter.results] == ["before", "after"]
        """
    )
    inner.runpytest_inprocess().stdout.fnmatch_lines(["Total Scenarios: 2", "*1 passed*"])


def test_one_session_is_one_batch(inner, monkeypatch):
    inner.makepyfile(
        """
        import os, pathlib

        def test_it():
            with pathlib.Path("batches").open("a") as file:
                print(os.environ["SCENARIO_BATCH_RUN_ID"], file=file)
        """
    )
    inner.runpytest_inprocess()
    inner.runpytest_inprocess()
    monkeypatch.setenv("SCENARIO_BATCH_RUN_ID", "given")
    inner.runpytest_inprocess()
    first, second, third = (inner.path / "batches").read_text().split()
    assert first.startswith("scenariobatch_")
    assert first != second
    assert third == "given"


@pytest.mark.parametrize("rerun_passes", [True, False])
def test_only_the_last_attempt_of_a_test_counts(inner, rerun_passes):
    inner.makepyfile(
        f"""
        from played import play

        attempts = []

        def test_it():
            attempts.append(1)
            assert play("refund", success=len(attempts) > 1 and {rerun_passes}).success
        """
    )
    result = inner.runpytest_inprocess("--reruns", "1")
    result.stdout.fnmatch_lines(
        [
            "Total Scenarios: 1",
            f"Passed: {int(rerun_passes)}",
            "1. refund - FAILED (rerun)*",
            f"2. refund - {'PASSED' if rerun_passes else 'FAILED'} in*",
        ]
    )
