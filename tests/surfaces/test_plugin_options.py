import sys

import pytest

from scenario.config import ScenarioConfig

pytest_plugins = ["pytester"]

SHOW_CONFIG = """
    from scenario.config import ScenarioConfig

    def test_it():
        config = ScenarioConfig.default_config
        print("headless", config and config.headless, "debug", config and config.debug)
"""


@pytest.fixture(autouse=True)
def _own_config(monkeypatch):
    monkeypatch.setattr(ScenarioConfig, "default_config", None)
    monkeypatch.delenv("SCENARIO_HEADLESS", raising=False)


def test_the_marker_is_known_without_a_conftest(inner):
    inner.makepyfile("import pytest\n@pytest.mark.agent_test\ndef test_it(): pass")
    inner.runpytest_inprocess("--strict-markers").assert_outcomes(passed=1)
    inner.runpytest_inprocess("--markers").stdout.fnmatch_lines(["@pytest.mark.agent_test:*"])


@pytest.mark.parametrize(
    "options", [["--headless"], ["--scenario-headless"], ["--headless", "--scenario-headless"]]
)
def test_headless_holds_for_the_session(inner, options):
    inner.makepyfile(SHOW_CONFIG)
    inner.runpytest_inprocess("-s", *options).stdout.fnmatch_lines(["*headless True debug False*"])
    assert ScenarioConfig.default_config is None


def test_nothing_is_configured_without_options(inner):
    inner.makepyfile(SHOW_CONFIG)
    inner.runpytest_inprocess("-s").stdout.fnmatch_lines(["*headless None debug None*"])


def test_what_a_conftest_configures_is_gone_after_the_session(inner):
    ScenarioConfig.configure(max_turns=3)
    before = ScenarioConfig.default_config
    inner.makeconftest("from scenario.config import ScenarioConfig; ScenarioConfig.configure(max_turns=7)")
    inner.makepyfile(
        "from scenario.config import ScenarioConfig\n"
        "def test_it(): assert ScenarioConfig.default_config.max_turns == 7"
    )
    inner.runpytest_inprocess().assert_outcomes(passed=1)
    assert ScenarioConfig.default_config is before


@pytest.mark.parametrize("action", ["action='store_true'", "type=str"])
def test_headless_is_left_to_a_conftest_that_has_it(inner, action):
    inner.makeconftest(f"def pytest_addoption(parser): parser.addoption('--headless', {action})")
    inner.makepyfile(SHOW_CONFIG)
    given = "--headless=yes" if "type" in action else "--headless"
    result = inner.runpytest_inprocess("-s", given)
    result.stdout.fnmatch_lines(["*headless None*"])
    result.assert_outcomes(passed=1)


def test_headless_is_left_to_another_plugin(inner):
    inner.makepyfile(
        browser="def pytest_addoption(parser): parser.addoption('--headless', action='store_true')"
    )
    inner.makepyfile(SHOW_CONFIG)
    inner.runpytest_subprocess(
        "-p", "browser", "-s", "--headless", "--scenario-headless"
    ).stdout.fnmatch_lines(["*headless True*"])


def test_help_shows_the_options(inner):
    inner.runpytest_inprocess("--help").stdout.fnmatch_lines(
        ["*--scenario-headless*", "*--scenario-debug*", "*--headless*"]
    )


def test_debug_asks_on_the_terminal_and_says_so(inner):
    inner.makepyfile(
        """
        import sys
        import pytest
        from scenario.config import ScenarioConfig

        @pytest.fixture
        def answer():
            return sys.stdin.readline()

        def test_it(answer, capsys):
            assert answer == "from a fixture\\n"
            assert sys.stdin.readline() == "from the test\\n"
            print("a question")
            assert ScenarioConfig.default_config.debug
            assert ScenarioConfig.default_config.verbose is True

        def test_another():
            assert sys.stdin.readline() == "from another\\n"
        """
    )
    answers = inner.path / "answers"
    answers.write_text("from a fixture\nfrom the test\nfrom another\n")
    with answers.open("rb") as stdin:
        result = inner.run(sys.executable, "-m", "pytest", "--scenario-debug", stdin=stdin)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["Scenario debug mode:*", "*a question"])


def test_without_debug_output_stays_captured(inner):
    inner.makepyfile("def test_it(): print('a question')")
    inner.runpytest_inprocess().stdout.no_fnmatch_line("*a question*")


def test_pytests_own_debug_option_is_untouched(inner):
    inner.makepyfile(SHOW_CONFIG)
    inner.runpytest_subprocess("--debug=trace.log", "-s").stdout.fnmatch_lines(["*debug None*"])


def test_debug_with_workers_is_a_usage_error(inner):
    inner.makepyfile("def test_it(): pass")
    result = inner.runpytest_subprocess("--scenario-debug", "-n", "1")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--scenario-debug*workers*"])
