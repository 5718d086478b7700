"""What a real server is told of runs that end in every way: core 6.1, 6.3 and 2.8."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
import time
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import pytest

import scenario
from scenario._events import worker
from scenario._tracing import ensure_tracing
from scenario.errors import ScenarioError
from scenario.scenario_executor import ScenarioExecutor
from tests.engine.agents import agent, judge, user, verdict
from tests.events.event_server import EventServer, Reply

from .programs import start

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY = "sk-lw-secret"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[EventServer]:
    worker.forget_worker()
    ensure_tracing()  # without a key: else the spans of all later tests of this process would come here too
    with EventServer() as server:
        monkeypatch.setenv("LANGWATCH_API_KEY", KEY)
        monkeypatch.setenv("LANGWATCH_ENDPOINT", server.endpoint)
        yield server
    worker.forget_worker()


def told(server: EventServer) -> list[dict[str, Any]]:
    """The events of one run, after a check of their order."""
    events = [request.event for request in server.requests if request.path == "/api/scenario-events"]
    types = [event["type"].removeprefix("SCENARIO_") for event in events]
    assert types[0] == "RUN_STARTED"
    assert types[-1] == "RUN_FINISHED"
    assert set(types[1:-1]) <= {"MESSAGE_SNAPSHOT"}
    assert len({event["scenarioRunId"] for event in events}) == 1
    stamps = [event["timestamp"] for event in events]
    assert stamps == sorted(stamps)
    return events


def raises(error: BaseException) -> Any:
    def step(state: Any) -> None:
        raise error

    return step


def contents(event: dict[str, Any]) -> list[str]:
    return [message["content"] for message in event["messages"]]


ENDINGS = {
    "success": ([scenario.succeed("good")], "SUCCESS", "success", "good"),
    "failure": ([scenario.fail("bad")], "FAILED", "failure", "bad"),
    "end of script": ([], "FAILED", "failure", "end of script"),
    "judged": ([scenario.judge()], "FAILED", "failure", "not polite"),
    "checkpoint": ([scenario.judge(criteria=["polite"])], "FAILED", "failure", "not polite"),
    "assertion": ([raises(AssertionError("1 != 2"))], "ERROR", "failure", "1 != 2"),
    "error in a step": ([raises(KeyError("order"))], "ERROR", "failure", "'order'"),
    "agent error": ([scenario.agent()], "ERROR", "failure", "[Says] agent broke"),
    "missing agent": ([scenario.user()], "ERROR", "failure", "User"),
    "interrupted": ([raises(KeyboardInterrupt())], "CANCELLED", "inconclusive", "KeyboardInterrupt"),
    "cancelled": ([raises(asyncio.CancelledError())], "CANCELLED", "inconclusive", "CancelledError"),
}


RAISED = (AssertionError, KeyError, ScenarioError, KeyboardInterrupt, asyncio.CancelledError)


@pytest.mark.parametrize("run", [scenario.run, scenario.arun])
@pytest.mark.parametrize("ending", ENDINGS)
async def test_every_ending_is_told_once_and_last(server, run, ending):
    script, status, outcome, reason = ENDINGS[ending]
    agents = [
        agent(ValueError("agent broke")),
        judge(verdict(False, passed=["short"], failed=["polite"], reasoning="not polite")),
    ]
    raised = pytest.raises(RAISED) if status in ("ERROR", "CANCELLED") else nullcontext()
    with raised:
        await run("n", "d", agents, script=[scenario.message({"role": "user", "content": "hi"}), *script])
    *_, snapshot, finished = told(server)
    results = finished["results"]
    assert (finished["status"], results["verdict"]) == (status, outcome)
    assert reason in results["reasoning"]
    assert ("error" in results) == (status in ("ERROR", "CANCELLED"))
    if "error" in results:
        assert reason in results["error"]
    if ending in ("judged", "checkpoint"):
        assert (results["metCriteria"], results["unmetCriteria"]) == (["short"], ["polite"])
    if ending == "assertion":
        assert results["unmetCriteria"] == ["1 != 2"]
    assert contents(snapshot) == ["hi"]


@pytest.mark.parametrize("run", [scenario.run, scenario.arun])
async def test_a_cancelled_task_is_told_as_cancelled(server, run):
    reached = threading.Event()

    async def forever(input):
        reached.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(
        run("n", "d", [agent(forever)], script=[scenario.user("hi"), scenario.agent()])
    )
    await asyncio.to_thread(reached.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    *_, snapshot, finished = told(server)
    assert (finished["status"], contents(snapshot)) == ("CANCELLED", ["hi"])


@pytest.mark.parametrize("run", ["run", "arun"])
def test_ctrl_c_is_told_as_cancelled_and_ends_the_program_as_usual(run):
    with EventServer() as server:
        program = f"""
        import sys

        async def forever(input):
            sys.stdout.write("waiting\\n")
            sys.stdout.flush()
            await asyncio.Event().wait()

        try:
            asyncio.run(scenario.{run}("n", "d", [agent(forever)], verbose=False,
                                       script=[scenario.user("hi"), scenario.agent()]))
        except KeyboardInterrupt:
            print("interrupted")
        """
        environment = {"LANGWATCH_API_KEY": KEY, "LANGWATCH_ENDPOINT": server.endpoint}
        with start(program, environment=environment) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "waiting\n"
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=30) == ("interrupted\n", "")
        *_, snapshot, finished = told(server)
        assert (finished["status"], contents(snapshot)) == ("CANCELLED", ["hi"])


async def test_automatic_turns_are_told_as_they_are_played(server):
    """The agent of each turn waits until the server has been told of what the user said in it."""
    spoken = []

    def answers(input):
        spoken.append(input.last_new_user_message_str())
        for _ in range(200):
            shown = [event for event in server.events if "messages" in event]
            if shown and contents(shown[-1])[-1] == spoken[-1]:
                return f"answer {len(spoken)}"
            threading.Event().wait(0.02)
        raise AssertionError(f"the server was not told of {spoken[-1]!r}")

    await scenario.run("n", "d", [user("one", "two", "three"), agent(answers)], max_turns=3)
    assert contents(told(server)[-2]) == ["one", "answer 1", "two", "answer 2", "three", "answer 3"]


@pytest.mark.parametrize(("policy", "early", "late"), [("final", 0, 1), ("always", 1, 1), ("never", 0, 0)])
async def test_media_is_posted_as_the_policy_says(server, monkeypatch, policy, early, late):
    monkeypatch.setenv("SCENARIO_EVENT_MEDIA", policy)
    audio = {"type": "input_audio", "input_audio": {"data": "UklGR" + "A" * 3000, "format": "wav"}}

    def waits(input):
        server.wait_for(2)
        return "heard"

    script = [scenario.user({"role": "user", "content": [audio]}), scenario.agent(), scenario.succeed()]
    await scenario.run("n", "d", [agent(waits)], script=script)
    snapshots = [event for event in told(server) if "messages" in event]
    carried = [sum("A" * 3000 in content for content in contents(event)) for event in snapshots]
    assert (carried[0], carried[-1]) == (early, late)
    assert ("<audio:3005 b64 chars elided>" in contents(snapshots[0])[0]) == (not early)


async def test_a_message_keeps_its_id_in_every_snapshot_and_its_trace_is_named(server):
    await scenario.run("n", "d", [user("a", "b"), agent("x", "y")], max_turns=2)
    snapshots = [event["messages"] for event in server.events if "messages" in event]
    final = snapshots[-1]
    assert len({message["id"] for message in final}) == 4
    for snapshot in snapshots:
        assert snapshot == final[: len(snapshot)]
    assert len({message["trace_id"] for message in final}) == 2


async def test_what_identifies_a_run_is_in_each_of_its_events(server, monkeypatch):
    monkeypatch.setenv("SCENARIO_BATCH_RUN_ID", "scenariobatch_mine")
    await scenario.arun(
        "refund", "d", script=[scenario.succeed()], set_id="", metadata={"build": 7, "langwatch": {"x": [1]}}
    )
    for event in server.events:
        assert event["batchRunId"] == "scenariobatch_mine"
        assert (event["scenarioId"], event["scenarioSetId"]) == ("refund", "default")
        assert event["scenarioRunId"].startswith("scenariorun_")
    assert server.events[0]["metadata"] == {
        "build": 7,
        "langwatch": {"x": [1]},
        "name": "refund",
        "description": "d",
    }


async def test_every_run_of_an_executor_is_told_as_a_run_of_its_own(server):
    executor = ScenarioExecutor("n", "d", script=[scenario.user("hi"), scenario.succeed()])
    await executor.run()
    await executor.run()
    ids = [event["scenarioRunId"] for event in server.events]
    assert server.types == ["RUN_STARTED", "MESSAGE_SNAPSHOT", "RUN_FINISHED"] * 2
    assert len(set(ids[:3])) == len(set(ids[3:])) == 1
    assert ids[0] != ids[3]


async def test_runs_at_once_keep_their_own_order(server):
    script = [scenario.user("hi"), scenario.agent(), scenario.succeed()]
    runs = (scenario.run if number % 2 else scenario.arun for number in range(20))
    await asyncio.gather(*(run("n", "d", [agent()], script=script) for run in runs))
    by_run: dict[str, list[str]] = {}
    for event in server.events:
        by_run.setdefault(event["scenarioRunId"], []).append(event["type"].removeprefix("SCENARIO_"))
    assert len(by_run) == 20
    for types in by_run.values():
        assert (types[0], types[-1]) == ("RUN_STARTED", "RUN_FINISHED")
        assert types.count("RUN_STARTED") == types.count("RUN_FINISHED") == 1
    assert server.connections == 1


async def test_nothing_is_told_of_a_run_that_was_refused_before_it_began(server):
    with pytest.raises(TypeError, match=r"agents\[1\]"):
        await scenario.arun("n", "d", [agent(), object()])
    await scenario.arun("n", "d", script=[scenario.succeed()])
    assert server.types == ["RUN_STARTED", "RUN_FINISHED"]


async def test_a_broken_server_changes_no_result(server, monkeypatch, caplog):
    with EventServer(default=Reply(status=500)) as broken:
        monkeypatch.setenv("LANGWATCH_ENDPOINT", broken.endpoint)
        result = await scenario.run("n", "d", [agent()], script=[scenario.agent(), scenario.succeed()])
    assert result.success
    assert len(broken.requests) == 3
    assert KEY not in caplog.text


RUNS = """
    import time

    async def main():
        script = [scenario.user("hi"), scenario.agent(), scenario.succeed()]
        async def one(number):
            run = scenario.run if number % 2 else scenario.arun
            result = await run("n", "d", [agent()], script=script, verbose=False)
            assert result.success
        begin = time.monotonic()
        {play}
        print(f"{{time.monotonic() - begin:.1f}}", flush=True)

    asyncio.run(main())
    """
ONE_AFTER_THE_OTHER = "for number in range(20): await one(number)"
AT_ONCE = "await asyncio.gather(*(one(number) for number in range(20)))"


@pytest.fixture
def refused() -> Iterator[str]:
    """An endpoint that refuses connections: the port is taken and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_twenty_runs_against_a_refused_port_take_less_than_five_seconds(refused):
    with _twenty_runs(refused, ONE_AFTER_THE_OTHER) as process:
        assert float(process.stdout.readline()) < 5


def test_twenty_runs_against_a_silent_server_and_the_exit_stay_within_their_bounds():
    with EventServer(default=Reply(hang=True)) as server, _twenty_runs(server.endpoint, AT_ONCE) as process:
        assert float(process.stdout.readline()) < 45
        over = time.monotonic()
        process.wait(timeout=30)
        assert time.monotonic() - over < 6.5
        assert len(server.requests) == 3  # a silent server is not tried again for every event


@contextmanager
def _twenty_runs(endpoint: str, play: str) -> Iterator[Any]:
    environment = {"LANGWATCH_API_KEY": KEY, "LANGWATCH_ENDPOINT": endpoint}
    with start(RUNS.format(play=play), environment=environment) as process:
        yield process
        printed, complaints = process.communicate(timeout=30)
    assert (process.returncode, printed) == (0, "")
    assert KEY not in complaints
