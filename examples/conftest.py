"""What the examples share: the model of simulator and judge, and the fake model that the agents run on."""

import os

import pytest

import scenario
from scenario.config import ScenarioConfig

from .model_server import serving

# Rules, so that the examples run anywhere; name a real model for real verdicts.
MODEL = os.environ.get("SCENARIO_EXAMPLE_MODEL", "offline/players")


@pytest.fixture(autouse=True)
def _configured(monkeypatch):
    monkeypatch.setattr(ScenarioConfig, "default_config", None)
    scenario.configure(default_model=MODEL, max_turns=6, verbose=False)


@pytest.fixture(autouse=True)
def _nothing_is_reported_elsewhere(monkeypatch):
    monkeypatch.setenv("LANGSMITH_TRACING", "false")
    monkeypatch.setenv("OPENAI_AGENTS_DISABLE_TRACING", "true")
    monkeypatch.delenv("LANGWATCH_API_KEY", raising=False)


@pytest.fixture(scope="session")
def model_url():
    """The base URL of the model that the agents of the examples run on."""
    with serving() as url:
        yield url
