"""Placing calls and taking them, and what becomes of a number's settings."""

from __future__ import annotations

import asyncio

import pytest

from scenario.voice import AudioChunk, VoiceTransportError
from tests.transports.twilio.conftest import OURS, THEIRS, eventually

PRODUCTION = "https://production.example.test/voice"


def changes(twilio) -> list[str]:
    """Return the addresses that numbers were pointed at, in order."""
    return [request.fields["VoiceUrl"] for request in twilio.requests if "VoiceUrl" in request.fields]


async def test_connecting_changes_nothing_at_twilio(twilio, adapter):
    assert {request.method for request in twilio.requests} == {"GET"}
    assert adapter.mode == "idle"


async def test_a_placed_call_carries_media_in_its_own_leg_and_changes_no_number(twilio, adapter):
    await adapter.place_call(THEIRS)
    assert adapter.mode == "call"
    (call,) = twilio.calls
    assert "<Connect><Stream" in call.documents[0]
    assert changes(twilio) == []
    await adapter.disconnect()
    assert call.status == "completed"
    assert adapter.mode == "idle"


@pytest.mark.parametrize("status", ["busy", "failed", "no-answer", "canceled"])
async def test_a_call_that_is_not_answered_is_an_error_with_its_status(twilio, adapter, status):
    twilio.outcome = status
    with pytest.raises(VoiceTransportError, match=status) as failed:
        async with asyncio.timeout(6):
            await adapter.place_call(THEIRS)
    assert failed.value.reason == status


async def test_a_call_that_rings_too_long_is_hung_up(twilio, adapter):
    twilio.ring_seconds = 60
    with pytest.raises(TimeoutError, match=r"\*\*\*2222 was not connected within 0.3 s"):
        await adapter.place_call(THEIRS, timeout=0.3)
    assert twilio.calls_open == 0


async def test_a_call_whose_placing_is_cancelled_is_hung_up(twilio, adapter):
    twilio.ring_seconds = 60
    placing = asyncio.create_task(adapter.place_call(THEIRS))
    await eventually(lambda: twilio.calls)
    placing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await placing
    assert twilio.calls_open == 0


async def test_twilio_is_not_asked_twice_to_place_a_call(twilio, adapter):
    twilio.troubles = [(r"POST .*/Calls.json", 503)] * 2
    with pytest.raises(VoiceTransportError):
        await adapter.place_call(THEIRS)
    assert sum(request.path.endswith("/Calls.json") for request in twilio.requests) == 1


async def test_another_call_may_follow_and_ends_the_one_before(twilio, adapter):
    await adapter.place_call(THEIRS)
    await adapter.place_call("+15550003333")
    assert [call.status for call in twilio.calls] == ["completed", "in-progress"]
    assert (await adapter.recv_audio(2)).data


async def test_a_refused_number_is_the_fault_of_the_number(twilio, adapter):
    twilio.troubles = [(r"POST .*/Calls.json", 400)]
    with pytest.raises(VoiceTransportError) as refused:
        await adapter.place_call(THEIRS)
    assert refused.value.fault == "number"


@pytest.mark.parametrize("options", [{}, {"attach_callee": True}], ids=str)
async def test_audio_in_another_format_is_the_fault_of_the_codec(twilio, adapter, options):
    number = twilio.numbers[twilio.add_number(THEIRS, voice_url=PRODUCTION if options else "")]
    twilio.start = {"mediaFormat": {"encoding": "audio/l16", "sampleRate": 16000, "channels": 2}}
    expected = "audio/l16 at 16000 Hz with 2 channels, and must be audio/x-mulaw at 8000 Hz with 1 channel"
    with pytest.raises(VoiceTransportError, match=expected) as failed:
        async with asyncio.timeout(5):
            await adapter.place_call(THEIRS, **options)
    assert failed.value.fault == "codec"
    assert twilio.calls_open == 0
    assert number["voice_url"] in (PRODUCTION, None, "")
    twilio.start = {}
    await adapter.place_call(THEIRS, **options)  # what was refused before says nothing about this call


async def test_a_call_taken_in_another_format_is_the_fault_of_the_codec_too(twilio, adapter):
    twilio.start = {"mediaFormat": {}}
    waiting = asyncio.create_task(adapter.wait_for_call())
    number = twilio.numbers[twilio.number_sid]
    await eventually(lambda: number["voice_url"] != PRODUCTION)
    await twilio.ring(twilio.number_sid)
    with pytest.raises(VoiceTransportError, match="None at None Hz") as failed:
        await asyncio.wait_for(waiting, 5)
    assert failed.value.fault == "codec"
    assert number["voice_url"] == PRODUCTION


@pytest.mark.parametrize(
    "to",
    ["5550002222", "+0123456789", "+1 555 000 2222", "+1555000222\uff12", "client:x", "+15550002222\n", ""],
)
async def test_only_numbers_in_e164_form_are_called(twilio, adapter, to):
    with pytest.raises(ValueError, match=r"E\.164"):
        await adapter.place_call(to)
    assert twilio.calls == []


async def test_a_call_whose_media_is_elsewhere_only_holds_the_line(twilio, adapter):
    await adapter.place_call(THEIRS, attach_stream_to_self=False)
    (call,) = twilio.calls
    assert '<Pause length="120"/>' in call.documents[0]
    assert call.status == "in-progress"
    with pytest.raises(RuntimeError, match=r"place_call\(\).*wait_for_call\(\)"):
        await adapter.send_audio(AudioChunk(bytes(960)))


async def test_a_callee_of_the_account_can_carry_the_media(twilio, adapter):
    sid = twilio.add_number(THEIRS, voice_url=PRODUCTION)
    await adapter.place_call(THEIRS, attach_callee=True)
    assert (await adapter.recv_audio(2)).data
    assert twilio.numbers[sid]["voice_url"] == "https://tunnel.example.test/twilio/voice"
    await adapter.disconnect()
    assert twilio.numbers[sid]["voice_url"] == PRODUCTION
    assert twilio.calls_open == 0


async def test_a_callee_of_another_account_cannot(twilio, adapter):
    with pytest.raises(VoiceTransportError, match=r"no phone number \*\*\*2222"):
        await adapter.place_call(THEIRS, attach_callee=True)
    assert twilio.calls == []


async def test_a_call_is_waited_for_and_the_number_gets_all_its_settings_back(twilio, adapter, home):
    number = twilio.numbers[twilio.number_sid]
    number["voice_application_sid"] = "AP1"
    before = dict(number)
    waiting = asyncio.create_task(adapter.wait_for_call())
    await eventually(lambda: number["voice_url"] != PRODUCTION)
    assert number["voice_url"] == "https://tunnel.example.test/twilio/voice"
    assert (number["voice_method"], number["voice_application_sid"]) == ("POST", None)
    kept = home / ".scenario" / "twilio-restore" / f"{twilio.number_sid}.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "token-of" not in kept.read_text()
    await twilio.ring(twilio.number_sid)
    await waiting
    assert adapter.mode == "answer"
    assert (await adapter.recv_audio(2)).data
    await adapter.wait_for_call()  # the same method again: the call is there
    await adapter.disconnect()
    assert number == before
    assert not kept.exists()


@pytest.mark.parametrize("limit", [lambda call: call(0.2), lambda call: asyncio.wait_for(call(), 0.2)])
async def test_when_nobody_calls_the_settings_are_restored_at_once(twilio, adapter, limit):
    with pytest.raises(TimeoutError):
        await limit(adapter.wait_for_call)
    assert twilio.numbers[twilio.number_sid]["voice_url"] == PRODUCTION


async def test_the_first_method_decides_until_disconnection(twilio, adapter):
    with pytest.raises(TimeoutError):
        await adapter.wait_for_call(0.1)
    with pytest.raises(RuntimeError, match=r"wait_for_call\(\) and cannot be used with place_call\(\)"):
        await adapter.place_call(THEIRS)
    await adapter.disconnect()
    await adapter.connect()
    twilio.hosts["tunnel.example.test"] = adapter.bound_port
    await adapter.place_call(THEIRS)
    with pytest.raises(RuntimeError, match=r"place_call\(\) and cannot be used with wait_for_call\(\)"):
        await adapter.wait_for_call()


async def test_each_step_of_disconnecting_is_taken_although_another_fails(twilio, adapter, caplog):
    sid = twilio.add_number(THEIRS, voice_url=PRODUCTION)
    await adapter.place_call(THEIRS, attach_callee=True)
    port = adapter.bound_port
    twilio.troubles = [(rf"POST .*/{sid}.json", 500)] * 3
    await adapter.disconnect()
    assert "settings could not be restored" in caplog.text
    assert twilio.calls_open == 0
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", port)


async def test_numbers_are_shortened_in_logs(twilio, new_adapter, caplog):
    caplog.set_level("DEBUG")
    adapter = new_adapter(allowed_callers=[OURS])
    await adapter.connect()
    twilio.hosts["tunnel.example.test"] = adapter.bound_port
    form = {"CallSid": "CA1", "From": THEIRS}
    await twilio.post_signed("https://tunnel.example.test/twilio/voice", form)
    ours = [record for record in caplog.records if record.name.startswith("scenario")]
    assert any("***2222" in record.getMessage() for record in ours)
    assert not any("5550002222" in record.getMessage() for record in ours)
