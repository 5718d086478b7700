"""Every test of this folder that takes a `rig` runs once per adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.transports.rigs import all_rigs

if TYPE_CHECKING:
    import pytest


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "rig" in metafunc.fixturenames:
        metafunc.parametrize("rig", all_rigs(), ids=repr)
