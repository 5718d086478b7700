"""Stopping a response: at any moment, without an error, and so that nothing of it is heard later."""

from __future__ import annotations

import asyncio
import time

import pytest

import scenario
from scenario.voice.adapters._openai import conversation as conversation_module
from scenario.voice.adapters._openai.answer import Answer, Cut, Part
from tests.transports.openai.talking import hear, model_at, run, say, texts, understand
from tests.transports.peers.openai_realtime import realtime_server, says

PIECE = 480
AROUND_START = (0.0, 0.001, 0.05)
AROUND_END = (-0.05, -0.001, 0.0, 0.001, 0.05)


def hums(value: int, seconds: float = 0.06):
    """Return an act that says nothing but this sample value, and does not stop when it is cancelled."""

    async def act(response) -> None:
        for _ in range(int(seconds / 0.005)):
            await response.speak(value.to_bytes(2, "little") * PIECE, f"{value} ")
            await asyncio.sleep(0.005)

    return act


async def interrupted_turn(adapter, moment: float, *, from_end: bool) -> None:
    """Ask for an answer, and stop it so many seconds after its start, or after its end."""
    await say(adapter)
    listening = asyncio.create_task(hear(adapter))
    if from_end:
        moment += 0.07
    await asyncio.sleep(max(0.0, moment))
    await adapter.interrupt()
    await asyncio.wait_for(listening, 5)  # exactly one end, whether the response was stopped or over


async def test_200_responses_are_stopped_at_any_moment_without_error_or_foreign_audio():
    moments = [(moment, False) for moment in AROUND_START] + [(moment, True) for moment in AROUND_END]
    per_connection, connections = 20, 10

    async def one(number: int) -> None:
        acts = [act for at in range(per_connection) for act in (hums(2 * at + 1), hums(2 * at + 2, 0.02))]
        async with realtime_server(*acts, latency=0.003) as server, model_at(server) as adapter:
            for at in range(per_connection):
                moment, from_end = moments[(number + at) % len(moments)]
                await interrupted_turn(adapter, moment, from_end=from_end)
                await say(adapter)
                audio = await asyncio.wait_for(hear(adapter), 5)
                assert set(memoryview(audio).cast("h")) == {2 * at + 2}, f"stopped at {moment} s"
                assert adapter.last_agent_transcript == " ".join([str(2 * at + 2)] * 4)
            assert set(server.last.errors) <= {"response_cancel_not_active"}

    await asyncio.gather(*(one(number) for number in range(connections)))


async def test_a_response_that_is_stopped_before_it_exists_is_cancelled_when_it_does():
    peer = realtime_server(says("never heard", pause=0.01), says("heard"))
    async with peer as server, model_at(server) as adapter:
        await say(adapter)
        assert await adapter.interrupt() is True
        assert server.last.sent("response.cancel") == []
        listening = asyncio.ensure_future(hear(adapter))
        await asyncio.sleep(0)
        assert listening.done(), "its end does not wait for the server"
        assert listening.result() == b""
        await say(adapter)
        assert await understand(adapter) == "heard"
        (cancel,) = server.last.sent("response.cancel")
        assert cancel["response_id"].startswith("resp_")
        assert server.last.sent("conversation.item.truncate") == []


@pytest.mark.parametrize("code", ["response_cancel_not_active", "another_one", None])
async def test_a_stop_that_crosses_the_end_of_the_response_is_no_error(code):
    """The server has ended the response and dropped its item when our frames arrive."""
    peer = realtime_server(says("over already", pause=0.05), says("next"))
    async with peer as server, model_at(server) as adapter:
        connection = server.last

        async def too_late(frame) -> None:
            if connection.response is not None:
                await connection.response.finish()
            await connection.refuse(frame, code, "there is nothing to stop")

        connection._cancel = connection._truncate = too_late
        await say(adapter)
        await adapter.recv_audio(5)
        assert await adapter.interrupt() is True
        assert await hear(adapter) == b""
        await say(adapter)
        assert await understand(adapter) == "next"
        assert connection.errors == [code, code]


async def test_an_older_server_says_in_words_alone_that_there_was_nothing_to_stop():
    peer = realtime_server(says("over already", pause=0.05), says("next"))
    async with peer as server, model_at(server) as adapter:
        connection = server.last

        async def too_late(frame) -> None:
            await connection.response.finish()
            await connection.refuse({}, None, "Cancellation failed: no active response found")

        connection._cancel = too_late
        await say(adapter)
        await adapter.recv_audio(5)
        assert await adapter.interrupt() is True
        assert await hear(adapter) == b""
        await say(adapter)
        assert await understand(adapter) == "next"


async def test_where_nothing_is_to_be_stopped_nothing_is_sent():
    async with realtime_server(says("all of it")) as server, model_at(server) as adapter:
        assert await adapter.interrupt() is False
        await say(adapter)
        await hear(adapter)
        sent = len(server.last.frames)
        assert await adapter.interrupt() is False
        assert len(server.last.frames) == sent


async def test_the_model_knows_what_was_heard_of_an_answer_that_is_still_played():
    answer = " ".join(["this answer takes much longer to hear than to make"] * 4)
    async with realtime_server(says(answer), says("fine")) as server:
        script = [
            scenario.user("tell me"),
            scenario.agent(wait=False),
            scenario.sleep(2.5),
            scenario.user("stop"),
            scenario.agent(),
            scenario.succeed(),
        ]
        result = await run([model_at(server)], script)
        assert server.last.sent("response.cancel") == [], "it was over long ago"
        ((_, heard_ms),) = server.last.truncated.items()
        assert server.last.errors == []
    partial = next(segment for segment in result.audio.segments if segment.speaker == "agent")
    assert heard_ms / 1000 == pytest.approx(partial.end_time - partial.start_time, abs=0.15)
    (event,) = [event for event in result.timeline if event.type == "user_interrupt"]
    assert event.metadata["native"] is True
    interrupted, fine = texts(result.messages, "assistant")
    assert interrupted.endswith("[interrupted]")
    assert len(interrupted) < len(answer) / 2
    assert fine == "fine"


async def test_a_response_in_the_making_is_cancelled_and_cut_to_what_came():
    peer = realtime_server(says("one two three four five six", piece=0.1, pause=0.05))
    async with peer as server, model_at(server) as adapter:
        await say(adapter)
        heard = len((await adapter.recv_audio(5)).data) + len((await adapter.recv_audio(5)).data)
        await asyncio.sleep(0.12)  # more comes, and nobody takes it
        assert await adapter.interrupt() is True
        assert await hear(adapter) == b""
        await asyncio.sleep(0.2)
        (cancel,) = server.last.sent("response.cancel")
        (truncate,) = server.last.sent("conversation.item.truncate")
        assert server.last.frames.index(cancel) < server.last.frames.index(truncate)
        assert truncate["audio_end_ms"] == heard // 48
        assert server.last.errors == []


async def test_a_server_that_never_ends_a_response_is_not_waited_for_for_ever(monkeypatch, caplog):
    monkeypatch.setattr(conversation_module, "_ENDS_WITHIN", 0.2)

    async def deaf(response) -> None:
        await asyncio.sleep(30)

    async with realtime_server(deaf, says("at last")) as server, model_at(server) as adapter:
        server.connections[0].stop = lambda *_: asyncio.sleep(0)
        await say(adapter)
        await asyncio.sleep(0.05)
        await adapter.interrupt()
        await hear(adapter)
        began = time.monotonic()
        await say(adapter)
        assert time.monotonic() - began < 2
        assert "has not ended" in caplog.text


def test_never_more_is_cut_than_came():
    answer = Answer(0, parts={"a": Part(0, 48_000), "call": Part(), "b": Part(1, 24_000)})
    assert answer.cuts(0.0) == [Cut("a", 0, 0), Cut("b", 1, 0)]
    assert answer.cuts(0.75) == [Cut("a", 0, 750), Cut("b", 1, 0)]
    assert answer.cuts(1.25) == [Cut("b", 1, 250)]
    assert answer.cuts(99.0) == [Cut("b", 1, 500)], "the server may have made more than has come"
    answer.is_over = True
    assert answer.cuts(99.0) == []
    assert Answer(0, parts={"a": Part()}).cuts(1.0) == []
