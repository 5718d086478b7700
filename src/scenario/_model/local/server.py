"""A GGUF file served in this process by llama.cpp, over HTTP on the loopback interface."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import logging
import os
import secrets
import socket
import threading
from importlib import import_module
from typing import TYPE_CHECKING, Any

from scenario._model.local.gguf import context_length
from scenario.errors import MissingExtraError, ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

logger = logging.getLogger("scenario")

LONGEST_CONTEXT = 32_768
"""Tokens of context that are reserved at most; memory for all of them is taken when the model is loaded."""

_UNKNOWN_CONTEXT = 4096
_SMALL = 300_000_000  # bytes of the model file
# A cancelled prompt is given up between two batches: after 1.3 s with 256 tokens, 16 s with 2048; same speed.
_BATCH = 256
# Simulator and judge take turns on the one slot; each finds the prefix of its prompt again here.
_PROMPT_CACHE_MIB = 512

_servers: dict[Path, LocalServer] = {}
_lock = threading.Lock()


class LocalServer:
    """One model with one slot; further requests wait in its queue.

    Attributes:
        url: base address, on 127.0.0.1 and a free port.
        api_key: a key of this process, so that other programs and web pages cannot use the server.
        connections: sockets of the requests under way.
    """

    def __init__(self, path: Path) -> None:
        """Load the model and start to serve; this takes seconds and holds the interpreter lock.

        Raises:
            MissingExtraError: `xllamacpp` is not installed.
            ScenarioError: the file is no usable model.
        """
        try:
            xllamacpp: Any = import_module("xllamacpp")
        except ImportError as error:
            raise MissingExtraError(
                feature=f"The model 'local/{path}'", package="xllamacpp", extra="local"
            ) from error
        self.api_key = secrets.token_urlsafe()
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.api_keys = [self.api_key]
        params.n_ctx = _context(path)
        params.n_parallel = 1
        params.n_batch = params.n_ubatch = _BATCH
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = _threads(path)
        params.cache_ram_mib = _PROMPT_CACHE_MIB
        params.n_gpu_layers = 0
        params.prefill_assistant = False
        params.warmup = params.ui = params.endpoint_slots = False
        params.verbosity = -1
        try:
            self._server: Any = xllamacpp.Server(params)
        except RuntimeError as error:
            raise ScenarioError(
                f"llama.cpp could not load the model file {str(path)!r}. It may be incomplete, of an "
                "architecture that this version does not know, or too large for the memory of this machine."
            ) from error
        self.url: str = self._server.listening_address
        self.connections: set[socket.socket] = set()

    def close(self) -> None:
        """Stop serving and free the memory; requests under way fail."""
        for connected in tuple(self.connections):
            # Destroying the server holds the interpreter lock and waits for its open requests. Their clients
            # need that lock to hang up: without this, both would wait for ever.
            with contextlib.suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)
        self._server = None


def _threads(path: Path) -> int:
    """Return one thread for a small model, which more of them only slow down, else half the processors."""
    if path.stat().st_size < _SMALL:
        return 1
    return max(2, min(8, (os.cpu_count() or 2) // 2))


def _context(path: Path) -> int:
    try:
        return min(context_length(path) or _UNKNOWN_CONTEXT, LONGEST_CONTEXT)
    except (ValueError, OSError) as error:
        raise ScenarioError(f"The local model cannot be used: {error}") from error


async def server_for(path: Path) -> LocalServer:
    """Return the process's server of a model file, starting it off the event loop at the first call."""
    return _servers.get(path) or await asyncio.to_thread(_start, path)


def _start(path: Path) -> LocalServer:
    with _lock:
        server = _servers.get(path)
        if server is None:
            if not _servers:
                atexit.register(close_servers)
            server = _servers[path] = LocalServer(path)
            logger.debug("Serving the local model %s", path)
        return server


def close_servers() -> None:
    """Stop every server of the process; the next request for a model starts it anew."""
    atexit.unregister(close_servers)
    with _lock:
        while _servers:
            _servers.popitem()[1].close()
