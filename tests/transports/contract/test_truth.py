"""Rows 9, 11 and 12 of the contract: no secret is shown, no capability is a lie, no frame is invented."""

from __future__ import annotations

import asyncio
import logging

import pytest

from scenario.voice import UnsupportedCapabilityError, VoiceTransportError
from tests.transports.bare import Notices
from tests.transports.contract.agent import Plan, Say
from tests.transports.contract.listening import Listener, speak


@pytest.fixture
def logged(rig, caplog):
    """Every logger at DEBUG, the libraries' own too; gives a function that returns what was logged."""
    loggers = [logging.getLogger(), *map(logging.getLogger, logging.Logger.manager.loggerDict)]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    caplog.handler.setLevel(logging.DEBUG)
    formatter = logging.Formatter("%(name)s %(message)s")
    yield lambda: "\n".join(
        formatter.format(record) for record in caplog.records if not record.name.startswith(rig.peer_loggers)
    )
    for logger, level in zip(loggers, levels, strict=True):
        logger.setLevel(level)


def assert_no_secret(rig, *shown: object) -> None:
    for secret in rig.secrets:
        assert "SECRET" in secret
    for text in map(str, shown):
        at = text.find("SECRET")
        assert at < 0, f"a secret is shown: ...{text[max(0, at - 200) : at + 40]}"


def everything_of(error: BaseException) -> str:
    """Return what a traceback of an error would print, with its attributes and those behind it."""
    chain = [error]
    for item in chain:
        chain += [other for other in (item.__cause__, item.__context__) if other and other not in chain]
    return " ".join(f"{item} {item!r} {vars(item)!r}" for item in chain)


async def test_row_9_a_conversation_shows_no_secret(rig, logged):
    async with rig.peer(Plan(answers=[Say("yes")])) as peer:
        adapter = peer.adapter()
        shown = [repr(adapter), repr(vars(adapter))]
        async with adapter:
            await peer.join(adapter)
            async with Listener(adapter) as listener:
                await speak(adapter, "hello")
                await listener.until_text("yes")
            shown += [repr(adapter), repr(vars(adapter)), repr(adapter.capabilities)]
    assert_no_secret(rig, logged(), *shown, repr(vars(adapter)))


async def test_row_9_a_failure_shows_no_secret_although_the_peer_echoes_it(rig, logged):
    adapter_errors = []
    if (refusing := rig.refusing_peer()) is not None:
        async with refusing as peer:
            with pytest.raises(VoiceTransportError) as refused:
                await peer.adapter().connect()
            assert refused.value.fault == "credentials"
            adapter_errors.append(refused.value)
    if "close" in rig.troubles:
        async with rig.peer(Plan(trouble="close")) as peer, peer.adapter() as adapter:
            await peer.join(adapter)
            async with Listener(adapter) as listener:
                await speak(adapter, "hello")
                adapter_errors.append(await listener.until_error())
    assert adapter_errors
    assert_no_secret(rig, logged(), *map(everything_of, adapter_errors))


async def test_row_11_every_flag_of_the_instance_is_true(rig):
    long_answer = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
    async with rig.peer(Plan(answers=[Say(long_answer)] * 2)) as peer, peer.adapter() as adapter:
        adapter._scenario_line = line = Notices()
        await peer.join(adapter)
        agent = peer.agents[-1]
        async with Listener(adapter):
            await speak(adapter, "count")
            texts = []
            while not agent.said_until:
                texts.append(adapter.streaming_transcript)
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.3)
            can = adapter.capabilities
            assert can.input_formats
            assert can.output_formats
            streamed = [text for text in texts if text]
            assert bool(streamed) == can.streaming_transcripts
            assert any(kind == "transport_speech" for kind, _ in line.notices) == can.native_vad
            if can.dtmf:
                await adapter.send_dtmf("5#")
                await asyncio.sleep(1)
                assert peer.digits == "5#"
            elif hasattr(adapter, "send_dtmf"):
                with pytest.raises(UnsupportedCapabilityError):
                    await adapter.send_dtmf("5")
            if not can.interruption:
                with pytest.raises(UnsupportedCapabilityError):
                    await adapter.interrupt()
                return
            await speak(adapter, "again")
            await asyncio.wait_for(agent.speaking.wait(), 10)
            await asyncio.sleep(1.5)
            told = await adapter.interrupt()
            if told is not False:
                await asyncio.sleep(0.5)
                assert len(agent.said_until) == 2, "the agent was told to stop and goes on"
                assert agent.said_until[1] < agent.said_until[0] - 0.5


async def test_row_12_every_frame_that_was_sent_is_what_the_provider_publishes(rig):
    async with rig.peer(Plan(answers=[Say("yes")])) as peer:
        async with peer.adapter() as adapter:
            await peer.join(adapter)
            async with Listener(adapter) as listener:
                await speak(adapter, "hello")
                await listener.until_text("yes")
        assert (peer.check_sent() > 0) == rig.official
