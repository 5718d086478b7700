"""Keys reach the other side, and the call goes on."""

from __future__ import annotations

import pytest

from scenario.voice import AudioChunk, VoiceTransportError
from scenario.voice._audio.tones import detect_dtmf
from scenario.voice.adapters._twilio import calls
from tests.transports.contract.agent import tone
from tests.transports.contract.listening import Listener
from tests.transports.twilio.conftest import THEIRS, connect, eventually


async def heard_again(adapter, party) -> None:
    """Have a tone go there, and hear something come back."""
    before = len(party.heard)
    await adapter.send_audio(AudioChunk(tone(440, 0.3)))
    await eventually(lambda: any(party.heard[before:]))
    assert (await adapter.recv_audio(2)).data


async def test_tones_in_the_media_are_recognised_and_audio_flows_before_and_after(twilio, adapter):
    await adapter.place_call(THEIRS)
    party = twilio.calls[0].party
    await heard_again(adapter, party)
    await adapter.send_dtmf("123#")
    await eventually(lambda: detect_dtmf(bytes(party.heard)) == "123#")
    await heard_again(adapter, party)
    assert len(twilio.calls[0].legs) == 1


async def test_keys_pressed_by_twilio_are_followed_by_a_new_stream_of_the_same_call(twilio, new_adapter):
    adapter = new_adapter(dtmf_mode="rest")
    await connect(twilio, adapter)
    await adapter.place_call(THEIRS)
    call = twilio.calls[0]
    await heard_again(adapter, call.party)
    await adapter.send_dtmf("1w2#")
    assert call.digits == "1w2#"
    assert len(call.legs) == 2
    await heard_again(adapter, call.party)
    assert call.status == "in-progress"


async def test_a_stream_that_does_not_come_back_is_an_error(twilio, new_adapter, monkeypatch):
    monkeypatch.setattr(calls, "_REATTACH_SECONDS", 0.3)
    adapter = new_adapter(dtmf_mode="rest")
    await connect(twilio, adapter)
    await adapter.place_call(THEIRS)
    twilio.start = {"callSid": "CA-of-another"}
    with pytest.raises(VoiceTransportError, match="did not come back"):
        await adapter.send_dtmf("1")
    async with Listener(adapter) as listener:
        assert isinstance(await listener.until_error(2), VoiceTransportError)


async def test_a_stream_that_comes_back_in_another_format_is_the_fault_of_the_codec(twilio, new_adapter):
    adapter = new_adapter(dtmf_mode="rest")
    await connect(twilio, adapter)
    await adapter.place_call(THEIRS)
    twilio.start = {"mediaFormat": {"encoding": "audio/l16"}}
    with pytest.raises(VoiceTransportError) as failed:
        await adapter.send_dtmf("1")
    assert failed.value.fault == "codec"


@pytest.mark.parametrize("mode", ["inband", "rest"])
async def test_other_characters_reach_neither_media_nor_documents(twilio, new_adapter, mode):
    adapter = new_adapter(dtmf_mode=mode)
    await connect(twilio, adapter)
    with pytest.raises(RuntimeError, match=r"place_call\(\)"):
        await adapter.send_dtmf("1")
    await adapter.place_call(THEIRS)
    with pytest.raises(ValueError, match="DTMF"):
        await adapter.send_dtmf('1"/><Hangup/>')
    assert len(twilio.calls[0].documents) == 1
