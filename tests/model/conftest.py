from __future__ import annotations

import os

import pytest

from scenario._model import limits, refusals
from scenario.config import ScenarioConfig


@pytest.fixture(autouse=True)
def _isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration, no remembered refusals, no keys, and retries without pauses."""
    monkeypatch.setattr(ScenarioConfig, "default_config", None)
    monkeypatch.setattr(refusals, "_refused", {})
    monkeypatch.setattr(limits, "_FIRST_DELAY", 0.0)
    monkeypatch.delenv("SCENARIO_MODEL_BACKEND", raising=False)
    for name in os.environ:
        if name.endswith(("_API_KEY", "_BASE_URL", "_API_BASE")):
            monkeypatch.delenv(name)


@pytest.fixture(params=["openai", "any-llm", "litellm"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Runs the test once with each backend; that of OpenAI is the default for its models."""
    if request.param != "openai":
        monkeypatch.setenv("SCENARIO_MODEL_BACKEND", request.param)
    return request.param
