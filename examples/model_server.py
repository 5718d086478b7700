"""A fake: it stands in for a hosted model, so that the examples need no key and no network.

It speaks OpenAI's chat completions over real HTTP on this machine, and follows rules where a model would
think: it picks the offered tool that fits what the user wrote, asks for an argument that is missing, calls
the tool, and tells what came back. Without any tool it makes something up, as models do.

    with serving() as base_url:
        client = OpenAI(base_url=base_url, api_key="none")
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# How the fake reads an argument from what the user wrote; a tool may use these names only.
ARGUMENTS = {
    "city": r"\bin ([a-z]+)|^([a-z]+)\W*$",
    "email": r"(\S+@\S+\w)",
    "order_id": r"\b(\d{4})\b",
    "people": r"\bfor (\d+)\b|\b(\d+) people",
    "time": r"\b(\d{1,2} ?[ap]m)\b",
}
MESSAGE_KEYS = {"role", "content", "name", "refusal", "tool_calls", "tool_call_id"}


def reply(messages: list[dict], tools: list[dict]) -> dict:
    """Return the assistant's next message."""
    if messages[-1]["role"] == "tool":
        return says(f"Here is the result: {messages[-1]['content']}.")
    if not tools:
        return says("It has been taken care of. Everything is all right.")
    written = [message["content"] for message in messages if message["role"] == "user"]
    tool = max((tool["function"] for tool in tools), key=lambda tool: fitness(tool, written))
    if not fitness(tool, written):
        return says("How can I help you?")
    arguments = {name: read(name, written) for name in tool["parameters"]["properties"]}
    if missing := [name for name, value in arguments.items() if value is None]:
        return says(f"What is your {missing[0].replace('_id', ' number')}, please?")
    made = [call["function"] for message in messages for call in message.get("tool_calls") or []]
    if any(call["name"] == tool["name"] and json.loads(call["arguments"]) == arguments for call in made):
        return says("You are welcome. Have a good day!")
    function = {"name": tool["name"], "arguments": json.dumps(arguments)}
    call = {"id": f"call_{len(messages)}", "type": "function", "function": function}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


def says(text: str) -> dict:
    """Return a message of text."""
    return {"role": "assistant", "content": text}


def fitness(tool: dict, written: list[str]) -> int:
    """Return how many words of the tool's name and description the user used."""
    words = set(re.findall(r"[a-z]{4,}", f"{tool['name']} {tool.get('description', '')}".lower()))
    return len(words & set(re.findall(r"[a-z]+", " ".join(written).lower())))


def read(name: str, written: list[str]) -> str | int | None:
    """Return the argument as the user last wrote it."""
    for text in reversed(written):
        if match := re.search(ARGUMENTS[name], text, re.IGNORECASE):
            value = next(group for group in match.groups() if group)
            return {"city": str.title, "people": int}.get(name, str)(value)
    return None


def fault(messages: list[dict]) -> str | None:
    """Return what a hosted model would refuse in the conversation: adapters are held to the format."""
    calls = {call["id"] for message in messages for call in message.get("tool_calls") or []}
    for message in messages:
        if unknown := message.keys() - MESSAGE_KEYS:
            return f"unknown keys in a message: {sorted(unknown)}"
        if message["role"] == "tool" and message["tool_call_id"] not in calls:
            return "a tool message without the call that it answers"
    return None


class Handler(BaseHTTPRequestHandler):
    """Answers `POST /v1/chat/completions`."""

    protocol_version = "HTTP/1.1"  # connections are kept open, as hosted endpoints do
    timeout = 30

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        messages = request["messages"]
        if problem := fault(messages):
            return self.send(400, {"error": {"message": problem, "type": "invalid_request_error"}})
        message = reply(messages, request.get("tools") or [])
        reason = "tool_calls" if message.get("tool_calls") else "stop"
        tokens = {"prompt_tokens": 40, "completion_tokens": 10, "total_tokens": 50}
        return self.send(
            200,
            {
                "id": "chatcmpl-fake",
                "object": "chat.completion",
                "created": 0,
                "model": request["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": reason, "logprobs": None}],
                "usage": tokens,
            },
        )

    def send(self, status: int, body: dict) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Stay quiet."""


@contextmanager
def serving():
    """Serve the fake on a free port and yield its base URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
