"""A number gets its settings back although the process that changed them was killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import pytest

from tests.transports.twilio.conftest import ACCOUNT, OURS, TOKEN, connect, eventually

PRODUCTION = "https://production.example.test/voice"
WAITING = """
import asyncio, sys
from scenario.voice import TwilioAgentAdapter

async def main(account, token, number, url):
    adapter = TwilioAgentAdapter(account_sid=account, auth_token=token, phone_number=number, http_port=0,
                                 public_base_url="https://dead.example.test", base_url=url)
    async with adapter:
        await adapter.wait_for_call()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.fixture
async def waiting(twilio):
    """A process that has changed the number's settings, and waits for a call."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WAITING, ACCOUNT, TOKEN, OURS, twilio.url, env={**os.environ}
    )
    number = twilio.numbers[twilio.number_sid]
    await eventually(lambda: number["voice_url"] == "https://dead.example.test/twilio/voice", 30)
    yield process
    if process.returncode is None:
        process.kill()
    await process.wait()


async def killed(process) -> None:
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def test_what_a_killed_process_has_left_is_restored_by_the_next_connection(
    twilio, waiting, new_adapter, home
):
    await killed(waiting)
    number = twilio.numbers[twilio.number_sid]
    assert number["voice_url"] != PRODUCTION
    await connect(twilio, new_adapter())
    assert (number["voice_url"], number["voice_method"]) == (PRODUCTION, "GET")
    assert list((home / ".scenario" / "twilio-restore").iterdir()) == []


async def test_what_somebody_has_changed_since_is_left_alone(twilio, waiting, new_adapter, home):
    await killed(waiting)
    number = twilio.numbers[twilio.number_sid]
    number["voice_url"] = "https://new.example.test/"
    await connect(twilio, new_adapter())
    assert number["voice_url"] == "https://new.example.test/"
    assert list((home / ".scenario" / "twilio-restore").iterdir()) == []


async def test_a_process_that_lives_keeps_the_number(twilio, waiting, new_adapter):
    adapter = new_adapter()
    await connect(twilio, adapter)
    assert twilio.numbers[twilio.number_sid]["voice_url"] == "https://dead.example.test/twilio/voice"
    with pytest.raises(RuntimeError, match="another run takes the calls of this number"):
        await adapter.wait_for_call(1)


async def test_what_another_account_has_left_is_not_touched(twilio, waiting, new_adapter, home):
    await killed(waiting)
    kept = next((home / ".scenario" / "twilio-restore").iterdir())
    twilio.account_sid = "AC-other"
    await connect(twilio, new_adapter(account_sid="AC-other"))
    assert kept.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": 1}'])
async def test_a_file_that_was_not_finished_has_nothing_to_restore(twilio, new_adapter, home, text):
    folder = home / ".scenario" / "twilio-restore"
    folder.mkdir(parents=True)
    (folder / f"{twilio.number_sid}.json").write_text(text)
    await connect(twilio, new_adapter())
    assert twilio.numbers[twilio.number_sid]["voice_url"] == PRODUCTION
    assert list(folder.iterdir()) == []


async def test_what_a_process_killed_after_we_connected_has_left_is_restored_by_us(
    twilio, waiting, new_adapter, home
):
    adapter = new_adapter()
    await connect(twilio, adapter)
    await killed(waiting)  # the number still points at its dead tunnel, and we never saw what was before
    with pytest.raises(TimeoutError):
        await adapter.wait_for_call(0.1)
    assert twilio.numbers[twilio.number_sid]["voice_url"] == PRODUCTION
    assert list((home / ".scenario" / "twilio-restore").iterdir()) == []


async def test_when_restoring_fails_waiting_again_does_not_forget_what_was_before(twilio, adapter):
    number = twilio.numbers[twilio.number_sid]
    waiting = asyncio.create_task(adapter.wait_for_call(0.5))
    await eventually(lambda: number["voice_url"] != PRODUCTION)
    twilio.troubles = [(r"POST .*/IncomingPhoneNumbers/.*", 500)] * 3
    with pytest.raises(TimeoutError):
        await waiting
    assert number["voice_url"] != PRODUCTION
    with pytest.raises(TimeoutError):
        await adapter.wait_for_call(0.1)
    assert (number["voice_url"], number["voice_method"]) == (PRODUCTION, "GET")


async def test_two_adapters_of_one_process_cannot_take_the_calls_of_one_number(twilio, adapter, new_adapter):
    waiting = asyncio.create_task(adapter.wait_for_call())
    number = twilio.numbers[twilio.number_sid]
    await eventually(lambda: number["voice_url"] != PRODUCTION)
    other = new_adapter(public_base_url="https://other.example.test")
    await other.connect()
    with pytest.raises(RuntimeError, match="another run takes the calls of this number"):
        await other.wait_for_call(1)
    await other.disconnect()
    assert number["voice_url"] == "https://tunnel.example.test/twilio/voice"
    await twilio.ring(twilio.number_sid)
    await waiting
    await adapter.disconnect()
    assert number["voice_url"] == PRODUCTION


async def test_when_restoring_fails_the_next_connection_does_it(twilio, new_adapter):
    adapter = new_adapter()
    await connect(twilio, adapter)
    waiting = asyncio.create_task(adapter.wait_for_call())
    number = twilio.numbers[twilio.number_sid]
    await eventually(lambda: number["voice_url"] != PRODUCTION)
    await twilio.ring(twilio.number_sid)
    await waiting
    twilio.troubles = [(r"POST .*/IncomingPhoneNumbers/.*", 500)] * 3
    await adapter.disconnect()
    assert number["voice_url"] != PRODUCTION
    await adapter.connect()
    assert number["voice_url"] == PRODUCTION
