"""The contract of all transports, but for row 9; most rows are in `connections`, `runs` and `truth`."""

from __future__ import annotations

import asyncio
import logging

from tests.transports.contract import connections, runs, truth  # noqa: F401  # their cases are played here
from tests.transports.contract.agent import Plan
from tests.transports.contract.cases import CASES, play
from tests.transports.contract.leftovers import is_more, resources, settled

CYCLES = 20


async def test_row_1_twenty_connections_leave_nothing_behind(rig, caplog):
    caplog.set_level(logging.WARNING)
    async with rig.peer(Plan()) as peer:
        adapter = peer.adapter()
        before = None
        for cycle in range(CYCLES):
            await adapter.connect()
            await adapter.connect()
            await adapter.disconnect()
            await adapter.disconnect()
            if cycle == 0:
                await asyncio.sleep(0.3)  # what is made once per process has been made now
                before = resources()
        found = await settled(before)
    assert not is_more(found, before), f"tasks, threads, files: {before} became {found}"
    assert [record.getMessage() for record in caplog.records] == []


async def test_rows_2_to_8_and_10_to_12(rig, subtests):
    for name, error in (await play(CASES, rig)).items():
        with subtests.test(name):
            if error is not None:
                raise error
