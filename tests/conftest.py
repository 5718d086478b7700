"""What holds for every test: its own configuration, cache folder and environment, and no real model."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest

from scenario.config import ScenarioConfig

# How long an example takes says nothing on a busy machine; budgets are held by the benchmarks.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

_VARIABLES = (
    "LANGWATCH_API_KEY", "LANGWATCH_ENDPOINT", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY",
    "SCENARIO_BATCH_RUN_ID", "SCENARIO_HEADLESS", "SCENARIO_MODEL_BACKEND", "SCENARIO_LOCAL_MODEL",
    "SCENARIO_MAX_CONCURRENT_RUNS", "SCENARIO_EVENT_DRAIN_TIMEOUT", "SCENARIO_EVENT_MEDIA",
)  # fmt: skip


_IN_REAL_TIME = ("transports", "voice_run", "voice_playback")
"""Folders whose peers keep real time: on a busy machine a run may be late once, but not three times."""
_PLAYED_AGAIN_BY_ITSELF = "test_contract.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    tests = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(tests).parts[0] if item.path.is_relative_to(tests) else ""
        if folder in _IN_REAL_TIME and item.path.name != _PLAYED_AGAIN_BY_ITSELF:
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Give the test a configuration of its own, which is quiet, and an environment without keys."""
    for variable in _VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SCENARIO_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(ScenarioConfig, "default_config", ScenarioConfig(verbose=False))
