from pathlib import Path

import pytest

# Plugins of this environment that have no part in the tests and take a second to load.
_INI = """
[pytest]
addopts = -p no:langsmith_plugin -p no:anyio -p no:hypothesispytest
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
"""


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder for a test session of its own, in which test files can import `played`."""
    monkeypatch.setenv("COLUMNS", "100")
    pytester.makeini(_INI)
    pytester.makepyfile(played=Path(__file__).with_name("played.py").read_text(encoding="utf-8"))
    return pytester
