"""A cache folder and a run's scope for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scenario._cache import CacheScope, active_scope, store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder that does not exist yet."""
    path = tmp_path / "cache"
    monkeypatch.setenv("SCENARIO_CACHE_DIR", str(path))
    monkeypatch.setattr(store, "_warned_folders", set())
    return path


@pytest.fixture
def run() -> Iterator[None]:
    """The test happens inside a run whose cache is on."""
    with active_scope(CacheScope(cache_key="k", default_model="openai/gpt-5-mini", max_turns=10)):
        yield
