from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

from scenario._events import EventBus
from scenario._events import client as client_module
from scenario.config import LangWatchSettings

from .event_server import EventServer, Reply
from .stage import play


def bus_for(endpoint: str) -> EventBus:
    return EventBus(LangWatchSettings(endpoint=endpoint, api_key="the-secret-key"))


async def delivered(bus: EventBus, *texts: str) -> None:
    play(bus, *texts)
    await bus.drain()


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.WARNING, logger="scenario")
    return lambda: [record.getMessage() for record in caplog.records]


@pytest.mark.parametrize("reply", [Reply(500), Reply(503), Reply(429), Reply(cut=True)])
async def test_a_passing_failure_is_retried(reply: Reply, warnings: Any):
    with EventServer(reply, reply) as server:
        await delivered(bus_for(server.endpoint))
        assert server.types == ["RUN_STARTED"] * 3 + ["RUN_FINISHED"]
    assert warnings() == []


async def test_retry_after_is_honoured():
    with EventServer(Reply(429, headers={"Retry-After": "1"})) as server:
        begin = time.monotonic()
        await delivered(bus_for(server.endpoint))
        assert time.monotonic() - begin >= 1
        assert server.types == ["RUN_STARTED"] * 2 + ["RUN_FINISHED"]


async def test_three_failures_take_the_endpoint_down(warnings: Any):
    with EventServer(default=Reply(500, "out of order")) as server:
        bus = bus_for(server.endpoint)
        await delivered(bus, "hi")
        await delivered(bus, "hi")
        assert server.types == ["RUN_STARTED"] * 3
    (warning,) = warnings()
    assert server.endpoint in warning
    assert "HTTP 500: 'out of order'" in warning
    assert "3 events dropped" in warning


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_is_used_no_more(status: int, warnings: Any):
    with EventServer(default=Reply(status, "who is the-secret-key?")) as server:
        await delivered(bus_for(server.endpoint), "hi")
        await delivered(bus_for(server.endpoint), "hi")
        assert server.types == ["RUN_STARTED"]
    (warning,) = warnings()
    assert "who is ***?" in warning
    assert "LANGWATCH_API_KEY" in warning


async def test_another_key_is_still_used():
    with EventServer(Reply(401)) as server:
        await delivered(bus_for(server.endpoint))
        await delivered(EventBus(LangWatchSettings(endpoint=server.endpoint, api_key="other")))
        assert server.types == ["RUN_STARTED", "RUN_STARTED", "RUN_FINISHED"]


@pytest.mark.parametrize("status", [400, 404, 422])
async def test_another_refusal_is_logged_redacted_and_not_repeated(status: int, warnings: Any):
    body = "bad: the-secret-key " + "A" * 300
    with EventServer(default=Reply(status, body)) as server:
        await delivered(bus_for(server.endpoint))
        assert server.types == ["RUN_STARTED", "RUN_FINISHED"]
    (warning,) = warnings()
    assert "bad: *** <media:300 b64 chars elided>" in warning


async def test_an_answer_without_success_is_logged(warnings: Any):
    with EventServer(default=Reply(201, '{"success": false, "url": null}')) as server:
        await delivered(bus_for(server.endpoint))
        assert server.types == ["RUN_STARTED", "RUN_FINISHED"]
    assert len(warnings()) == 1


@pytest.mark.parametrize("body", ["", "<html>", "[]", "[" * 5000, '{"url": 3}', "x" * 1_000_000])
async def test_any_body_of_a_good_answer_is_fine(body: str, warnings: Any):
    with EventServer(default=Reply(200, body)) as server:
        await delivered(bus_for(server.endpoint))
        assert server.types == ["RUN_STARTED", "RUN_FINISHED"]
    assert warnings() == []


async def test_a_server_that_does_not_answer_is_tried_three_times(
    monkeypatch: pytest.MonkeyPatch, warnings: Any
):
    monkeypatch.setattr(client_module, "REQUEST_TIMEOUT", 0.2)
    with EventServer(default=Reply(hang=True)) as server:
        await delivered(bus_for(server.endpoint))
        assert server.types == ["RUN_STARTED"] * 3
    assert "ReadTimeout" in warnings()[0]


async def test_twenty_runs_against_a_refused_port_take_less_than_five_seconds(refused: str, warnings: Any):
    bus = bus_for(refused)
    async with asyncio.timeout(5):
        for _ in range(20):
            await delivered(bus, "hi")
    (warning,) = warnings()
    assert "ConnectError" in warning


@pytest.mark.parametrize(
    ("variable", "value"), [("SSL_CERT_FILE", "/nowhere.pem"), ("HTTP_PROXY", "nonsense://proxy")]
)
async def test_an_unusable_environment_is_a_failed_attempt(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, warnings: Any
):
    monkeypatch.setenv(variable, value)
    async with asyncio.timeout(5):
        await delivered(bus_for("https://127.0.0.1:1"))
    assert len(warnings()) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_on_the_same_server_is_followed(status: int):
    with EventServer(Reply(status, headers={"Location": "/moved"})) as server:
        await delivered(bus_for(server.endpoint))
        assert [request.path for request in server.requests] == [
            "/api/scenario-events",
            "/moved",
            "/api/scenario-events",
        ]
        assert server.requests[1].event == server.requests[0].event
        assert server.requests[1].headers["x-auth-token"] == "the-secret-key"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_redirect_to_another_server_never_carries_the_key(host: str, warnings: Any):
    with EventServer() as other:
        location = f"http://{host}:{other.port}/api/scenario-events"
        with EventServer(default=Reply(307, headers={"Location": location})) as server:
            await delivered(bus_for(server.endpoint))
            assert server.types == ["RUN_STARTED", "RUN_FINISHED"]
        assert other.requests == []
    assert warnings()[0].endswith(f"HTTP 307: \"a redirect to '{host}' is not followed\"")


async def test_redirects_without_end_are_given_up(warnings: Any):
    with EventServer(default=Reply(307, headers={"Location": "/again"})) as server:
        await delivered(bus_for(server.endpoint))
        assert len(server.requests) == 8
    assert "more than 3 redirects" in warnings()[0]


async def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture, refused: str):
    caplog.set_level(1)
    replies = [Reply(500), Reply(307, headers={"Location": "/moved"}), Reply(), Reply(404, "the-secret-key")]
    with EventServer(*replies, default=Reply(401, "the-secret-key")) as server:
        for _ in range(3):
            await delivered(bus_for(server.endpoint), "hi")
        assert len(server.requests) > 4
    await delivered(bus_for(refused))
    assert {"scenario", "httpx"} <= {record.name for record in caplog.records}
    assert any(record.name.startswith("httpcore") for record in caplog.records)
    formatter = logging.Formatter()
    assert not [r for r in caplog.records if "the-secret-key" in formatter.format(r) + repr(r.__dict__)]
