"""With a cache key, a scenario that was played once is replayed, in any process: core 5.3."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import scenario
from tests.peers.openai_server import OpenAIServer

from .acting import plays
from .cached_scenario import play
from .programs import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TURNS = 8


class Recorded:
    """A first play in a process of its own, its cache, and the server that counts model calls."""

    def __init__(self, server: OpenAIServer, folder: Path) -> None:
        self.server = server
        self.folder = folder
        self.first = self.play_in_process(seed="1")
        self.calls = len(server.requests)

    def play_in_process(self, *, seed: str) -> dict[str, Any]:
        environment = os.environ | {
            "MODEL_SERVER": self.server.base_url,
            "SCENARIO_CACHE_DIR": str(self.folder),
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": str(ROOT),
        }
        program = "from tests.acceptance.cached_scenario import main; main()"
        command = [sys.executable, "-W", "error", "-c", program]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    numbers = itertools.count(1)  # no two answers of the model are equal

    def answer(request: Any) -> Any:
        return plays(request.body.get("tools", ()), f"message {next(numbers)}")

    with OpenAIServer(answer).in_thread() as server:
        yield Recorded(server, tmp_path_factory.mktemp("recorded"))


@pytest.fixture
def replaying(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """The recording, with this process using its cache; its calls counted from here on."""
    monkeypatch.setenv("SCENARIO_CACHE_DIR", str(recorded.folder))
    monkeypatch.setenv("MODEL_SERVER", recorded.server.base_url)
    recorded.server.requests.clear()
    return recorded


def test_the_first_play_asks_the_model_for_every_message_and_judgment(recorded):
    assert recorded.calls == 3 * TURNS
    assert recorded.first["success"]
    assert len(recorded.first["messages"]) == 2 * TURNS


def test_another_process_replays_it_without_a_model_call(replaying):
    assert replaying.play_in_process(seed="2") == replaying.first
    assert replaying.server.requests == []


async def test_this_process_replays_it_too_and_counts_hits_and_no_calls(replaying):
    assert await play() == replaying.first
    assert replaying.server.requests == []


@pytest.mark.parametrize("run", [scenario.run, scenario.arun])
async def test_replays_are_counted_as_hits(replaying, run, monkeypatch):
    results = []

    async def keeps(*args, **kwargs):
        results.append(await run(*args, **kwargs))
        return results[-1]

    monkeypatch.setattr(scenario, "arun", keeps)
    await play()
    usage = results[0].usage
    assert (usage.total.calls, usage.total.cache_hits) == (0, 3 * TURNS)
    assert {role: part.cache_hits for role, part in usage.by_role.items()} == dict.fromkeys(
        ("User", "Agent", "Judge"), TURNS
    )


async def test_what_is_only_shown_does_not_ask_again(replaying, capsys):
    assert await play(verbose=2) == replaying.first
    assert replaying.server.requests == []
    assert "[Scenario: sailor]" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "askers"),
    [
        ({"criterion": "The agent answers some questions"}, {"judge"}),
        ({"persona": "A young sailor."}, {"user", "agent", "judge"}),
        ({"model": "openai/gpt-4.1"}, {"user", "agent", "judge"}),
        ({"cache_key": "v2"}, {"user", "agent", "judge"}),
    ],
    ids=["criterion", "persona", "model", "key"],
)
async def test_what_matters_asks_the_model_again(replaying, change, askers):
    played = await play(**change)

    def who(request):
        if "tools" in request.body:
            return "judge"
        return "agent" if request.body["model"] == "agent" else "user"

    assert {who(request) for request in replaying.server.requests} == askers
    assert played["success"]
    same = played["messages"] == replaying.first["messages"]
    assert same == (askers == {"judge"})


async def test_without_a_key_every_play_asks_the_model(replaying):
    await play(cache_key=None)
    assert len(replaying.server.requests) == 3 * TURNS


async def test_many_plays_at_once_ask_for_each_answer_once(replaying):
    plays_at_once = await asyncio.gather(*(play(cache_key="at once") for _ in range(5)))
    assert plays_at_once == [plays_at_once[0]] * 5
    assert len(replaying.server.requests) == 3 * TURNS


def test_no_secret_and_no_question_is_on_disk(recorded):
    files = [path for path in recorded.folder.rglob("*") if path.is_file()]
    assert len(files) >= 3 * TURNS
    for path in files:
        content = path.read_bytes()
        assert b"sk-test" not in content
        assert b"harbour" not in content
