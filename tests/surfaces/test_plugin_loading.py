import os
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]


@pytest.mark.parametrize("autoload", [True, False], ids=["with the entry point", "alone"])
def test_the_plugin_may_be_named_although_it_is_installed(inner, monkeypatch, autoload):
    if not autoload:
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    inner.makepyfile("from played import play\ndef test_it(): play('weather')")
    result = inner.runpytest_subprocess("-p", "scenario.pytest_plugin", "--headless")
    result.assert_outcomes(passed=1)
    assert result.stdout.str().count("Total Scenarios: 1") == 1


def test_a_conftest_may_name_the_plugin_too(inner):
    inner.makeconftest("pytest_plugins = ['scenario.pytest_plugin']")
    inner.makepyfile("from played import play\ndef test_it(): play('weather')")
    result = inner.runpytest_subprocess()
    result.assert_outcomes(passed=1)
    assert result.stdout.str().count("Total Scenarios: 1") == 1


def test_a_conftest_may_load_the_plugin_where_nothing_else_does(inner, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    inner.makeconftest("pytest_plugins = ['scenario.pytest_plugin']")
    inner.makepyfile("from played import play\ndef test_it(): play('weather')")
    inner.runpytest_subprocess("--scenario-headless").stdout.fnmatch_lines(["Total Scenarios: 1"])


def test_workers_load_it_once_when_it_is_named(inner):
    inner.makepyfile("from played import play\ndef test_it(): play('weather')")
    result = inner.runpytest_subprocess("-p", "scenario.pytest_plugin", "-n", "1")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["Total Scenarios: 1"])


def test_it_can_be_switched_off(inner):
    inner.makepyfile("from played import play\ndef test_it(): play('weather')")
    result = inner.runpytest_subprocess("-p", "no:scenario")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*Scenario Test Report*")


def test_an_empty_session_imports_nothing_heavy(pytester):
    script = pytester.makepyfile(
        """
        import sys
        import pytest

        code = pytest.main(["-p", "scenario.pytest_plugin", "-q"])
        heavy = {"pydantic", "rich", "opentelemetry", "httpx", "any_llm", "numpy", "asyncio",
                 "scenario.types", "scenario.config", "scenario._model", "scenario._tracing"}
        print("heavy:", sorted(heavy & set(sys.modules)), "code:", int(code))
        """
    )
    result = subprocess.run(
        [sys.executable, script],
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "heavy: [] code: 5" in result.stdout
