"""The Internet for tunnels: a proxy that leads every address to one server here, behind TLS."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import trustme

from tests.transports.peers.sockets import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HOSTS = ("fake-words-here.trycloudflare.com", "1.1.1.1", "8.8.8.8", "203.0.113.7")


@asynccontextmanager
async def internet(folder: Path, port: int, *, dns: str = "") -> AsyncIterator[tuple[str, Path, list[str]]]:
    """Give the URL of a proxy, the file with the authority that it is trusted by, and what was asked of it.

    Args:
        folder: for the file.
        port: where requests lead.
        dns: what public resolvers answer; with it the proxy does not know the tunnel's name.
    """
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS).configure_cert(tls)
    asked: list[str] = []
    tasks: set[asyncio.Task[None]] = set()

    async def behind_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"GET /dns-query" in head or b"GET /resolve" in head:
            answer = dns.encode()
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(answer))
            writer.write(answer)
        else:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", port)
            up_writer.write(head.replace(b"keep-alive", b"close"))
            writer.write(await up_reader.read())
            up_writer.close()
        await writer.drain()
        writer.close()

    inner = await asyncio.start_server(behind_tls, "127.0.0.1", inner_port := free_port(), ssl=tls)

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(65536):
            writer.write(piece)
        writer.close()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            target = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
            asked.append(target)
            if dns and target.startswith(HOSTS[0]):
                writer.write(b"HTTP/1.1 502 unknown host\r\n\r\n")
                return
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", inner_port)
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            await asyncio.gather(pump(reader, up_writer), pump(up_reader, writer))
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            writer.close()

    outer = await asyncio.start_server(proxy, "127.0.0.1", 0)
    try:
        proxy_port = outer.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{proxy_port}", folder / "authority.pem", asked
    finally:
        outer.close()
        inner.close()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
