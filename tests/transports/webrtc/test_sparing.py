"""An agent that sends nothing while it is silent (RFC 6716, section 2.1.9: discontinuous transmission)."""

from __future__ import annotations

import pytest

import scenario
from tests.transports.contract.agent import Plan, Say
from tests.transports.contract.running import run
from tests.transports.rigs.webrtc import WebRTCPeer


class SparingPeer(WebRTCPeer):
    def _begin(self, call) -> None:
        call.mouth.sparing = True
        super()._begin(call)


async def test_its_turns_end_and_are_heard_in_their_time():
    plan = Plan(answers=[Say(tone=660, seconds=0.5, after=0.6), Say(tone=550, seconds=0.5, after=0.6)])
    async with SparingPeer(plan, "json").serving() as peer:
        script = [scenario.user("one"), scenario.agent(), scenario.user("two"), scenario.agent()]
        result = await run(peer, peer.adapter(), [*script, scenario.succeed()])
    answers = [segment for segment in result.audio.segments if segment.speaker == "agent"]
    assert [answer.end_time - answer.start_time for answer in answers] == [pytest.approx(0.5, abs=0.1)] * 2
    assert result.latency.measurements == [pytest.approx(0.6, abs=0.15)] * 2
