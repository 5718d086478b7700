"""A model on loopback, in a process of its own so that its CPU is nobody's: it plays the user and the judge.

`python -m benchmarks.model_server SECONDS` is that process: it answers each request after so many seconds,
says its address on its standard output, and ends with its standard input.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.peers.openai_server import OpenAIServer, Received, Reply

from benchmarks.replies import USER_TEXT, decision

if TYPE_CHECKING:
    from collections.abc import Generator


@contextmanager
def model_server(*, latency: float = 0.0) -> Generator[str]:
    """Serve a model in another process and give its address.

    Args:
        latency: seconds before each answer.
    """
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.model_server", str(latency)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with server:
        assert server.stdout is not None
        base_url = server.stdout.readline().strip()
        assert base_url, "the model server did not start; its error is above"
        yield base_url


def _reply(request: Received, latency: float) -> Reply:
    tools: dict[str, Any] = {tool["function"]["name"]: tool for tool in request.body.get("tools", ())}
    if not tools:
        return Reply(USER_TEXT, delay=latency)
    return Reply(text=None, tool_calls=list(decision(tools).items()), delay=latency)


async def _serve(latency: float) -> None:
    async with OpenAIServer(lambda request: _reply(request, latency)) as server:
        print(server.base_url, flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
