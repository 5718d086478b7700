"""Disconnecting takes no longer than 5 s, whatever Twilio does."""

from __future__ import annotations

import asyncio
import time

from tests.transports.twilio.conftest import THEIRS


async def test_a_twilio_that_answers_no_more_is_not_waited_for(twilio, adapter, caplog, monkeypatch):
    await adapter.place_call(THEIRS)

    async def never(*_):
        await asyncio.Event().wait()

    monkeypatch.setattr(twilio, "_answer", never)
    began = time.monotonic()
    await adapter.disconnect()
    assert time.monotonic() - began < 5
    assert "the call could not be ended: Twilio did not answer" in caplog.text
