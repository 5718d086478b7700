"""Disconnecting takes no longer than 5 s, whatever Twilio does, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import time

from tests.transports.contract.leftovers import is_more, resources, settled
from tests.transports.peers.twilio import LoopbackTwilio
from tests.transports.twilio.conftest import ACCOUNT, OURS, THEIRS, TOKEN, Echo, connect, eventually

PRODUCTION = "https://production.example.test/voice"


async def never(*_):
    await asyncio.Event().wait()


async def test_a_twilio_that_answers_no_more_is_not_waited_for(new_adapter, caplog, monkeypatch, home):
    peer = LoopbackTwilio(ACCOUNT, TOKEN, Echo)
    peer.add_number(OURS)
    callee = peer.add_number(THEIRS, voice_url=PRODUCTION)
    before = resources()
    async with peer.serving():
        adapter = new_adapter(base_url=peer.url)
        await connect(peer, adapter)
        await adapter.place_call(THEIRS, attach_callee=True)
        leg = next(call.legs[0] for call in peer.calls if call.legs)
        # It takes nothing more, so that what was sent, and the close after it, cannot even leave.
        leg.socket.transport.pause_reading()
        await adapter._connection.stream._socket.send_text("x" * 20_000_000)
        asked = []

        async def hang(method, path, *_):
            asked.append(f"{method} {path.rpartition('/')[2]}")
            await never()

        monkeypatch.setattr(peer, "_answer", hang)
        began = time.monotonic()
        await adapter.disconnect()
        assert time.monotonic() - began < 5
        leg.socket.transport.resume_reading()
        await asyncio.wait_for(leg.socket.wait_closed(), 2)
    (placed,) = (call for call in peer.calls if call.placed)
    assert sorted(asked) == sorted([f"POST {callee}.json", f"POST {placed.sid}.json"])
    assert "settings could not be restored: Twilio did not answer" in caplog.text
    assert "the call could not be ended: Twilio did not answer" in caplog.text
    assert (home / ".scenario" / "twilio-restore" / f"{callee}.json").exists()
    assert not is_more(await settled(before), before)


async def test_a_call_that_twilio_never_confirmed_is_not_waited_for_either(twilio, adapter, monkeypatch):
    monkeypatch.setattr(twilio, "_answer", never)
    placing = asyncio.create_task(adapter.place_call(THEIRS, timeout=60))
    await eventually(lambda: adapter.mode == "call")
    await asyncio.sleep(0.2)
    began = time.monotonic()
    await adapter.disconnect()
    assert time.monotonic() - began < 5
    (outcome,) = await asyncio.gather(placing, return_exceptions=True)
    assert isinstance(outcome, BaseException)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("scenario twilio")]


async def test_a_stream_that_twilio_only_says_to_be_over_is_closed_by_us(twilio, adapter):
    await adapter.place_call(THEIRS)
    leg = await twilio.calls[0].until_streaming()
    await leg.send({"event": "stop", "stop": {"accountSid": ACCOUNT, "callSid": twilio.calls[0].sid}})
    await asyncio.wait_for(leg.socket.wait_closed(), 2)
    assert leg.socket.close_code == 1000
    assert not adapter.live.is_set()
