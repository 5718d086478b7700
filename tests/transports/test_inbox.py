"""The queue between a reader and `recv_audio`."""

from __future__ import annotations

import asyncio
import logging

import pytest

from scenario.voice import VoiceTransportError
from scenario.voice.adapters._connection.inbox import Inbox
from tests.transports.bare import BareAdapter, VirtualLine

SECOND = 48_000


async def test_audio_and_ends_of_turns_come_in_order():
    inbox = Inbox(BareAdapter())
    inbox.put_audio(b"ab", "hello")
    inbox.end_turn()
    inbox.put_audio(b"cd")
    first, end, second = [await inbox.take(0) for _ in range(3)]
    assert (first.data, first.transcript, end.data, second.data) == (b"ab", "hello", b"", b"cd")


async def test_what_comes_wakes_the_one_who_waits():
    inbox = Inbox(BareAdapter())
    waiting = asyncio.create_task(inbox.take(10))
    await asyncio.sleep(0)
    inbox.put_audio(b"ab")
    assert (await waiting).data == b"ab"


async def test_nothing_in_time_is_a_timeout_on_the_adapters_clock_which_is_not_held():
    adapter = BareAdapter()
    adapter._scenario_line = VirtualLine()
    began = adapter.clock.now()
    async with asyncio.timeout(20):
        with pytest.raises(TimeoutError):
            await Inbox(adapter).take(600)
    assert adapter.clock.now() - began == pytest.approx(600, abs=1)


async def test_what_came_before_the_end_is_given_out_and_then_the_error_for_ever():
    inbox = Inbox(BareAdapter())
    inbox.put_audio(b"ab")
    inbox.fail(VoiceTransportError("gone"))
    inbox.fail(VoiceTransportError("gone twice"))
    assert (await inbox.take(1)).data == b"ab"
    for _ in range(3):
        with pytest.raises(VoiceTransportError, match=r"gone$"):
            await inbox.take(1)


async def test_an_error_that_does_not_end_the_connection_is_raised_once_in_its_place():
    inbox = Inbox(BareAdapter())
    inbox.put_audio(b"ab")
    inbox.put_error(ValueError("odd frame"))
    inbox.put_audio(b"cd")
    assert (await inbox.take(1)).data == b"ab"
    with pytest.raises(ValueError, match="odd frame"):
        await inbox.take(1)
    assert (await inbox.take(1)).data == b"cd"


async def test_the_oldest_audio_beyond_120_s_is_dropped_with_one_warning_and_one_notice(caplog):
    caplog.set_level(logging.WARNING)
    adapter = BareAdapter()
    inbox = Inbox(adapter)
    inbox.put_audio(b"\1\0" * (SECOND // 2))
    inbox.end_turn()
    for _ in range(125):
        inbox.put_audio(bytes(SECOND))
    taken = [await inbox.take(0) for _ in range(121)]
    assert taken[0].data == b"", "the end of the first turn is kept"
    assert sum(len(chunk.data) for chunk in taken) == 120 * SECOND
    with pytest.raises(TimeoutError):
        await inbox.take(0)
    assert len(caplog.records) == 1
    assert [kind for kind, _ in adapter.line.notices] == ["transport_error"]


async def test_dropping_audio_keeps_the_ends_of_turns():
    inbox = Inbox(BareAdapter())
    inbox.put_audio(b"ab")
    inbox.end_turn()
    inbox.drop_audio()
    assert (await inbox.take(0)).data == b""
    with pytest.raises(TimeoutError):
        await inbox.take(0)
