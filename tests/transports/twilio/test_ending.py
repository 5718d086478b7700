"""Disconnecting takes no longer than 5 s, whatever Twilio does."""

from __future__ import annotations

import asyncio
import time

from tests.transports.twilio.conftest import THEIRS


async def test_a_twilio_that_says_nothing_any_more_is_not_waited_for(twilio, adapter, caplog, monkeypatch):
    """Neither its REST interface answers, nor its end of the stream that we close."""
    await adapter.place_call(THEIRS)
    leg = await twilio.calls[-1].until_streaming()
    port = adapter.bound_port

    async def never(*_):
        await asyncio.Event().wait()

    monkeypatch.setattr(twilio, "_answer", never)
    leg.socket.transport.pause_reading()
    began = time.monotonic()
    await adapter.disconnect()
    took = time.monotonic() - began
    leg.socket.transport.resume_reading()
    assert "the call could not be ended" in caplog.text
    assert took < 5
