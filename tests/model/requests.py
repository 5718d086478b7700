"""Requests to the loopback server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenario.types import ModelRequest

if TYPE_CHECKING:
    from tests.peers.openai_server import OpenAIServer

HELLO = [{"role": "user", "content": "hello"}]
LOOKUP = {
    "type": "function",
    "function": {
        "name": "lookup",
        "parameters": {"type": "object", "properties": {"id": {"type": "integer"}}},
    },
}


def request_to(server: OpenAIServer, model: str = "openai/gpt-4.1-mini", **fields: Any) -> ModelRequest:
    """A request to `server`; `fields` override."""
    values = {"messages": HELLO, "api_base": server.base_url, "api_key": "sk-test-0123456789"} | fields
    return ModelRequest(model, **values)
