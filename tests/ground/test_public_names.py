"""What `import scenario` offers and what it costs: core 1.1."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
from importlib.metadata import version
from typing import get_type_hints

import pytest

import scenario

HEAVY = {
    "any_llm", "litellm", "openai", "anthropic", "httpx", "numpy", "pydantic", "opentelemetry", "rich",
    "pytest", "xllamacpp", "huggingface_hub", "genai_prices", "logging", "asyncio",
}  # fmt: skip


def fresh(code: str) -> str:
    """Return what a fresh interpreter prints for `code`."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout


def test_the_list_of_public_names_is_sorted_complete_and_importable():
    assert scenario.__all__ == sorted(scenario.__all__)
    for name in scenario.__all__:
        assert hasattr(scenario, name)
    assert set(scenario.__all__) <= set(dir(scenario))
    assert not {"JudgmentRequest", "__version__"} & set(scenario.__all__)
    assert scenario.JudgmentRequest.__name__ == "JudgmentRequest"


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = scenario.nonsense


def test_importing_the_package_loads_nothing_heavy():
    loaded = json.loads(fresh("import scenario, sys, json; print(json.dumps(sorted(sys.modules)))"))
    assert not HEAVY & {module.split(".")[0] for module in loaded}


@pytest.mark.parametrize(
    "module",
    ["agent_adapter", "cli", "config", "errors", "judge_agent", "pytest_plugin", "scenario_executor",
     "scenario_state", "script", "types", "user_simulator_agent"],
)  # fmt: skip
def test_importing_a_public_module_loads_no_client_and_starts_nothing(module):
    code = f"""
import sys, json, threading
import scenario.{module}
print(json.dumps([sorted(sys.modules), threading.active_count()]))
"""
    loaded, threads = json.loads(fresh(code))
    tops = {name.split(".")[0] for name in loaded}
    assert not (HEAVY - {"pydantic", "logging", "asyncio", "pytest"}) & tops
    assert threads == 1


def test_every_module_of_the_package_can_be_imported_by_itself():
    names = [m.name for m in pkgutil.walk_packages(scenario.__path__, "scenario.")]
    for name in names:
        if not name.endswith("__main__"):
            importlib.import_module(name)
    assert len(names) > 50


def test_a_public_name_keeps_its_meaning_whatever_is_imported():
    code = """
import scenario, pkgutil, importlib, types
before = {n: getattr(scenario, n) for n in scenario.__all__}
for m in pkgutil.walk_packages(scenario.__path__, "scenario."):
    if not m.name.endswith("__main__"):
        importlib.import_module(m.name)
same = all(getattr(scenario, n) is v for n, v in before.items())
print(same and [n for n, v in before.items() if isinstance(v, types.ModuleType)] == ["effects"])
"""
    assert fresh(code) == "True\n"


def test_the_version_is_the_installed_distributions():
    assert scenario.__version__ == version("agent-scenario")


def test_the_package_is_typed():
    from importlib.resources import files

    assert files("scenario").joinpath("py.typed").is_file()
    assert "messages" in get_type_hints(scenario.ScenarioResult)


@pytest.mark.parametrize(
    ("level", "expected"), [("debug", "10"), ("CRITICAL", "50"), ("", "0"), ("loud", "0"), (None, "0")]
)
def test_the_log_level_is_read_at_import(level, expected, monkeypatch):
    monkeypatch.delenv("SCENARIO_LOG_LEVEL", raising=False)
    if level is not None:
        monkeypatch.setenv("SCENARIO_LOG_LEVEL", level)
    code = "import scenario, logging; l = logging.getLogger('scenario'); print(l.level, len(l.handlers))"
    assert fresh(code).split() == [expected, "0" if expected == "0" else "1"]


def test_the_log_file_takes_the_records_of_all_loggers(monkeypatch, tmp_path):
    file = tmp_path / "deep" / "log.txt"
    monkeypatch.setenv("SCENARIO_LOG_LEVEL", "INFO")
    monkeypatch.setenv("SCENARIO_LOG_FILE", str(file))
    code = f"""
import pathlib, logging, scenario
assert not pathlib.Path({str(file.parent)!r}).exists()
logging.getLogger("another").info("hello")
logging.getLogger("another").debug("quiet")
"""
    fresh(code)
    assert "hello" in file.read_text()
    assert "quiet" not in file.read_text()


def test_a_log_file_that_cannot_be_opened_is_said_once_and_breaks_nothing(tmp_path):
    (tmp_path / "file").touch()
    environment = {"SCENARIO_LOG_LEVEL": "INFO", "SCENARIO_LOG_FILE": str(tmp_path / "file" / "x.log")}
    code = "import logging, scenario; [logging.getLogger('scenario').info('said') for _ in range(2)]"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    assert done.stderr.count("said") == 2
    assert done.stderr.count("SCENARIO_LOG_FILE is not written") == 1
