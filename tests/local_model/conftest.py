"""One served model for all tests of the folder, stopped at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scenario._model.local.choice import forget_choice
from scenario._model.local.server import close_servers

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session", autouse=True)
def _stop_servers() -> Iterator[None]:
    yield
    close_servers()


@pytest.fixture(autouse=True)
def _no_choice_made(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("SCENARIO_DEMO_HOSTED", "SCENARIO_LOCAL_MODEL", "OLLAMA_HOST", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    forget_choice()
    yield
    forget_choice()
