"""Whole runs over the telephone: what they know that only a telephone tells."""

from __future__ import annotations

import pytest

import scenario
from tests.transports.contract.agent import Plan, Say
from tests.transports.contract.running import run
from tests.transports.rigs.twilio import TwilioPeer

ANSWERS = [Say("yes i am here", after=0.8), Say("good bye", after=0.8)]


async def test_keys_of_the_other_side_are_on_the_timeline_and_the_run_survives_a_callback_that_raises(caplog):
    pressed = []

    def on_dtmf(digit):
        pressed.append(digit)
        raise ValueError("not this one")

    async with TwilioPeer(Plan(ANSWERS)).serving() as peer:
        adapter = peer.adapter()
        adapter.on_dtmf = on_dtmf

        async def press(state):
            for digit in "5#":
                await peer.twilio.calls[0].legs[0].press(digit)

        script = [press, scenario.user("hello"), scenario.agent(), scenario.succeed()]
        result = await run(peer, adapter, script)
    assert result.success
    received = [event.args for event in result.timeline if event.type == "dtmf_received"]
    assert received == [{"tones": "5"}, {"tones": "#"}]
    assert pressed == ["5", "#"]
    assert "on_dtmf('5') raised ValueError: not this one" in caplog.text
    assert [segment.speaker for segment in result.audio.segments] == ["user", "agent"]


async def test_latency_counts_from_where_the_other_side_has_heard_the_user_to_the_end():
    async with TwilioPeer(Plan(ANSWERS)).serving() as peer:
        peer.twilio.behind = 0.3
        turn = [scenario.user("is anybody there"), scenario.agent()]
        result = await run(peer, peer.adapter(), [*turn, *turn, scenario.succeed()])
    # The agent has answered 0.8 s after it heard the last word, which it heard 0.3 s after it was sent.
    assert result.latency.measurements == pytest.approx([0.8, 0.8], abs=0.1)
    starts = [event for event in result.timeline if event.type == "agent_start_speaking"]
    assert [event.latency for event in starts] == result.latency.measurements
