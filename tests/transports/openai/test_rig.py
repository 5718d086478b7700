"""The contract's model waits for what a model waits for."""

from __future__ import annotations

import pytest

from tests.transports.contract.agent import Plan, Say
from tests.transports.openai.talking import say, understand
from tests.transports.rigs.openai_realtime import RIGS


@pytest.mark.parametrize("opens", [False, True])
async def test_a_model_that_is_ready_before_it_is_asked_loses_nothing_of_its_answers(opens):
    """A machine that is busy takes longer between the two frames of a turn than the answer is to take."""
    (rig,) = RIGS
    plan = Plan(
        answers=[Say("yes", after=0.0), Say("no", after=0.0)], opening=Say("hello") if opens else None
    )
    async with rig.peer(plan) as peer:
        peer.server.latency = 0.3
        async with peer.adapter() as adapter:
            if opens:
                await adapter.notify_agent_turn()
                assert await understand(adapter) == "hello"
            for answer in ("yes", "no"):
                await say(adapter)
                assert await understand(adapter) == answer
