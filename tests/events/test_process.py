"""What only a process of its own can show: its end, its output, its imports and its children."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .event_server import EventServer, Reply

ROOT = Path(__file__).parents[2]
RUNS = """
import asyncio, sys, time
from scenario._events import EventBus
from scenario.config import ScenarioConfig
from tests.events.stage import play

async def main(runs):
    begin = time.monotonic()
    for _ in range(runs):
        bus = EventBus(config=ScenarioConfig(verbose=False))
        play(bus, "hi")
        await bus.drain()
    return time.monotonic() - begin
"""


def start(code: str, endpoint: str, **environment: str) -> subprocess.Popen[str]:
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        "LANGWATCH_API_KEY": "the-key",
        "LANGWATCH_ENDPOINT": endpoint,
        **environment,
    }
    return subprocess.Popen(
        [sys.executable, "-c", RUNS + code],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_end_of_the_process_waits_at_most_five_seconds():
    with EventServer(default=Reply(hang=True)) as server:
        process = start(
            "asyncio.run(main(1)); print('over', flush=True)",
            server.endpoint,
            SCENARIO_EVENT_DRAIN_TIMEOUT="0",
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == "over\n"
            begin = time.monotonic()
            process.communicate(timeout=30)
            assert time.monotonic() - begin < 6.5
        assert process.returncode == 0


def test_late_events_are_delivered_at_the_end_of_the_process():
    with EventServer() as server:
        process = start("asyncio.run(main(1))", server.endpoint, SCENARIO_EVENT_DRAIN_TIMEOUT="0")
        assert process.communicate(timeout=30) == ("", "")
        assert server.types == ["RUN_STARTED", "MESSAGE_SNAPSHOT", "RUN_FINISHED"]


def test_nothing_is_printed_about_delivery_problems(refused: str):
    process = start("asyncio.run(main(2))", refused)
    assert process.communicate(timeout=30) == ("", "")


def test_no_http_library_is_imported_without_a_key(refused: str):
    process = start("asyncio.run(main(2)); print('httpx' in sys.modules)", refused, LANGWATCH_API_KEY="")
    assert process.communicate(timeout=30) == ("False\n", "")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform has no fork")
def test_a_forked_child_delivers_its_own_events():
    code = """
import os, warnings
warnings.simplefilter("ignore")
asyncio.run(main(1))
child = os.fork()
asyncio.run(main(1))
if child:
    assert os.waitpid(child, 0)[1] == 0
"""
    with EventServer() as server:
        process = start(code, server.endpoint)
        assert process.communicate(timeout=30) == ("", "")
        assert server.types.count("RUN_FINISHED") == 3
