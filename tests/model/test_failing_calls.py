"""Errors, retries, time-outs and cancellation, over real HTTP, with both backends."""

from __future__ import annotations

import asyncio
import logging
import traceback

import pytest

from scenario._model import complete, limits
from scenario.errors import ModelCallError, ModelResponseError
from tests.model.requests import HELLO, request_to
from tests.peers.openai_server import OpenAIServer, Reply

PASSING = [
    Reply(status=429),
    Reply(status=500),
    Reply(status=503),
    Reply(status=529),
    Reply(fault="reset"),
    Reply(fault="close"),
    Reply(fault="half_body"),
    Reply(fault="broken_json"),
]


@pytest.mark.parametrize("trouble", PASSING, ids=lambda reply: reply.fault or str(reply.status))
async def test_passing_trouble_is_tried_again(backend: str, trouble: Reply) -> None:
    async with OpenAIServer([trouble, trouble, "well"]) as server:
        response = await complete(request_to(server))
    assert response.text == "well"
    assert len(server.requests) == 3


@pytest.mark.parametrize("trouble", PASSING, ids=lambda reply: reply.fault or str(reply.status))
async def test_after_three_attempts_it_is_an_error_that_may_be_tried_again(
    backend: str, trouble: Reply
) -> None:
    async with OpenAIServer(lambda _request: trouble) as server:
        with pytest.raises(ModelCallError) as caught:
            await complete(request_to(server))
    assert len(server.requests) == 3
    assert caught.value.retryable
    assert caught.value.model == "openai/gpt-4.1-mini"
    assert "3 attempts" in str(caught.value)
    assert caught.value.__cause__ is not None
    if trouble.fault is None:
        assert caught.value.status_code == trouble.status


@pytest.mark.parametrize("retries", [0, 1, 4])
async def test_num_retries_sets_the_exact_number_of_attempts(backend: str, retries: int) -> None:
    async with OpenAIServer(lambda _request: Reply(status=500)) as server:
        with pytest.raises(ModelCallError):
            await complete(request_to(server, params={"num_retries": retries}))
    assert len(server.requests) == retries + 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
async def test_a_4xx_is_raised_at_once(backend: str, status: int) -> None:
    async with OpenAIServer(Reply(status=status, message="no such thing")) as server:
        with pytest.raises(ModelCallError, match="no such thing") as caught:
            await complete(request_to(server, temperature=0.0))
    assert len(server.requests) == 1
    assert caught.value.status_code == status
    assert not caught.value.retryable


@pytest.mark.parametrize("fault", ["hang", "drip"])
async def test_a_server_that_does_not_come_to_an_end_is_given_up(backend: str, fault: str) -> None:
    async with OpenAIServer([Reply(fault=fault), Reply(fault=fault)]) as server, asyncio.timeout(20):
        with pytest.raises(ModelCallError, match=r"no answer within 0\.3 s") as caught:
            await complete(request_to(server, params={"timeout": 0.3, "num_retries": 1}))
        assert len(server.requests) == 2
        assert caught.value.retryable
        assert caught.value.status_code is None
        await server.until(lambda server: server.open_connections == 0)


async def test_a_time_out_is_tried_again(backend: str) -> None:
    async with OpenAIServer([Reply(fault="hang"), "late but here"]) as server:
        response = await complete(request_to(server, params={"timeout": 2}))
    assert response.text == "late but here"


async def test_a_server_that_is_not_there_is_a_retryable_error(backend: str) -> None:
    async with OpenAIServer() as server:
        request = request_to(server)
    with pytest.raises(ModelCallError) as caught:
        await complete(request)
    assert caught.value.retryable


async def test_the_providers_retry_after_reaches_the_pause(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float | None] = []

    def backoff(_failures: int, retry_after: float | None = None) -> float:
        asked.append(retry_after)
        return 0.0

    monkeypatch.setattr("scenario._model.completion.backoff", backoff)
    async with OpenAIServer([Reply(status=429, headers={"Retry-After": "17"}), "well"]) as server:
        await complete(request_to(server))
    assert asked == [17.0]


async def test_cancelling_stops_at_once_and_closes_the_connection(backend: str) -> None:
    async with OpenAIServer(Reply(fault="hang")) as server, asyncio.timeout(20):
        call = asyncio.create_task(complete(request_to(server)))
        await server.until(lambda server: len(server.requests) == 1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await server.until(lambda server: server.open_connections == 0)
    assert len(server.requests) == 1


async def test_cancelling_during_a_pause_stops_the_retries(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_FIRST_DELAY", 3600.0)
    monkeypatch.setattr(limits, "_LONGEST_DELAY", 3600.0)
    async with OpenAIServer(Reply(status=500)) as server:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):
                await complete(request_to(server))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "message", ["Incorrect API key provided: {key}", "you sent Authorization: Bearer {key}"]
)
async def test_no_secret_is_in_the_error_its_traceback_or_the_log(
    backend: str, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="scenario")
    secrets = ["house-key-4711", "header-key-4711"]
    reply = Reply(status=401, message=message.format(key=secrets[0]) + " and " + secrets[1])
    async with OpenAIServer(reply) as server:
        with pytest.raises(ModelCallError) as caught:
            await complete(
                request_to(server, api_key=secrets[0], params={"headers": {"x-api-key": secrets[1]}})
            )
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "check the key" in shown
    assert not [secret for secret in secrets if secret in shown]


async def test_a_secret_at_the_cut_of_a_long_error_is_not_left_over_in_part() -> None:
    reply = Reply(status=400, message="x" * 465 + "house-key-4711")
    async with OpenAIServer(reply) as server:
        with pytest.raises(ModelCallError) as caught:
            await complete(request_to(server, api_key="house-key-4711"))
    assert "house" not in str(caught.value)


async def test_the_error_never_holds_the_whole_response(backend: str) -> None:
    async with OpenAIServer(Reply(status=400, message="x" * 100_000)) as server:
        with pytest.raises(ModelCallError) as caught:
            await complete(request_to(server))
    assert len(str(caught.value)) < 800


async def test_a_web_page_instead_of_an_answer_says_so() -> None:
    async with OpenAIServer(Reply(body="<html>it works</html>")) as server:
        with pytest.raises(ModelResponseError, match="not a chat completion; check the api_base"):
            await complete(request_to(server))


async def test_what_cannot_be_sent_is_not_blamed_on_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENARIO_MODEL_BACKEND", "any-llm")
    async with OpenAIServer() as server:
        with pytest.raises(ModelCallError, match="temperature"):
            await complete(request_to(server, temperature="hot"))
    assert server.requests == []


async def test_a_missing_key_is_an_error_that_names_the_variable() -> None:
    async with OpenAIServer() as server:
        with pytest.raises(ModelCallError, match="OPENAI_API_KEY"):
            await complete(request_to(server, api_key=None))
    assert server.requests == []


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"timeout": 0}, "timeout must be a number of seconds above 0, got 0"),
        ({"timeout": "soon"}, "got 'soon'"),
        ({"num_retries": -1}, "num_retries must be an integer from 0, got -1"),
        ({"num_retries": 1.5}, "got 1.5"),
    ],
)
async def test_impossible_limits_are_refused_before_anything_is_sent(
    params: dict[str, object], text: str
) -> None:
    async with OpenAIServer() as server:
        with pytest.raises(ValueError, match=text):
            await complete(request_to(server, params=params))
    assert server.requests == []


def test_calls_work_in_one_loop_after_another(backend: str) -> None:
    with OpenAIServer("ok").in_thread() as server:
        texts = [asyncio.run(complete(request_to(server, messages=HELLO))).text for _ in range(3)]
    assert texts == ["ok"] * 3
