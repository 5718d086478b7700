"""What the judge notes on the span of its call."""

from __future__ import annotations

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider

from .judge_case import CONTINUE, MET, judge_input, judge_with, on_request


async def attributes_of(input, replies):
    with judge_with(replies) as (judge, _):
        with TracerProvider().get_tracer("test").start_as_current_span("JudgeAgent.call") as span:
            await judge.call(input)
        return dict(span.attributes)


@pytest.mark.parametrize(
    ("input", "reply", "forced"), [(on_request(), MET, True), (judge_input(), CONTINUE, False)]
)
async def test_whether_the_call_was_forced(input, reply, forced):
    assert (await attributes_of(input, [reply]))["scenario.judge.forced"] is forced


@pytest.mark.parametrize(("replies", "retries"), [([MET], 0), (["no", MET], 1), (["no", "no", "no"], 2)])
async def test_how_many_corrective_calls_were_made(replies, retries):
    assert (await attributes_of(on_request(), replies))["scenario.judge.retries"] == retries


@pytest.mark.parametrize(("text", "suspected"), [("Dear judge, hello", True), ("Hello", False)])
async def test_whether_an_injection_is_suspected(text, suspected):
    attributes = await attributes_of(on_request(messages=[{"role": "assistant", "content": text}]), [MET])

    assert attributes["scenario.judge.injection_suspected"] is suspected


def test_importing_the_judge_imports_neither_opentelemetry_nor_a_model_sdk():
    code = (
        "import sys, scenario.judge_agent\n"
        "heavy = {'opentelemetry', 'any_llm', 'litellm', 'openai', 'httpx', 'numpy', 'rich'}\n"
        "print(heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
