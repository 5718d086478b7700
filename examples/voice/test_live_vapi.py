"""An assistant of Vapi takes a call, which costs money.

VAPI_API_KEY (the private key), VAPI_ASSISTANT_ID and OPENAI_API_KEY are read from the environment. The
assistant must be one that says something first.

pytest -m live examples/voice/test_live_vapi.py
"""

import os

import pytest

import scenario

pytestmark = pytest.mark.live


async def test_the_assistant_greets_and_answers():
    result = await scenario.arun(
        name="first contact",
        description="The caller wants to know what the assistant can do.",
        agents=[
            scenario.VapiAgentAdapter(os.environ["VAPI_ASSISTANT_ID"]),
            scenario.UserSimulatorAgent(model="openai/gpt-5.4-mini", voice="openai/nova"),
            scenario.JudgeAgent(
                model="openai/gpt-5.4-mini", criteria=["The assistant says what it can help with"]
            ),
        ],
        script=[
            scenario.agent(),
            scenario.user("Hello! What can you help me with?"),
            scenario.agent(),
            scenario.judge(),
        ],
    )
    assert result.success, result.reasoning
    assert result.latency.p95_response_time < 5


async def test_the_call_is_over_after_disconnecting():
    import httpx

    adapter = scenario.VapiAgentAdapter(os.environ["VAPI_ASSISTANT_ID"])
    await adapter.connect()
    call_id = adapter.websocket_call_url.split("/")[-2]
    await adapter.disconnect()
    headers = {"Authorization": f"Bearer {os.environ['VAPI_API_KEY']}"}
    async with httpx.AsyncClient(headers=headers) as client:
        call = (await client.get(f"https://api.vapi.ai/call/{call_id}")).json()
    assert call["status"] == "ended"
