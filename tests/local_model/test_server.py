"""The server of a GGUF file: started once, shared, stopped at exit; failures are clear."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import httpx
import pytest

from scenario._model.local.files import model_file
from scenario._model.local.server import LocalServer, close_servers, server_for
from scenario.errors import MissingExtraError, ScenarioError

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.local_model


async def test_all_loops_and_threads_share_one_server():
    path = model_file("smollm2")
    found: list[LocalServer] = []

    async def ask() -> None:
        found.extend(await asyncio.gather(*(server_for(path) for _ in range(3))))

    threads = [threading.Thread(target=lambda: asyncio.run(ask())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert len(found) == 6
    assert len(set(map(id, found))) == 1


async def test_it_listens_on_loopback_and_wants_its_key():
    server = await server_for(model_file("smollm2"))
    assert server.url.startswith("http://127.0.0.1:")
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{server.url}/v1/models")).status_code == 401


async def test_after_close_a_new_server_is_started():
    path = model_file("smollm2")
    first = await server_for(path)
    await asyncio.to_thread(close_servers)
    second = await server_for(path)
    assert second is not first


@pytest.mark.parametrize("content", [b"", b"hello" * 100, b"GGUF", b"GGUF" + b"\xff" * 200])
async def test_a_file_that_is_no_model_is_refused(tmp_path: Path, content: bytes):
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match=r"model\.gguf"):
        await server_for(path)


async def test_a_file_that_was_cut_off_is_refused(tmp_path: Path):
    path = tmp_path / "model.gguf"
    with model_file("smollm2").open("rb") as file:
        path.write_bytes(file.read(3_000_000))
    with pytest.raises(ScenarioError, match="could not load the model file"):
        await server_for(path)


async def test_without_the_extra_the_error_says_what_to_install(tmp_path: Path, monkeypatch):
    monkeypatch.setitem(sys.modules, "xllamacpp", None)
    with pytest.raises(MissingExtraError, match=r"agent-scenario\[local\]") as caught:
        await server_for(tmp_path / "model.gguf")
    assert (caught.value.package, caught.value.extra) == ("xllamacpp", "local")


_ASK = """
import asyncio, threading
from scenario._model.local import answer
from scenario.types import ModelRequest

async def ask(max_tokens):
    messages = [{"role": "user", "content": "Count from one to a thousand."}]
    request = ModelRequest("local/smollm2", messages, max_tokens=max_tokens, params={"min_p": 0})
    return await answer(request)
"""


@pytest.mark.parametrize(
    "rest",
    [
        "print(asyncio.run(ask(3)).usage.output_tokens)",
        # A request is under way in a daemon thread when the interpreter ends.
        """
asyncio.run(ask(1))
from scenario._model.local.server import _servers
def ask_for_long():
    try:
        asyncio.run(ask(5000))
    except Exception:
        pass  # whichever way the end of the interpreter takes it
threading.Thread(target=ask_for_long, daemon=True).start()
(server,) = _servers.values()
while not server.connections:
    threading.Event().wait(0.01)
print(3)
""",
    ],
    ids=["idle", "busy"],
)
def test_the_process_ends_cleanly(rest: str):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _ASK + rest],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "3\n", "")


def test_importing_the_package_loads_no_engine():
    code = (
        "import sys, scenario._model.local as local; local.resolve_auto, local.answer; "
        "print([name for name in ('xllamacpp', 'httpx', 'huggingface_hub') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=50
    )
    assert done.stdout == "[]\n"
