"""Who is the agent, what its state tells, and what happens when it is gone."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest
from livekit.protocol import models, rtc

from scenario.voice import AudioChunk, LiveKitAgentAdapter, VoiceTransportError
from scenario.voice.adapters._livekit import room as room_module
from scenario.voice.testing.assertions import assert_tone
from tests.transports.contract.agent import tone
from tests.transports.contract.listening import Listener
from tests.transports.livekit.conftest import until
from tests.transports.peers.livekit import AGENT_SID, KEY, ROOM, SECRET, TRACK_SID, participant


def in_state(state: str, *, track: str = TRACK_SID):
    return participant(AGENT_SID, "agent", track=track, **{"lk.agent.state": state})


def loud(pcm: bytes | bytearray):
    """Return what is not silence, from the first sample of it to the last."""
    samples = np.frombuffer(bytes(pcm), "<i2").astype(float)
    at = np.flatnonzero(np.abs(samples) > 500)
    return samples[at[0] : at[-1] + 1] if len(at) else samples[:0]


def level(samples) -> float:
    inside = samples[len(samples) // 5 : -len(samples) // 5]
    return 20 * np.log10(np.sqrt((inside**2).mean()) / 32767)


async def test_levels_and_lengths_are_kept_in_both_directions(server, adapter):
    async with adapter, Listener(adapter) as listener:
        session, heard = server.sessions[-1], bytearray()
        session.heard = heard.extend
        session.track.say(tone(660, 1.0))
        await adapter.begin_user_turn()
        await adapter.send_audio(AudioChunk(tone(440, 1.0)))
        await adapter.end_user_turn()
        await asyncio.sleep(0.6)
        for audio, frequency in ((heard, 440), (listener.audio, 660)):
            samples = loud(audio)
            assert level(samples) == pytest.approx(-12, abs=0.5)
            assert len(samples) / 24_000 == pytest.approx(1.0, abs=0.06)
            assert_tone(samples.astype("<i2").tobytes(), frequency)


async def test_an_agent_is_preferred_to_others_who_speak(server):
    server.others = [participant("PA_other", "colleague", kind="STANDARD", track="TR_other")]
    async with LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM) as adapter:
        assert adapter._link._agent.participant.identity == "agent"


async def test_another_who_speaks_is_the_agent_if_no_agent_comes(server, monkeypatch):
    monkeypatch.setattr(room_module, "OTHERS_SECONDS", 0.3)
    server.agent = participant(AGENT_SID, "bot", kind="STANDARD", track=TRACK_SID)
    async with LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM) as adapter:
        assert adapter._link._agent.participant.identity == "bot"


async def test_but_not_if_an_agent_was_sent_for(server, monkeypatch):
    monkeypatch.setattr(room_module, "OTHERS_SECONDS", 0.3)
    monkeypatch.setattr(room_module, "CONNECT_SECONDS", 1.5)
    server.agent = participant(AGENT_SID, "bot", kind="STANDARD", track=TRACK_SID)
    with pytest.raises(VoiceTransportError, match="'bot'"):
        await LiveKitAgentAdapter(server.url, KEY, SECRET, ROOM, agent_name="receptionist").connect()
    assert server.sessions[-1].claims.room_config.agents[0].agent_name == "receptionist"


async def test_an_agent_that_publishes_late_is_waited_for(server, adapter):
    server.agent = participant(AGENT_SID, "agent")

    async def joined(session):
        await asyncio.sleep(0.7)
        await session.publish(participant(AGENT_SID, "agent", track=TRACK_SID))

    server.joined = joined
    async with adapter:
        assert adapter._link._agent.publication.sid == TRACK_SID


async def test_the_state_tells_of_speech_and_ends_the_turn_when_the_last_word_has_come(server, adapter):
    async with adapter, Listener(adapter) as listener:
        session = server.sessions[-1]
        assert (adapter.turn_end, adapter.capabilities.native_vad) == ("vad", False)
        await session.update(in_state("listening"))
        await until(lambda: adapter.turn_end == "explicit")
        assert adapter.capabilities.native_vad
        await session.update(in_state("speaking"))
        session.track.say(tone(660, 0.5))
        await session.track.said()
        await session.update(in_state("listening"))
        await until(lambda: listener.turn_ends == 1)
        assert len(loud(listener.audio)) / 24_000 == pytest.approx(0.5, abs=0.06)
        await asyncio.sleep(0.5)
        assert listener.turn_ends == 1
        edges = [about["edge"] for kind, about in adapter.line.notices if kind == "transport_speech"]
        assert edges == ["start", "end"]


async def test_an_agent_that_thinks_between_two_words_has_not_ended_its_turn(server, adapter):
    async with adapter, Listener(adapter) as listener:
        for state in ("listening", "speaking", "thinking", "speaking"):
            await server.sessions[-1].update(in_state(state))
        await asyncio.sleep(0.8)
        assert listener.turn_ends == 0
        await server.sessions[-1].update(in_state("listening"))
        await until(lambda: listener.turn_ends == 1)


async def test_a_turn_ends_when_the_track_is_taken_back_and_goes_on_when_it_is_back(server, adapter):
    async with adapter, Listener(adapter) as listener:
        session = server.sessions[-1]
        await session.unpublish(participant(AGENT_SID, "agent"))
        await until(lambda: listener.turn_ends == 1)
        await session.publish(participant(AGENT_SID, "agent", track="TR_again"))
        session.track.say(tone(880, 1.0))
        await until(lambda: len(loud(listener.audio)) > 12_000)
        assert listener.error is None


async def test_an_agent_that_does_not_come_back_is_an_error(server, adapter, monkeypatch):
    monkeypatch.setattr(room_module, "RETURN_SECONDS", 0.5)
    async with adapter, Listener(adapter) as listener:
        gone = participant(AGENT_SID, "agent")
        gone.state = models.ParticipantInfo.DISCONNECTED
        await server.sessions[-1].update(gone)
        error = await listener.until_error()
        assert listener.turn_ends == 1
    assert isinstance(error, VoiceTransportError)
    assert error.fault == "agent"
    assert "'agent' is gone" in str(error)


async def test_a_connection_that_breaks_off_for_good_is_an_error_that_says_so(server, adapter, monkeypatch):
    monkeypatch.setattr(room_module, "RETURN_SECONDS", 1.0)
    async with adapter, Listener(adapter) as listener:
        await server.sessions[-1].break_off()
        error = await listener.until_error()
        assert listener.turn_ends == 0
        assert any(kind == "transport_error" for kind, _ in adapter.line.notices)
    assert error.fault == "peer"
    assert "broke off" in str(error)


@pytest.mark.parametrize("reason", ["ROOM_DELETED", "DUPLICATE_IDENTITY", "PARTICIPANT_REMOVED"])
async def test_being_sent_away_is_an_error_with_its_reason(server, adapter, reason):
    async with adapter, Listener(adapter) as listener:
        leave = rtc.LeaveRequest(
            reason=models.DisconnectReason.Value(reason), action=rtc.LeaveRequest.Action.DISCONNECT
        )
        await server.sessions[-1].send(leave=leave)
        error = await listener.until_error(2)
        assert (error.reason, listener.turn_ends) == (reason, 0)
        with pytest.raises(VoiceTransportError):
            await adapter.send_dtmf("1")


async def test_keys_arrive_with_their_codes(server, adapter):
    async with adapter:
        await adapter.send_dtmf("0w9*#AD")
        packets = server.sessions[-1].packets
        await until(lambda: len(packets) == 6)
    assert [(packet.sip_dtmf.digit, packet.sip_dtmf.code) for packet in packets] == [
        ("0", 0), ("9", 9), ("*", 10), ("#", 11), ("A", 12), ("D", 15),
    ]  # fmt: skip
