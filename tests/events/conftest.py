from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from scenario._events import announce, settings, target, worker
from scenario.config import ScenarioConfig

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLES = (
    "LANGWATCH_API_KEY",
    "LANGWATCH_ENDPOINT",
    "SCENARIO_EVENT_DRAIN_TIMEOUT",
    "SCENARIO_EVENT_MEDIA",
    "SCENARIO_DISABLE_SIMULATION_REPORT_INFO",
    "SCENARIO_HEADLESS",
    "CI",
    "PYTEST_XDIST_WORKER",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
)


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is kept per process starts anew, and nothing comes from the environment."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(ScenarioConfig, "default_config", ScenarioConfig(verbose=False))
    monkeypatch.setattr(announce, "_said", set())
    settings._complain.cache_clear()
    target._warn_once.cache_clear()
    worker.forget_worker()
    yield
    worker.forget_worker()


@pytest.fixture
def refused() -> Iterator[str]:
    """An endpoint that refuses connections: the port is taken and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"
