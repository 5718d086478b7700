"""A switch for tests: no request may leave this machine."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scenario.errors import ModelCallError

if TYPE_CHECKING:
    from collections.abc import Generator

    from scenario.types import ModelRequest

_lock = threading.Lock()
_forbidden = 0


@contextmanager
def forbid_real_requests() -> Generator[None]:
    """Make every call of a hosted model fail inside the block, in all threads.

    Fakes, other registered providers, models in this process and endpoints (`api_base`) on loopback go on
    working.
    """
    global _forbidden
    with _lock:
        _forbidden += 1
    try:
        yield
    finally:
        with _lock:
            _forbidden -= 1


def check_allowed(request: ModelRequest) -> None:
    """Refuse a request to a hosted model while `forbid_real_requests()` is in force.

    Raises:
        ModelCallError: it is.
    """
    if _forbidden and not _is_loopback(urlsplit(request.api_base or "").hostname or ""):
        raise ModelCallError(
            f"a test forbids real requests, and {request.model!r} would make one; use fake_model(), or an "
            "api_base on 127.0.0.1",
            model=request.model,
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return host == "localhost"
