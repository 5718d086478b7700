"""A session that outlives its connections."""

from __future__ import annotations

import asyncio

import pytest

from scenario.voice import VoiceTransportError
from tests.transports.gemini.talking import hear, model_at, say, spoken, understand, until
from tests.transports.peers import gemini_live as gemini
from tests.transports.peers.gemini_live import COMPLETE, gemini_server


def handle_of(caller) -> str | None:
    return caller.setup["setup"]["sessionResumption"].get("handle")


async def test_a_session_goes_on_after_its_turn_with_the_handle_that_holds_the_turn():
    async def behave(caller):
        if handle_of(caller) is None:
            await caller.say(gemini.resumable("before"))
            await caller.next("realtimeInput.activityEnd")
            await caller.say(gemini.resumable(None), gemini.go_away(30), gemini.speech(spoken("first")))
            await asyncio.sleep(0.3)
            await caller.say(gemini.speech(spoken("half")), COMPLETE)
            await asyncio.sleep(0.2)
            await caller.say(gemini.resumable("after"))
        else:
            await caller.next("realtimeInput.activityEnd")
            await caller.say(gemini.speech(spoken("second")), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await say(adapter)
        assert await hear(adapter) == spoken("first") + spoken("half")
        assert len(server.callers) == 1
        await until(lambda: len(server.callers) == 2)
        await say(adapter)
        assert await understand(adapter) == "second"
        assert [handle_of(caller) for caller in server.callers] == [None, "after"]
        assert server.callers[0].connection.close_code == 1000
        server.check_sent()


async def test_a_user_who_speaks_while_the_session_moves_is_heard_by_the_new_connection():
    async def behave(caller):
        if handle_of(caller) is None:
            await caller.say(gemini.resumable("one"), gemini.go_away(30))
        else:
            await caller.next("realtimeInput.activityEnd")
            await caller.say(gemini.speech(spoken("here")), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await until(lambda: adapter._conversation._renewal)
        await say(adapter)
        assert await understand(adapter) == "here"
        first, second = server.callers
        assert first.frames == []
        assert second.kinds()[0] == "realtimeInput.activityStart"


async def test_without_news_of_the_turn_the_last_handle_must_do():
    async def behave(caller):
        if handle_of(caller) is None:
            await caller.say(gemini.resumable("old"))
            await caller.next("realtimeInput.activityEnd")
            await caller.say(gemini.go_away(30), gemini.speech(spoken("yes")), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await say(adapter)
        await hear(adapter)
        await until(lambda: len(server.callers) == 2)
        assert handle_of(server.caller) == "old"


async def test_a_call_that_the_script_has_to_answer_keeps_the_session_where_it_is():
    async def behave(caller):
        await caller.say(gemini.resumable("one"))
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.calls(("c1", "weather", {})), gemini.go_away(30))
        await caller.next("toolResponse")
        await caller.say(gemini.speech(spoken("rain")), COMPLETE, gemini.resumable("two"))

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await say(adapter)
        await hear(adapter)
        await asyncio.sleep(1.5)
        assert len(server.callers) == 1
        await adapter.send_tool_result("c1", "rain")
        assert await understand(adapter) == "rain"
        await until(lambda: len(server.callers) == 2)
        assert handle_of(server.caller) == "two"


async def test_without_a_handle_there_is_one_warning_and_an_error_when_the_server_closes(caplog):
    async def behave(caller):
        await caller.say(gemini.go_away(1), gemini.go_away(0))
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("bye")), COMPLETE)
        await caller.connection.close(1001, "going away")

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await say(adapter)
        assert await understand(adapter) == "bye"
        with pytest.raises(VoiceTransportError, match="going away"):
            await adapter.recv_audio(5)
        with pytest.raises(VoiceTransportError, match="going away"):
            await say(adapter)
        assert len(server.callers) == 1
    warnings = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len(warnings) == 1
    assert "no handle" in warnings[0].getMessage()


async def test_a_server_that_hangs_up_between_turns_as_announced_is_no_error():
    async def behave(caller):
        if handle_of(caller) is None:
            await caller.say(gemini.resumable("one"), gemini.resumable(None), gemini.go_away(0))
            await caller.connection.close(1001, "going away")
        else:
            await caller.next("realtimeInput.activityEnd")
            await caller.say(gemini.speech(spoken("still here")), COMPLETE)

    async with gemini_server(behave) as server, model_at(server) as adapter:
        await until(lambda: len(server.callers) == 2)
        await say(adapter)
        assert await understand(adapter) == "still here"


async def test_a_server_that_hangs_up_in_the_middle_of_a_turn_is_an_error():
    async def behave(caller):
        await caller.say(gemini.resumable("one"), gemini.go_away(0))
        await caller.next("realtimeInput.activityEnd")
        await caller.say(gemini.speech(spoken("and then")))
        await caller.connection.close(1001, "going away")

    async with gemini_server() as _, gemini_server(behave) as server, model_at(server) as adapter:
        await adapter.begin_user_turn()
        await adapter.end_user_turn()
        with pytest.raises(VoiceTransportError):
            await hear(adapter)


async def test_a_session_that_cannot_go_on_is_an_error():
    async def behave(caller):
        if handle_of(caller) is None:
            await caller.say(gemini.resumable("one"), gemini.go_away(30))
        else:
            await caller.connection.close(1008, "Requested entity was not found.")

    async with gemini_server(behave, accept=True) as server, model_at(server) as adapter:
        with pytest.raises(VoiceTransportError, match="entity was not found"):
            await hear(adapter)
        await adapter.disconnect()
        assert len(server.callers) == 2


async def test_disconnecting_while_the_session_moves_leaves_nothing():
    async def behave(caller):
        await caller.say(gemini.resumable("one"), gemini.resumable(None), gemini.go_away(30))

    async with gemini_server(behave) as server:
        adapter = model_at(server)
        await adapter.connect()
        await until(lambda: adapter._conversation._renewal)
        await adapter.disconnect()
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "gemini session renewal"]
        await until(lambda: all(caller.connection.close_code for caller in server.callers))
