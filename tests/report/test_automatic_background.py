"""What pytest's automatic reports do not do: delay, change or fail a test."""

import pytest

from scenario._report import load_reports
from tests.peers.openai_server import OpenAIServer

pytest_plugins = ["pytester"]

ANALYST = """
    import asyncio
    import json
    import scenario
    from attacked import plan
    from scenario.types import ModelResponse

    async def analyst(request):
        assert '"break_severity":' in request.messages[0]["content"]
        await asyncio.sleep({delay})
        return ModelResponse(text=json.dumps({{"break_severity": "none", "failure_summary": "analysed"}}))

    scenario.register_model_provider("analyst", analyst)
    PARTS = {{"metaprompt_model": "analyst/m", "score_responses": False}}
"""


def reports(inner):
    [batch] = inner.path.glob("redteam-reports/*")
    return load_reports(batch)


def test_the_report_is_there_before_its_analysis_and_the_test_does_not_wait(inner):
    inner.makepyfile(
        ANALYST.format(delay=4)
        + """
    from scenario._report import load_reports
    from scenario.report import current_batch_dir

    async def test_it():
        await scenario.arun(**plan(**PARTS))
        [report] = load_reports(current_batch_dir())
        assert (report.status, report.failure_summary) == ("held", "")
    """
    )
    inner.runpytest_subprocess().assert_outcomes(passed=1)
    [report] = reports(inner)
    assert report.failure_summary == "analysed"


def test_the_end_of_a_session_waits_in_bounded_time(inner):
    inner.makeconftest("from scenario._pytest import red_team_reports\nred_team_reports._LIMIT = 1.0")
    inner.makepyfile(
        ANALYST.format(delay=3600)
        + """
    async def test_it():
        await scenario.arun(**plan(**PARTS))
    """
    )
    result = inner.runpytest_subprocess(timeout=60)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["1 red-team reports have no analysis: it took more than 1 s"])
    assert result.ret == pytest.ExitCode.OK
    [report] = reports(inner)
    assert (report.status, report.failure_summary) == ("held", "")


def test_a_scorer_that_hangs_at_the_end_costs_the_score_and_not_the_report(inner):
    inner.makeconftest("from scenario._pytest import red_team_reports\nred_team_reports._LIMIT = 1.0")
    inner.makepyfile(
        """
        import asyncio
        import scenario
        from attacked import plan

        async def never(request):
            await asyncio.Event().wait()

        scenario.register_model_provider("never", never)

        async def test_it():
            case = plan(metaprompt_model="never/m", fast_refusal_detection=False)
            case["script"] = [scenario.user(), scenario.agent(), scenario.judge()]
            await scenario.arun(**case)
        """
    )
    inner.runpytest_subprocess(timeout=60).assert_outcomes(passed=1)
    [report] = reports(inner)
    assert (report.status, report.scores) == ("held", {})


def test_a_failing_analysis_is_noted_and_warns_of_nothing_else(inner):
    inner.makepyfile(
        ANALYST.format(delay="'x'")
        + """
    async def test_it():
        await scenario.arun(**plan(**PARTS))
    """
    )
    result = inner.runpytest_subprocess("-W", "error")
    result.assert_outcomes(passed=1)
    assert reports(inner)[0].failure_summary.startswith("The analysis failed: ")


@pytest.mark.parametrize("script", [
    "(pathlib.Path.cwd() / 'redteam-reports').write_text('in the way')",
    "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (20_000,) * 2)",
], ids=["a file in the way", "a full disk"])  # fmt: skip
def test_a_report_that_cannot_be_written_is_one_line_and_no_failure(inner, script):
    inner.makepyfile(
        f"""
        import pathlib, resource, signal
        import scenario
        from attacked import plan

        async def long_answer(input):
            return "I'm sorry, I can't share that. " * 3000

        async def test_it():
            {script}
            case = plan() | {{"verbose": False}}
            case["agents"][1].call = long_answer
            assert (await scenario.arun(**case)).success
        """
    )
    # With -s nothing else of the session writes a file of that size.
    result = inner.runpytest_subprocess("-p", "no:cacheprovider", "-s", "-W", "error")
    result.assert_outcomes(passed=1)
    assert result.ret == pytest.ExitCode.OK
    lines = [line for line in result.outlines if "red-team" in line.lower()]
    assert len(lines) == 1
    assert lines[0].startswith("The red-team report of the code is not complete: ")
    assert list(inner.path.glob("redteam-reports/*/*")) == []


def test_an_analysis_over_http_leaves_no_connection_open(inner, monkeypatch):
    answer = '{"break_severity": "none", "failure_summary": "analysed", "severity": "low"}'
    with OpenAIServer(lambda _: answer).in_thread() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789abcdef")
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        inner.makepyfile(
            """
            import scenario
            from attacked import plan

            async def test_it():
                await scenario.arun(**plan(metaprompt_model="openai/m", score_responses=False))
            """
        )
        result = inner.runpytest_subprocess("-W", "error")
        result.assert_outcomes(passed=1)
        [request] = server.requests
    assert request.body["temperature"] == 0.2
    [report] = reports(inner)
    assert (report.failure_summary, report.severity) == ("analysed", "low")
    assert "unclosed" not in result.stdout.str() + result.stderr.str()


def test_an_interrupted_session_keeps_its_report_and_ends_soon(inner):
    inner.makepyfile(
        ANALYST.format(delay=3600)
        + """
    def interrupt(state):
        raise KeyboardInterrupt

    async def test_it():
        await scenario.arun(**plan(**PARTS, checks=[interrupt]))
    """
    )
    result = inner.runpytest_subprocess(timeout=45)  # less than the 60 s of a session that ends by itself
    assert result.ret == pytest.ExitCode.INTERRUPTED
    [report] = reports(inner)
    assert (report.status, report.reasoning) == ("errored", "EXCEPTION: KeyboardInterrupt")


def test_workers_share_the_folder_of_the_session(inner):
    inner.makepyfile(
        """
        import pytest
        import scenario
        from attacked import plan

        @pytest.mark.parametrize("number", range(4))
        async def test_it(number):
            await scenario.arun(**plan() | {"name": f"case {number}"})
        """
    )
    result = inner.runpytest_subprocess("-n", "2")
    result.assert_outcomes(passed=4)
    assert sorted(report.test_name for report in reports(inner)) == [f"case {n}" for n in range(4)]
    assert all(report.suggestions for report in reports(inner))
    assert result.stdout.str().count("Red-team reports: ") == 1


def test_a_worker_tells_what_it_could_not_write(inner):
    (inner.path / "redteam-reports").write_text("in the way")
    inner.makepyfile(
        """
        import scenario
        from attacked import plan

        async def test_it():
            await scenario.arun(**plan())
        """
    )
    result = inner.runpytest_subprocess("-n", "1")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["The red-team report of the code is not complete: *"])


def test_equal_names_at_the_same_time_overwrite_nothing(inner):
    inner.makepyfile(
        """
        import asyncio
        import scenario
        from attacked import plan

        async def test_it():
            await asyncio.gather(*(scenario.arun(**plan()) for _ in range(8)))
            await asyncio.gather(*(scenario.run(**plan()) for _ in range(8)))
        """
    )
    inner.runpytest_subprocess().assert_outcomes(passed=1)
    assert len(reports(inner)) == 16
    assert all(report.suggestions for report in reports(inner))


def test_a_session_inside_a_session_keeps_its_own_reports(inner):
    inner.makepyfile(
        """
        import scenario
        from attacked import plan

        pytest_plugins = ["pytester"]

        def test_outer(pytester, monkeypatch):
            monkeypatch.setenv("SCENARIO_REDTEAM_ANALYZE", "0")
            pytester.makeini("[pytest]\\nasyncio_mode = auto")
            pytester.makepyfile(
                "import scenario\\nfrom attacked import plan\\n"
                "async def test_inner(): await scenario.arun(**plan())"
            )
            pytester.runpytest_inprocess("-p", "scenario").assert_outcomes(passed=1)
            assert len(list(pytester.path.glob("redteam-reports/*/*.json"))) == 1

        async def test_after():
            await scenario.arun(**plan() | {"name": "outer"})
        """
    )
    inner.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=2)
    assert [report.test_name for report in reports(inner)] == ["outer"]
