"""A port that is ours, or the reason why it cannot be."""

from __future__ import annotations

import socket
from contextlib import suppress


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes a free one.

    Raises:
        OSError: the port is in use, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        with suppress(OSError):
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise type(error)(
            error.errno,
            f"{error.strerror}: cannot listen on port {port} of {host}; choose another http_port (0 takes a "
            "free one), or end what uses it",
        ) from None
    return listener
