from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.peers.openai_server import OpenAIServer, Reply

BODY = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}


async def post(client: httpx.AsyncClient, server: OpenAIServer) -> httpx.Response:
    return await client.post(f"{server.base_url}/chat/completions", json=BODY)


async def test_replies_come_in_order_on_one_connection_and_end_with_ok() -> None:
    async with OpenAIServer(["one", {"lookup": {"id": 7}}]) as server, httpx.AsyncClient() as client:
        answers = [(await post(client, server)).json() for _ in range(3)]
        assert server.connections == 1
    messages = [answer["choices"][0]["message"] for answer in answers]
    assert [message["content"] for message in messages] == ["one", None, "ok"]
    assert messages[1]["tool_calls"][0]["function"] == {"name": "lookup", "arguments": '{"id": 7}'}
    assert [request.body for request in server.requests] == [BODY] * 3


async def test_status_headers_and_error_object() -> None:
    reply = Reply(status=429, message="slow down", param="x", headers={"retry-after": "3"})
    async with OpenAIServer(reply) as server, httpx.AsyncClient() as client:
        response = await post(client, server)
    assert (response.status_code, response.headers["retry-after"]) == (429, "3")
    assert response.json()["error"]["message"] == "slow down"
    assert response.json()["error"]["param"] == "x"


async def test_a_refused_parameter_is_named() -> None:
    async with OpenAIServer(refuses=["model"]) as server, httpx.AsyncClient() as client:
        response = await post(client, server)
    assert (response.status_code, response.json()["error"]["param"]) == (400, "model")


@pytest.mark.parametrize("fault", ["reset", "close", "half_body"])
async def test_faults_of_the_connection(fault: str) -> None:
    async with OpenAIServer(Reply(fault=fault)) as server, httpx.AsyncClient() as client:
        with pytest.raises(httpx.TransportError):
            await post(client, server)


async def test_broken_json_is_a_whole_answer() -> None:
    async with OpenAIServer(Reply(fault="broken_json")) as server, httpx.AsyncClient() as client:
        response = await post(client, server)
        with pytest.raises(ValueError, match="line 1"):
            response.json()


@pytest.mark.parametrize("fault", ["hang", "drip"])
async def test_endless_answers_end_with_the_server(fault: str) -> None:
    async with httpx.AsyncClient() as client:
        async with OpenAIServer(Reply(fault=fault)) as server:
            call = asyncio.create_task(post(client, server))
            await server.until(lambda server: len(server.requests) == 1)
        with pytest.raises(httpx.TransportError):
            await call


async def test_an_answer_may_be_a_function_and_may_wait() -> None:
    async def answer(request: object) -> Reply:
        return Reply("computed", delay=0.001)

    async with OpenAIServer(answer) as server, httpx.AsyncClient() as client:
        response = await post(client, server)
    assert response.json()["choices"][0]["message"]["content"] == "computed"


def test_it_serves_from_a_thread() -> None:
    with OpenAIServer("from a thread").in_thread() as server:
        response = httpx.post(f"{server.base_url}/chat/completions", json=BODY)
    assert response.json()["choices"][0]["message"]["content"] == "from a thread"
