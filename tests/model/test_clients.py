"""Held clients: reused within a loop, closed with it."""

from __future__ import annotations

import asyncio
import gc
import warnings

from scenario._model import aclose_clients, clients, complete
from scenario._model.clients import held_client
from tests.model.requests import request_to
from tests.peers.openai_server import OpenAIServer


class Connection:
    def __init__(self, *, broken: bool = False) -> None:
        self.closed = False
        self.broken = broken

    async def aclose(self) -> None:
        self.closed = True
        if self.broken:
            raise OSError("cannot close")


async def test_calls_of_one_loop_share_a_connection() -> None:
    async with OpenAIServer() as server:
        for _ in range(5):
            await complete(request_to(server))
        assert server.connections == 1


async def test_another_key_gets_another_client_but_other_headers_do_not() -> None:
    async with OpenAIServer() as server:
        await complete(request_to(server, api_key="sk-one-000000"))
        await complete(request_to(server, api_key="sk-two-000000"))
        await complete(request_to(server, api_key="sk-two-000000", params={"headers": {"x-run": "1"}}))
        assert server.connections == 2
    assert [request.headers["authorization"][-13:] for request in server.requests] == [
        "sk-one-000000",
        "sk-two-000000",
        "sk-two-000000",
    ]


async def test_aclose_clients_closes_the_connections_and_calls_still_work_afterwards() -> None:
    async with OpenAIServer() as server:
        await complete(request_to(server))
        await aclose_clients()
        await server.until(lambda server: server.open_connections == 0)
        assert (await complete(request_to(server))).text == "ok"
        assert server.connections == 2


async def test_aclose_clients_without_clients_does_nothing() -> None:
    await aclose_clients()
    await aclose_clients()


async def test_a_client_that_cannot_be_closed_does_not_keep_the_others_open() -> None:
    good, bad = Connection(), Connection(broken=True)
    await held_client("good", lambda: good)
    await held_client("bad", lambda: bad)
    await aclose_clients()
    assert good.closed
    assert bad.closed


def test_asyncio_run_closes_the_clients_of_its_loop() -> None:
    connection = Connection()
    asyncio.run(held_client("x", lambda: connection))
    assert connection.closed


def test_many_loops_leave_no_connection_and_no_warning_behind() -> None:
    with OpenAIServer().in_thread() as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        for _ in range(20):
            asyncio.run(complete(request_to(server)))
        gc.collect()
        assert server.connections == 20
        asyncio.run(held_client("x", Connection))
    assert server.open_connections == 0


def test_the_entry_of_a_loop_that_was_closed_unasked_is_dropped_with_the_next_loop() -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(held_client("x", Connection))
    loop.close()
    asyncio.run(held_client("x", Connection))
    assert loop not in clients._holders


def test_loops_in_threads_have_clients_of_their_own() -> None:
    def work() -> Connection:
        return asyncio.run(held_client("x", Connection))

    async def main() -> list[Connection]:
        return await asyncio.gather(*(asyncio.to_thread(work) for _ in range(4)))

    assert len({id(connection) for connection in asyncio.run(main())}) == 4


async def test_all_clients_share_one_tls_context() -> None:
    from scenario._model.backends.tls import tls_context

    assert tls_context() is tls_context()
