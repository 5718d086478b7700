from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scenario._observer import add_process_observer, remove_process_observer

from .acting import Endings

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def endings() -> Iterator[Endings]:
    """How the runs of this test begin and end."""
    observer = Endings()
    add_process_observer(observer)
    yield observer
    remove_process_observer(observer)
