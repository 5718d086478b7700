from pathlib import Path

import pytest

from tests.surfaces.conftest import inner as plain_session

__all__ = ["plain_session"]


@pytest.fixture
def inner(plain_session, monkeypatch):
    """A folder for a test session of its own, in which test files can import `attacked`."""
    plain_session.makepyfile(attacked=Path(__file__).with_name("attacked.py").read_text(encoding="utf-8"))
    for name in ("", "_DIR"):
        monkeypatch.delenv(f"SCENARIO_REDTEAM_REPORT{name}", raising=False)
    monkeypatch.delenv("SCENARIO_REDTEAM_ANALYZE", raising=False)
    return plain_session
