"""The one TLS context of all clients: loading the certificates takes longer than ten calls."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context, with the certificates that httpx trusts."""
    import httpx

    return httpx.create_ssl_context()
