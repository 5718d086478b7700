"""A public address for a server on this machine, by Cloudflare's quick tunnels.

Source: "TryCloudflare" of Cloudflare's documentation
(developers.cloudflare.com/cloudflare-one/connections/connect-networks/do-more-with-tunnels/trycloudflare).
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import sys
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Literal, Self

from scenario.voice.testing._edge import Edge

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["CloudflareTunnel", "TunnelUnavailableError"]

_logger = logging.getLogger("scenario.voice")

_PROGRAM = "cloudflared"
_INSTALL = (
    "`winget install --id Cloudflare.cloudflared`"
    if sys.platform == "win32"
    else "`brew install cloudflared`, or the package of pkg.cloudflare.com for your system"
)
# Its own service is named in error messages, before there is a tunnel.
_URL = re.compile(r"https://(?!api\.)[a-z0-9-]+\.trycloudflare\.com")
_LINES = 20
_LONGEST_LINE = 2000
_TERM_SECONDS = 3.0


class TunnelUnavailableError(RuntimeError):
    """There is no tunnel: the program is missing, has ended, or does not get through."""


class CloudflareTunnel:
    """Runs `cloudflared` for as long as the block lasts.

        async with CloudflareTunnel(8765) as tunnel:
            ...  # start the server
            await tunnel.wait_until_edge_reachable()

    Args:
        port: that the server listens on, on this machine.
        startup_timeout_s: seconds within which the program must give an address.
        edge_ready_timeout_s: seconds within which the address must answer.
        resolver: who resolves the name: the system, or (`"doh"`) public resolvers if the system cannot yet.

    Raises:
        TunnelUnavailableError: on entering the block, if there is no address.
    """

    def __init__(
        self,
        port: int,
        *,
        startup_timeout_s: float = 20.0,
        edge_ready_timeout_s: float = 300.0,
        resolver: Literal["system", "doh"] = "system",
    ) -> None:
        if resolver not in ("system", "doh"):
            raise ValueError(f"resolver must be 'system' or 'doh', got {resolver!r}")
        self.port = port
        self.startup_timeout_s = startup_timeout_s
        self.edge_ready_timeout_s = edge_ready_timeout_s
        self.resolver: Literal["system", "doh"] = resolver
        self.public_url = ""
        """The address, `https://<words>.trycloudflare.com`; empty without a tunnel."""
        self._process: asyncio.subprocess.Process | None = None
        self._drain: asyncio.Task[None] | None = None
        self._lines: deque[str] = deque(maxlen=_LINES)
        self._found = asyncio.Event()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Start the program and wait for its address; when it runs already, do nothing.

        Raises:
            TunnelUnavailableError: it is missing, ends, or gives no address in time.
        """
        if self._process is not None:
            return
        self.public_url = ""
        self._lines.clear()
        self._found = asyncio.Event()
        arguments = ("tunnel", "--url", f"http://localhost:{self.port}", "--no-autoupdate")
        try:
            self._process = await asyncio.create_subprocess_exec(
                _PROGRAM,
                *arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                # Ctrl+C must reach us alone: the adapter ends first, then its tunnel.
                start_new_session=True,
            )
        except OSError as error:
            raise TunnelUnavailableError(
                f"the program {_PROGRAM!r} cannot be run ({error.strerror}): install it with {_INSTALL}, or "
                "give the adapter the public_base_url of another tunnel"
            ) from None
        try:
            await self._until_found(self._process)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the program: SIGTERM, after 3 s SIGKILL. Never raises."""
        process, self._process = self._process, None
        drain, self._drain = self._drain, None
        self.public_url = ""
        if process is None:
            return
        try:
            _send(process, signal.SIGTERM)
            with suppress(TimeoutError):
                async with asyncio.timeout(_TERM_SECONDS):
                    await process.wait()
        finally:
            _kill(process)
            if drain is not None:
                drain.cancel()
            # A pipe that a grandchild keeps open would otherwise stay open here too.
            transport = getattr(process, "_transport", None)
            if transport is not None:
                transport.close()
            await process.wait()

    async def wait_until_edge_reachable(self, *, timeout_s: float | None = None) -> None:
        """Wait until our server answers at the public address: its health route returns what it is asked.

        Args:
            timeout_s: seconds to wait; default `edge_ready_timeout_s`.

        Raises:
            TunnelUnavailableError: it does not answer in time, or the program ends.
        """
        process = self._process
        if process is None:
            raise TunnelUnavailableError("there is no tunnel: enter `async with CloudflareTunnel(...)`")
        seconds = self.edge_ready_timeout_s if timeout_s is None else timeout_s
        deadline = time.monotonic() + seconds
        async with Edge(self.public_url, resolver=self.resolver) as edge:
            while not await edge.answers(within=deadline - time.monotonic()):
                if process.returncode is not None:
                    raise self._unavailable(f"it ended with status {process.returncode}")
                if time.monotonic() >= deadline:
                    raise self._unavailable(
                        f"{self.public_url} does not lead to our server after {seconds:g} s: {edge.problem}"
                    )
                await asyncio.sleep(min(1.0, max(0.0, deadline - time.monotonic())))

    # The program's output

    async def _until_found(self, process: asyncio.subprocess.Process) -> None:
        self._drain = asyncio.create_task(self._read(process), name="scenario tunnel output")
        found = asyncio.create_task(self._found.wait())
        ended = asyncio.create_task(process.wait())
        try:
            await asyncio.wait(
                {found, ended}, timeout=self.startup_timeout_s, return_when=asyncio.FIRST_COMPLETED
            )
            if ended.done():
                await asyncio.wait({self._drain}, timeout=1.0)  # its last words
                raise self._unavailable(f"it ended with status {process.returncode}")
        finally:
            found.cancel()
            ended.cancel()
        if not self.public_url:
            raise self._unavailable(f"it gave no address within {self.startup_timeout_s:g} s")
        _logger.info("tunnel: %s leads to port %d", self.public_url, self.port)

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        """Read all output for the whole life of the program: a full pipe would stop it."""
        assert process.stdout is not None
        rest = ""
        while piece := await process.stdout.read(65536):
            *lines, rest = (rest + piece.decode("utf-8", "replace")).split("\n")
            for line in lines:
                self._take(line)
            rest = rest[-_LONGEST_LINE:]
        self._take(rest)

    def _take(self, line: str) -> None:
        line = line.strip()[:_LONGEST_LINE]
        if not line:
            return
        self._lines.append(line)
        if not self.public_url and (match := _URL.search(line)):
            self.public_url = match[0]
            self._found.set()

    def _unavailable(self, text: str) -> TunnelUnavailableError:
        said = "\n".join(self._lines) or "(nothing)"
        return TunnelUnavailableError(f"no tunnel by {_PROGRAM}: {text}. Its last lines:\n{said}")


def _send(process: asyncio.subprocess.Process, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.send_signal(number)
        else:
            os.killpg(process.pid, number)  # it leads a session, and so a group, of its own


def _kill(process: asyncio.subprocess.Process) -> None:
    if sys.platform == "win32":
        with suppress(ProcessLookupError):
            process.kill()
    else:
        _send(process, signal.SIGKILL)
