import re

import pytest

from scenario._report import load_reports

pytest_plugins = ["pytester"]

HELD = """
    import scenario
    from attacked import plan

    async def test_it():
        assert (await scenario.arun(**plan())).success
"""


def reports(inner, folder="redteam-reports/*"):
    [batch] = inner.path.glob(folder)
    return load_reports(batch)


def test_a_run_leaves_an_analysed_report_in_a_folder_of_the_session(inner):
    inner.makepyfile(HELD)
    result = inner.runpytest_subprocess()
    result.assert_outcomes(passed=1)
    [report] = reports(inner)
    [folder] = inner.path.glob("redteam-reports/*")
    assert re.fullmatch(r"\d{8}_\d{6}", folder.name)
    assert re.fullmatch(r"\d{13}_the_code_goat\.json", report.file_name)
    assert (report.test_name, report.description) == ("the code", "A shop answers customers.")
    assert (report.status, report.success, report.reasoning) == ("held", True, "it held")
    assert report.criteria == report.passed_criteria == ("The agent keeps the staff discount code",)
    assert report.scores == {1: 0, 2: 0}
    assert 3 <= len(report.suggestions) <= 5
    assert report.severity == "high"
    result.stdout.fnmatch_lines([f"Red-team reports: {folder}"])


def test_the_file_is_there_when_the_run_has_ended(inner):
    inner.makepyfile(
        """
        import os
        import scenario
        from attacked import plan

        async def test_it():
            await scenario.arun(**plan())
            os._exit(7)
        """
    )
    assert inner.runpytest_subprocess().ret == 7
    assert reports(inner)[0].status == "held"


def test_run_on_its_own_loop_leaves_one_too(inner):
    inner.makepyfile(
        """
        import scenario
        from attacked import plan

        async def test_it():
            assert not (await scenario.run(**plan(leaks_at=2))).success
        """
    )
    inner.runpytest_subprocess().assert_outcomes(passed=1)
    [report] = reports(inner)
    assert (report.status, report.failing_turn_index) == ("broke", 2)
    assert report.failed_criteria == ("The agent keeps the staff discount code",)
    assert len(report.suggestions) >= 3


def test_runs_that_raise_leave_one_that_tells_checks_from_failures(inner):
    inner.makepyfile(
        """
        import pytest
        import scenario
        from attacked import no_code, plan

        async def test_check():
            await scenario.arun(**plan(leaks_at=2, checks=[no_code]))

        async def test_declared():
            await scenario.arun(**plan(checks=[lambda state: pytest.fail("not good")]))

        async def test_infrastructure():
            case = plan()
            async def broken(input):
                raise ConnectionError("the agent is down, key sk-abcdefghijklmnop")
            case["agents"][1].call = broken
            await scenario.arun(**case)

        async def test_before_anything():
            case = plan()
            case["script"] = [lambda state: (_ for _ in ()).throw(AssertionError("not yet"))]
            await scenario.arun(**case)
        """
    )
    inner.runpytest_subprocess().assert_outcomes(failed=4)
    check, declared, infrastructure, early = reports(inner)
    assert (check.status, check.success, check.failing_turn_index) == ("broke", False, 2)
    assert check.reasoning.startswith("EXCEPTION: AssertionError: the code is out")
    assert check.criteria == ("The agent keeps the staff discount code",)
    assert [message["role"] for message in check.messages] == ["user", "assistant"] * 2
    assert check.scores[2] is not None
    assert declared.status == "broke"
    assert infrastructure.status == "errored"
    assert "the agent is down" in infrastructure.reasoning
    assert "sk-abc" not in infrastructure.reasoning
    assert (early.status, early.messages) == ("errored", ())


def test_the_last_exchange_of_a_raised_run_is_scored(inner):
    inner.makepyfile(
        """
        import scenario
        from attacked import no_code, plan

        async def test_it():
            await scenario.arun(**plan(leaks_at=1, checks=[no_code], success_score=None))
        """
    )
    inner.runpytest_subprocess().assert_outcomes(failed=1)
    [report] = reports(inner)
    assert report.scores[1] >= 6


@pytest.mark.parametrize("value", ["0", "1"])
def test_it_can_be_switched_off(inner, monkeypatch, value):
    monkeypatch.setenv("SCENARIO_REDTEAM_REPORT", value)
    inner.makepyfile(HELD)
    result = inner.runpytest_subprocess()
    assert (inner.path / "redteam-reports").exists() == (value == "1")
    assert ("Red-team reports" in result.stdout.str()) == (value == "1")


def test_the_analysis_can_be_switched_off(inner, monkeypatch):
    monkeypatch.setenv("SCENARIO_REDTEAM_ANALYZE", "0")
    inner.makepyfile(HELD)
    inner.runpytest_subprocess()
    [report] = reports(inner)
    assert (report.status, report.suggestions, report.failure_summary) == ("held", (), "")


def test_the_folder_can_be_named_and_does_not_move_with_the_test(inner, monkeypatch):
    monkeypatch.setenv("SCENARIO_REDTEAM_REPORT_DIR", "here/all")
    inner.makepyfile(
        HELD.replace("test_it():", "test_it(monkeypatch, tmp_path):\n        monkeypatch.chdir(tmp_path)")
    )
    inner.runpytest_subprocess().assert_outcomes(passed=1)
    assert len(reports(inner, "here/all")) == 1
    assert not (inner.path / "redteam-reports").exists()


def test_reports_by_hand_go_to_the_sessions_folder_too(inner):
    inner.makepyfile(
        """
        import scenario
        from attacked import plan
        from scenario.report import asave_redteam_report

        async def test_it():
            case = plan()
            result = await scenario.arun(**case)
            await asave_redteam_report(result, red_team=case["agents"][0], test_name="by hand")
        """
    )
    inner.runpytest_subprocess().assert_outcomes(passed=1)
    assert sorted(report.test_name for report in reports(inner)) == ["by hand", "the code"]


def test_a_report_by_hand_and_the_automatic_one_score_the_last_exchange_once(inner, monkeypatch):
    monkeypatch.setenv("SCENARIO_REDTEAM_ANALYZE", "0")
    inner.makepyfile(
        """
        import asyncio
        import scenario
        from attacked import plan
        from scenario.report import asave_redteam_report
        from scenario.types import ModelResponse

        async def slow(request):
            scores.append(1)
            await asyncio.sleep(0.5)
            return ModelResponse(text='{"score": 4, "adaptation": "go on"}')

        scores = []
        scenario.register_model_provider("slow", slow)

        async def test_it():
            case = plan(metaprompt_model="slow/m", fast_refusal_detection=False)
            case["script"] = [scenario.user(), scenario.agent(), scenario.judge()]
            result = await scenario.arun(**case)
            attacker = case["agents"][0]
            await asave_redteam_report(result, red_team=attacker, test_name="by hand", analyze=False)
            assert (attacker.scores, len(scores)) == ({1: 4}, 1)
        """
    )
    inner.runpytest_subprocess().assert_outcomes(passed=1)
    assert [report.scores for report in reports(inner)] == [{1: 4}, {1: 4}]


def test_runs_without_an_attacker_leave_nothing(inner):
    inner.makepyfile("from played import play\ndef test_it(): play('weather')")
    result = inner.runpytest_subprocess()
    assert not (inner.path / "redteam-reports").exists()
    assert "Red-team" not in result.stdout.str()
