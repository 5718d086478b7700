"""What `auto` stands for: the first that is there, said once, the same for everybody."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from scenario._model.local import hosted, resolve_auto
from scenario._model.local.files import model_file
from scenario._model.local.hosted import HOSTED_MODELS
from scenario._model.local.ollama import chat_model, ollama_address
from scenario._model.registry import unregister_model_provider

from .hub import Hub

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _nothing_is_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for model in HOSTED_MODELS:
        for variable in model.variables:
            monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("OLLAMA_HOST", NOWHERE)
    monkeypatch.setenv("HF_ENDPOINT", NOWHERE)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")


@pytest.fixture
def ollama(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """An Ollama server with one model; gives the paths that were asked for."""
    paths: list[str] = []
    replies: dict[str, Any] = {
        "/api/tags": {"models": [{"name": "llama3.2:3b", "details": {"parameter_size": "3.2B"}}]},
        "/v1/chat/completions": {
            "id": "1", "object": "chat.completion", "created": 1, "model": "llama3.2:3b",
            "choices": [
                {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}}
            ],
            "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
        },
    }  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            paths.append(self.path)
            body = json.dumps(replies[self.path]).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    monkeypatch.setenv("OLLAMA_HOST", f"127.0.0.1:{server.server_port}")
    yield paths
    server.shutdown()
    server.server_close()
    thread.join()
    unregister_model_provider("ollama")


async def test_with_nothing_it_is_the_offline_players_and_says_why():
    lines: list[str] = []
    assert await resolve_auto(say=lines.append) == "offline/players"
    assert len(lines) == 2
    assert "There is no model on this machine" in lines[0]
    assert "offline/players" in lines[1]


async def test_it_is_said_once_to_the_logger_and_the_callback(caplog: pytest.LogCaptureFixture, monkeypatch):
    monkeypatch.setenv("SCENARIO_LOCAL_MODEL", "smollm2")
    caplog.set_level(logging.INFO, "scenario")
    lines: list[str] = []
    for _ in range(3):
        await resolve_auto(say=lines.append)
    assert len(lines) == 1
    assert [record.message for record in caplog.records if record.name == "scenario"] == lines


async def test_a_hosted_key_needs_consent(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    assert await resolve_auto() == "offline/players"


async def test_consent_by_variable(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("SCENARIO_DEMO_HOSTED", "1")
    lines: list[str] = []
    assert await resolve_auto(say=lines.append) == "openai/gpt-5-mini"
    assert "OPENAI_API_KEY" in lines[0]
    assert "sk-test" not in lines[0]


@pytest.mark.parametrize(("agrees", "model"), [(True, "openai/gpt-5-mini"), (False, "offline/players")])
async def test_consent_by_question(monkeypatch, agrees: bool, model: str):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    questions: list[str] = []

    def confirm(question: str) -> bool:
        questions.append(question)
        return agrees

    assert await resolve_auto(confirm=confirm) == model
    assert len(questions) == 1
    assert "openai/gpt-5-mini" in questions[0]


async def test_a_key_whose_package_is_missing_is_passed_over(monkeypatch):
    monkeypatch.setenv("SCENARIO_DEMO_HOSTED", "1")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "key")
    monkeypatch.setattr(hosted, "find_spec", lambda _: None)
    assert await resolve_auto() == "offline/players"


@pytest.mark.parametrize("model", HOSTED_MODELS, ids=lambda model: model.model)
def test_every_hosted_default_has_a_known_price(model: hosted.HostedModel):
    from genai_prices import Usage, calc_price

    provider, _, name = model.model.partition("/")
    provider = {"xai": "x-ai", "gemini": "google"}.get(provider, provider)
    assert calc_price(Usage(input_tokens=1000), name, provider_id=provider).total_price > 0


async def test_an_ollama_server_comes_before_a_file(ollama: list[str], monkeypatch):
    monkeypatch.setenv("SCENARIO_LOCAL_MODEL", "smollm2")
    assert await resolve_auto() == "ollama/llama3.2:3b"
    assert ollama == ["/api/tags"]


async def test_the_ollama_model_can_be_called_with_the_base_install(ollama: list[str], monkeypatch):
    from scenario._model import complete
    from scenario.types import ModelRequest

    request = ModelRequest("auto", [{"role": "user", "content": "hi"}])
    response = await complete(request)
    assert response.text == "hi"
    assert response.usage.cost_usd == 0.0
    assert ollama[-1] == "/v1/chat/completions"


@pytest.mark.parametrize(
    ("tags", "name"),
    [
        ({"models": []}, None),
        ({"error": "x"}, None),
        ([], None),
        ({"models": [{"name": "nomic-embed-text:latest"}]}, None),
        ({"models": [{"name": "x", "details": {"families": ["bert"]}}]}, None),
        ({"models": [{"name": "a:1b", "details": {"parameter_size": "1.2B"}},
                     {"name": "b:8b", "details": {"parameter_size": "8.0B"}},
                     {"name": "c:70b", "details": {"parameter_size": "70.6B"}},
                     {"name": "d:8b-text", "details": {"parameter_size": "8.1B"}}]}, "b:8b"),
        ({"models": [{"name": "c:70b", "details": {"parameter_size": "70.6B"}}]}, "c:70b"),
    ],
)  # fmt: skip
def test_the_largest_bearable_chat_model_is_chosen(tags: Any, name: str | None):
    assert chat_model(tags) == name


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("", "http://127.0.0.1:11434"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("box", "http://box:11434"),
        ("box:80", "http://box:80"),
        ("http://box", "http://box:80"),
        ("https://box/", "https://box:443"),
        ("[::1]:5", "http://[::1]:5"),
    ],
)
def test_the_ollama_address_is_read_as_ollama_does(host: str, address: str, monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", host)
    assert ollama_address() == address


async def test_a_bad_ollama_address_is_passed_over(monkeypatch):
    monkeypatch.setenv("OLLAMA_HOST", "http://box:port")
    assert await resolve_auto() == "offline/players"


async def test_a_named_file(monkeypatch):
    path = model_file("smollm2")
    monkeypatch.setenv("SCENARIO_LOCAL_MODEL", str(path))
    assert await resolve_auto() == f"local/{path}"


async def test_a_named_file_that_is_none_is_said_and_passed_over(monkeypatch, tmp_path: Path):
    (tmp_path / "m.gguf").write_text("text")
    monkeypatch.setenv("SCENARIO_LOCAL_MODEL", str(tmp_path / "m.gguf"))
    lines: list[str] = []
    assert await resolve_auto(say=lines.append) == "offline/players"
    assert "is not a GGUF file" in lines[0]


async def test_the_pinned_model_is_downloaded(monkeypatch, tmp_path: Path):
    with Hub().serve() as address:
        monkeypatch.setenv("HF_ENDPOINT", address)
        model = await resolve_auto()
    assert model == f"local/{tmp_path}/.scenario/models/qwen2.5-1.5b-instruct-q4_k_m.gguf"


async def test_without_the_extra_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    lines: list[str] = []
    assert await resolve_auto(say=lines.append) == "offline/players"
    assert "agent-scenario[local]" in lines[0]


def test_a_hundred_first_calls_from_four_loops_resolve_once(ollama: list[str]):
    found: list[str] = []
    lines: list[str] = []
    together = threading.Barrier(4)

    async def ask() -> None:
        together.wait()
        found.extend(await asyncio.gather(*(resolve_auto(say=lines.append) for _ in range(25))))

    threads = [threading.Thread(target=lambda: asyncio.run(ask())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["ollama/llama3.2:3b"] * 100
    assert ollama == ["/api/tags"]
    assert len(lines) == 1


async def test_a_cancelled_caller_does_not_disturb_the_others(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    asked, released = threading.Event(), threading.Event()

    def confirm(_: str) -> bool:
        asked.set()
        return released.wait(20)

    first = asyncio.create_task(resolve_auto(confirm=confirm))
    await asyncio.to_thread(asked.wait, 20)
    second = asyncio.create_task(resolve_auto())
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    released.set()
    assert await second == "openai/gpt-5-mini"


async def test_after_a_failed_question_the_next_call_chooses_anew(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")

    def no_terminal(_: str) -> bool:
        raise EOFError("no terminal")

    with pytest.raises(EOFError):
        await resolve_auto(confirm=no_terminal)
    assert await resolve_auto(confirm=lambda _: True) == "openai/gpt-5-mini"
