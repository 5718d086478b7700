"""One chat completion over HTTP to a `LocalServer`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from scenario._model.loading import import_off_loop
from scenario.errors import ModelCallError

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    import httpx

    from scenario._model.local.server import LocalServer


async def post_chat(
    server: LocalServer, body: Mapping[str, Any], *, seconds: float, model: str
) -> dict[str, Any]:
    """Return the server's answer. A cancelled call hangs up, upon which the server drops the request.

    Args:
        server: where to send it.
        body: the request, in OpenAI's format.
        seconds: limit of time, waiting for the slot included.
        model: the model string, for errors.

    Raises:
        ModelCallError: the server refused the request, broke off, or did not answer in time.
    """
    await import_off_loop("httpx")
    import httpx

    connections: list[socket.socket] = []

    async def on_event(event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            connections.append(info["return_value"].get_extra_info("socket"))
            server.connections.add(connections[-1])

    # A client for each call costs 0.2 ms, is bound to no loop, and leaves no idle connection to hold a thread
    # of the server. No TLS on loopback; the time is limited below, for the call as a whole.
    client = httpx.AsyncClient(trust_env=False, verify=False, timeout=None)  # noqa: S113, S501 - see above
    try:
        async with asyncio.timeout(seconds), client:
            response = await client.post(
                f"{server.url}/v1/chat/completions",
                json=body,
                headers={"Authorization": f"Bearer {server.api_key}"},
                extensions={"trace": on_event},
            )
    except TimeoutError as error:
        raise ModelCallError(
            f"{model!r} did not answer within {seconds:g} s. A model on this machine is slow with long "
            "prompts: allow more with timeout=, or use a smaller model.",
            model=model,
            retryable=True,
        ) from error
    except httpx.TransportError as error:
        raise ModelCallError(
            f"The connection to the server of {model!r} was lost: {error!r}",
            model=model,
            retryable=True,
        ) from error
    finally:
        server.connections.difference_update(connections)
    return _answer(response, model)


def _answer(response: httpx.Response, model: str) -> dict[str, Any]:
    reply: dict[str, Any] = response.json()
    if response.is_success:
        return reply
    raise ModelCallError(
        f"The local server of {model!r} refused the request: {reply.get('error', reply)!r}",
        model=model,
        status_code=response.status_code,
        retryable=response.is_server_error,
    )
