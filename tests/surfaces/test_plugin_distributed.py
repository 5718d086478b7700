import re

import pytest

pytest_plugins = ["pytester"]

TESTS = """
    import os
    import pytest
    from played import play, play_error

    @pytest.mark.parametrize("number", range(4))
    def test_it(number, scenario_reporter):
        before = scenario_reporter.get_summary()["total"]
        play(f"scenario {number}", success=number != 2, failed_criteria=["pays"] if number == 2 else [])
        assert scenario_reporter.get_summary()["total"] == before + 1

    def test_raising():
        play_error("raising", error=ValueError("\\ud800"))
"""


def test_the_controller_prints_one_report_ordered_by_node_id(inner):
    inner.makepyfile(TESTS)
    result = inner.runpytest_subprocess("-n", "2")
    assert result.ret == pytest.ExitCode.OK
    text = result.stdout.str()
    assert text.count("=== Scenario Test Report ===") == 1
    result.stdout.fnmatch_lines(["Total Scenarios: 5", "Passed: 3", "Failed: 2", "     * pays"])
    assert re.findall(r"^(\d)\. (.+) - ", text, re.MULTILINE) == [
        ("1", "scenario 0"),
        ("2", "scenario 1"),
        ("3", "scenario 2"),
        ("4", "scenario 3"),
        ("5", "raising"),
    ]
    assert "Reasoning: ValueError: \\ud800" in text


def test_all_workers_share_one_batch(inner):
    inner.makepyfile(
        """
        import os, pathlib, pytest

        @pytest.mark.parametrize("number", range(4))
        def test_it(number):
            pathlib.Path(f"batch{number}").write_text(os.environ["SCENARIO_BATCH_RUN_ID"])
        """
    )
    inner.runpytest_subprocess("-n", "2").assert_outcomes(passed=4)
    assert len({path.read_text() for path in inner.path.glob("batch*")}) == 1


def test_workers_are_headless_too(inner):
    inner.makepyfile(
        """
        from scenario.config import ScenarioConfig

        def test_it():
            assert ScenarioConfig.default_config.headless
        """
    )
    inner.runpytest_subprocess("-n", "1", "--headless").assert_outcomes(passed=1)


def test_what_ends_after_the_last_test_travels_too(inner):
    inner.makeconftest(
        """
        from played import play

        def pytest_sessionfinish(session):
            if hasattr(session.config, "workerinput"):
                play("at the end")
        """
    )
    inner.makepyfile("def test_it(): pass")
    inner.runpytest_subprocess("-n", "1").stdout.fnmatch_lines(
        ["Total Scenarios: 1", "1. at the end - PASSED*"]
    )


def test_an_aborted_session_reports_what_arrived(inner):
    inner.makepyfile(
        """
        from played import play

        def test_a():
            play("weather")

        def test_b():
            assert play("refund", success=False).success

        def test_c():
            pass
        """
    )
    result = inner.runpytest_subprocess("-n", "1", "-x")
    result.stdout.fnmatch_lines(["Total Scenarios: 2", "1. weather - PASSED*", "2. refund - FAILED*"])


def test_runs_of_a_worker_that_crashed_later_are_reported(inner):
    inner.makepyfile(
        """
        import os
        from played import play

        def test_a():
            play("weather")

        def test_b():
            os._exit(1)
        """
    )
    inner.runpytest_subprocess("-n", "1").stdout.fnmatch_lines(["Total Scenarios: 1", "1. weather - PASSED*"])


def test_reruns_in_a_worker_count_once(inner):
    inner.makepyfile(
        """
        from played import play

        attempts = []

        def test_it():
            attempts.append(1)
            assert play("refund", success=len(attempts) > 1).success
        """
    )
    result = inner.runpytest_subprocess("-n", "1", "--reruns", "1")
    result.stdout.fnmatch_lines(
        ["Total Scenarios: 1", "Passed: 1", "1. refund - FAILED (rerun)*", "2. refund - PASSED*"]
    )
