"""Chat completions of a real small model. Its wisdom is not tested, only what surrounds it."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import jsonschema
import pytest

from scenario._model.local import answer
from scenario.errors import ModelCallError, ScenarioError
from scenario.types import ModelRequest, ModelResponse

pytestmark = pytest.mark.local_model

HELLO = [{"role": "user", "content": "Say hello."}]


def request(messages: list[dict[str, Any]] = HELLO, **changes: Any) -> ModelRequest:
    return ModelRequest("local/smollm2", messages, **{"temperature": 0.0, "max_tokens": 8, **changes})


async def test_it_answers_with_text_and_real_usage():
    response = await answer(request())
    assert response.text
    assert response.tool_calls == ()
    assert response.model == "SmolLM2-135M-Instruct.Q4_1"
    assert response.usage.calls == 1
    assert response.usage.input_tokens > 5
    assert response.usage.output_tokens > 0
    assert response.usage.cost_usd == 0.0


async def test_max_tokens_is_held():
    response = await answer(request([{"role": "user", "content": "Tell a long story."}], max_tokens=5))
    assert response.usage.output_tokens == 5
    assert response.finish_reason == "length"


async def test_a_repeated_prompt_is_read_from_the_cache():
    messages = [{"role": "user", "content": "Name a colour. " * 20}]
    first = await answer(request(messages, max_tokens=1))
    again = await answer(request(messages, max_tokens=1))
    assert again.usage.input_tokens == first.usage.input_tokens
    assert again.usage.cached_input_tokens > 50


async def test_a_path_works_as_the_alias_does():
    from scenario._model.local.files import model_file

    response = await answer(ModelRequest(f"local/{model_file('smollm2')}", HELLO, max_tokens=1))
    assert response.usage.output_tokens == 1


async def test_a_missing_file_is_named():
    with pytest.raises(ScenarioError, match=r"'nowhere/model\.gguf'"):
        await answer(ModelRequest("local/nowhere/model.gguf", HELLO))


async def test_the_time_out_raises_and_the_next_request_is_answered():
    story = [{"role": "user", "content": "Tell a long story."}]
    with pytest.raises(ModelCallError, match="did not answer within 1 s") as caught:
        await answer(request(story, max_tokens=5000, params={"timeout": 1}))
    assert caught.value.retryable
    assert (await asyncio.wait_for(answer(request()), 10)).text


async def test_a_cancelled_request_frees_the_slot():
    long_prompt = [{"role": "user", "content": "one two three four five " * 900}]
    with pytest.raises(TimeoutError):  # Cancels while the prompt, worth half a minute, is being read.
        await asyncio.wait_for(answer(request(long_prompt)), 1)
    assert (await asyncio.wait_for(answer(request()), 10)).text


async def test_a_prompt_longer_than_the_context_is_refused_with_the_numbers():
    with pytest.raises(ModelCallError, match="exceed_context_size") as caught:
        await answer(request([{"role": "user", "content": "word " * 9000}]))
    assert caught.value.status_code == 400
    assert not caught.value.retryable


async def test_four_concurrent_requests_are_all_answered():
    prompts = [[{"role": "user", "content": f"Say the word {word}."}] for word in ("a", "b", "c", "d")]
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(answer(request(prompt))) for prompt in prompts]
    assert all(task.result().text for task in tasks)


def test_two_event_loops_in_two_threads_are_served():
    responses: list[ModelResponse] = []
    threads = [
        threading.Thread(target=lambda: responses.append(asyncio.run(answer(request())))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [bool(response.text) for response in responses] == [True, True]


async def test_a_response_format_is_held():
    schema = {
        "type": "object",
        "properties": {"score": {"type": "integer", "minimum": 0, "maximum": 10}},
        "required": ["score"],
    }
    form = {"type": "json_schema", "json_schema": {"name": "rating", "schema": schema}}
    response = await answer(request(response_format=form, max_tokens=30))
    jsonschema.validate(json.loads(response.text or ""), schema)
