from __future__ import annotations

import asyncio
import json
import logging
import threading
from typing import Any

import pytest

from scenario._events import EventBus, Events, worker
from scenario.config import LangWatchSettings

from .event_server import EventServer, Reply
from .stage import Stage, play


def bus_for(server: EventServer, **settings: Any) -> EventBus:
    return EventBus(LangWatchSettings(endpoint=server.endpoint, api_key="the-key", **settings))


def joined(bus: EventBus, **info: Any) -> Stage:
    stage = Stage(**info)
    bus.subscribe_to_events(stage.events)
    return stage.start()


async def test_a_run_is_posted_in_order():
    with EventServer() as server:
        bus = bus_for(server)
        stage = joined(bus)
        for count, text in enumerate(("a", "b"), start=2):
            stage.say(text)
            await asyncio.to_thread(server.wait_for, count)
        stage.end()
        await bus.drain(stage.run.run_id)
        assert server.types == ["RUN_STARTED", "MESSAGE_SNAPSHOT", "MESSAGE_SNAPSHOT", "RUN_FINISHED"]


async def test_a_request_holds_one_event_and_the_key():
    with EventServer() as server:
        bus = bus_for(server)
        stage = joined(bus, metadata={"team": "é"}).watched()
        stage.say("hi").end()
        await bus.drain()
        request = server.requests[0]
    assert request.path == "/api/scenario-events"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["authorization"] == "Bearer the-key"
    assert request.headers["x-auth-token"] == "the-key"
    assert request.event["metadata"]["team"] == "é"
    assert server.events[1:] == [event.to_dict() for event in stage.seen]


async def test_the_environment_is_read_when_a_run_starts(monkeypatch: pytest.MonkeyPatch):
    bus = EventBus()
    with EventServer() as server:
        monkeypatch.setenv("LANGWATCH_ENDPOINT", server.endpoint + "/")
        monkeypatch.setenv("LANGWATCH_API_KEY", "from-environment")
        play(bus)
        await bus.drain()
        assert server.requests[0].headers["x-auth-token"] == "from-environment"


async def test_without_a_key_nothing_is_queued_and_no_thread_starts():
    before = threading.active_count()
    with EventServer() as server:
        bus = EventBus(LangWatchSettings(endpoint=server.endpoint, api_key=""))
        stage = play(bus, "hi")
        await bus.drain()
        assert server.requests == []
    assert not stage.events.wants_snapshots
    assert worker._queue is None
    assert threading.active_count() == before


async def test_with_an_unusable_endpoint_the_run_goes_on(caplog: pytest.LogCaptureFixture):
    bus = EventBus(LangWatchSettings(endpoint="nonsense", api_key="the-key"))
    for _ in range(3):
        play(bus, "hi")
    await bus.drain()
    assert worker._queue is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]


async def test_snapshots_superseded_before_they_were_posted_are_not_posted():
    with EventServer() as server:
        server.hold.clear()
        bus = bus_for(server)
        stage = joined(bus)
        await asyncio.to_thread(server.wait_for, 1)
        stage.say(*map(str, range(50))).end()
        server.hold.set()
        await bus.drain()
        assert server.types == ["RUN_STARTED", "MESSAGE_SNAPSHOT", "RUN_FINISHED"]
        assert len(server.events[1]["messages"]) == 50


async def test_two_runs_at_once_keep_their_order():
    with EventServer() as server:
        bus = bus_for(server)
        stages = [joined(bus) for _ in range(2)]
        for number in range(20):
            for stage in stages:
                stage.say(str(number))
            await asyncio.sleep(0)
        for stage in stages:
            stage.end()
        await asyncio.gather(*(bus.drain(stage.run.run_id) for stage in stages))
        for stage in stages:
            events = [e for e in server.events if e["scenarioRunId"] == stage.run.run_id]
            kinds = [event["type"] for event in events]
            assert (kinds[0], kinds[-1]) == ("SCENARIO_RUN_STARTED", "SCENARIO_RUN_FINISHED")
            sizes = [len(event["messages"]) for event in events[1:-1]]
            assert sizes == sorted(sizes)
            assert sizes[-1] == 20


async def test_runs_of_many_threads_are_all_delivered():
    with EventServer() as server:

        async def one() -> None:
            bus = bus_for(server)
            play(bus, "hi", "bye")
            await bus.drain()

        await asyncio.gather(*(asyncio.to_thread(asyncio.run, one()) for _ in range(20)))
        assert server.types.count("RUN_STARTED") == server.types.count("RUN_FINISHED") == 20


async def test_one_thread_and_one_connection_serve_all_runs():
    def workers() -> int:
        return sum(thread.name == "scenario-events" for thread in threading.enumerate())

    before = workers()
    with EventServer() as server:
        for _ in range(5):
            bus = bus_for(server)
            play(bus)
            await bus.drain()
        assert len(server.requests) == 10
        assert server.connections == 1
    assert workers() == before + 1


async def test_a_second_bus_on_the_same_events_replaces_the_first():
    with EventServer() as server:
        events = Events()
        for _ in range(2):
            bus = bus_for(server)
            bus.subscribe_to_events(events)
            Stage(events).start().end()
            await bus.drain()
        assert server.types == ["RUN_STARTED", "RUN_FINISHED"] * 2


async def test_draining_does_not_block_the_loop_and_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCENARIO_EVENT_DRAIN_TIMEOUT", "0.3")
    with EventServer(default=Reply(hang=True)) as server:
        bus = bus_for(server)
        play(bus)
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0.01)

        ticking = asyncio.create_task(tick())
        async with asyncio.timeout(5):
            await bus.drain()
        ticking.cancel()
        assert ticks > 2


async def test_what_is_late_is_delivered_in_the_background(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SCENARIO_EVENT_DRAIN_TIMEOUT", "0")
    with EventServer() as server:
        server.hold.clear()
        bus = bus_for(server)
        play(bus)
        await bus.drain()
        server.hold.set()
        await asyncio.to_thread(server.wait_for, 2)
        assert server.types == ["RUN_STARTED", "RUN_FINISHED"]


async def test_a_run_waits_for_its_own_events_only():
    with EventServer() as server:
        bus = bus_for(server)
        done, other = joined(bus), joined(bus)
        done.end()
        await bus.drain(done.run.run_id)
        server.hold.clear()
        other.end()
        async with asyncio.timeout(5):
            await bus.drain(done.run.run_id)
        server.hold.set()
        await bus.drain(other.run.run_id)
        assert server.types.count("RUN_FINISHED") == 2


async def test_the_conversation_is_released_after_delivery():
    with EventServer() as server:
        bus = bus_for(server)
        play(bus, "hi")
        await bus.drain()
        assert not bus._deliveries
        assert not bus._last_snapshots
        assert not bus._undrained


AUDIO = [{"type": "input_audio", "input_audio": {"data": "A" * 4000, "format": "wav"}}]


async def audio_run(server: EventServer) -> list[bool]:
    """Play a run with audio, every snapshot posted; return which posted snapshots carry it."""
    bus = bus_for(server)
    stage = joined(bus).add({"role": "user", "content": AUDIO})
    await asyncio.to_thread(server.wait_for, 2)
    stage.say("bye")
    await asyncio.to_thread(server.wait_for, 3)
    stage.end()
    await bus.drain()
    snapshots = [e for e in server.events if e["type"] == "SCENARIO_MESSAGE_SNAPSHOT"]
    contents = [json.loads(event["messages"][0]["content"]) for event in snapshots]
    for content in contents:
        assert content in (AUDIO, [_without(AUDIO[0])])
    return [content == AUDIO for content in contents]


def _without(part: dict[str, Any]) -> dict[str, Any]:
    return {**part, "input_audio": {"data": "<audio:4000 b64 chars elided>", "format": "wav"}}


@pytest.mark.parametrize(
    ("policy", "carried"),
    [("", [False, False, True]), ("always", [True, True]), ("never", [False, False])],
)
async def test_media_is_posted_as_the_policy_says(
    policy: str, carried: list[bool], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SCENARIO_EVENT_MEDIA", policy)
    with EventServer() as server:
        assert await audio_run(server) == carried
        assert server.types[-1] == "RUN_FINISHED"


async def test_a_body_over_eight_mebibytes_is_posted_without_media():
    with EventServer() as server:
        bus = bus_for(server)
        joined(bus).add({"role": "user", "content": "B" * 9_000_000}).end()
        await bus.drain()
        assert server.types == ["RUN_STARTED", "MESSAGE_SNAPSHOT", "RUN_FINISHED"]
        assert server.events[1]["messages"][0]["content"] == "<media:9000000 b64 chars elided>"


async def test_text_that_is_no_valid_unicode_is_posted():
    with EventServer() as server:
        bus = bus_for(server)
        play(bus, "half \ud83d of a pair")
        await bus.drain()
        assert server.events[1]["messages"][0]["content"] == "half ? of a pair"


async def test_an_event_that_cannot_be_posted_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    with EventServer() as server:
        monkeypatch.setattr("scenario._events.body._encode_snapshot", lambda *_, **__: 1 / 0)
        bus = bus_for(server)
        with caplog.at_level(logging.WARNING, logger="scenario"):
            play(bus, "hi")
            await bus.drain()
        assert server.types == ["RUN_STARTED", "RUN_FINISHED"]
        assert "ZeroDivisionError" in caplog.text
