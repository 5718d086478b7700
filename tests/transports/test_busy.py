"""Virtual time and a peer that owes an answer."""

from __future__ import annotations

import asyncio
import time

import pytest

from scenario.voice.adapters._connection.busy import Busy
from tests.transports.bare import BareAdapter, VirtualLine


async def test_while_an_answer_is_owed_time_is_real_and_afterwards_it_is_skipped_again():
    adapter = BareAdapter()
    adapter._scenario_line = VirtualLine()
    busy = Busy(adapter)
    began = time.monotonic()
    busy.begin()
    busy.begin()
    await adapter.clock.sleep(1.0)
    assert time.monotonic() - began == pytest.approx(1.0, abs=0.5)
    busy.end()
    busy.end()
    async with asyncio.timeout(20):
        await adapter.clock.sleep(600)
    busy.begin()
    assert busy.active
    busy.end()
