"""Twenty runs at once over all transports, some of whose peers fail and some of which are given up."""

from __future__ import annotations

from scenario._model import aclose_clients
from tests.transports.contract.leftovers import is_more, resources, settled
from tests.transports.rigs import all_rigs
from tests.transports.soak import Count, play_round

RUNS = 20


async def test_every_run_ends_truthfully_and_nothing_is_left():
    rigs, count = all_rigs(), Count()
    await play_round(rigs, len(rigs), 1, count)  # what is made once per process is made now
    await aclose_clients()  # a client per endpoint is kept for its loop, and every peer is another endpoint
    before = resources()
    await play_round(rigs, RUNS, 2, count)
    await aclose_clients()
    found = await settled(before)
    assert count.wrong == []
    assert count.whole > 0
    assert count.failed > 0
    assert count.cancelled > 0
    assert not is_more(found, before), f"tasks, threads, files: {before} became {found}"
