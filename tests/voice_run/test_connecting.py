"""Adapters are connected before the first step and disconnected on every path."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import pytest

import scenario
from scenario.scenario_executor import ScenarioExecutor
from scenario.voice import VoiceTransportError
from scenario.voice.testing import LoopbackVoiceAgent
from tests.voice_run.peers import Peer
from tests.voice_run.plays import play, spoken


class First(Peer):
    """Opens a real socket."""

    async def connect(self) -> None:
        await super().connect()
        self.server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)

    async def disconnect(self) -> None:
        await super().disconnect()
        if self.server is not None:
            self.server.close()
            await self.server.wait_closed()
            self.server = None

    server: asyncio.Server | None = None


class Refuses(Peer):
    async def connect(self) -> None:
        await super().connect()
        await asyncio.sleep(0.05)  # the first one is connected by then
        raise ConnectionRefusedError("nobody there")


class Hangs(Peer):
    """Never comes back from the methods named."""

    hanging: tuple[str, ...] = ()

    async def connect(self) -> None:
        await super().connect()
        await self._hang("connect")

    async def disconnect(self) -> None:
        await self._hang("disconnect")
        await super().disconnect()

    async def _hang(self, name: str) -> None:
        if name in self.hanging:
            await asyncio.Event().wait()


async def test_the_first_is_disconnected_when_the_second_cannot_connect() -> None:
    first, second, ran = First([]), Refuses([]), list[str]()
    with pytest.raises(VoiceTransportError, match=r"Refuses.*nobody there") as raised:
        await play(first, second, script=[lambda state: ran.append("step")])
    assert isinstance(raised.value.__cause__, ConnectionRefusedError)
    assert first.calls == ["connect", "disconnect"]
    assert second.calls == ["connect", "disconnect"]
    assert first.server is None
    assert ran == []
    assert raised.value.voice_recording.segments == []


async def test_an_error_that_does_not_say_whose_it_is_is_told_so() -> None:
    class Anonymous(Peer):
        async def connect(self) -> None:
            raise VoiceTransportError("refused", code=403)

    with pytest.raises(VoiceTransportError, match=r"Anonymous: refused \(code 403\)") as raised:
        await play(Anonymous([]), script=[scenario.succeed()])
    assert (raised.value.adapter, raised.value.code) == ("Anonymous", 403)


async def test_adapters_connect_at_once() -> None:
    class Slow(Peer):
        async def connect(self) -> None:
            await super().connect()
            await asyncio.sleep(0.7)

    started = time.monotonic()
    await play(Slow([]), Slow([]), Slow([]), script=[scenario.succeed()])
    assert time.monotonic() - started < 2.0


async def test_connecting_has_its_time() -> None:
    peer = Hangs([], hanging=("connect",))
    with pytest.raises(VoiceTransportError, match=r"Hangs: connecting took longer than 0.3 s"):
        await play(peer, script=[scenario.succeed()], options={"connect_timeout": 0.3})
    assert peer.calls[-1] == "disconnect"


async def test_disconnecting_has_its_time_and_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    peer = Hangs([], hanging=("disconnect",))
    with caplog.at_level(logging.WARNING):
        result = await play(peer, script=[scenario.succeed()], options={"disconnect_timeout": 0.3})
    assert result.success
    assert "Hangs did not disconnect within 0.3 s" in caplog.text


async def test_a_disconnect_that_raises_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    class Raises(Peer):
        async def disconnect(self) -> None:
            await super().disconnect()
            raise RuntimeError("no goodbye")

    last = Peer([])
    result = await play(last, Raises([]), script=[scenario.succeed()])
    assert result.success
    assert "no goodbye" in caplog.text
    assert last.calls == ["connect", "disconnect"]


async def test_an_adapter_that_awaits_a_task_it_has_cancelled_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Leaks(Peer):
        async def disconnect(self) -> None:
            await super().disconnect()
            task = asyncio.create_task(asyncio.sleep(60))
            task.cancel()
            await task

    first = Peer([])
    result = await play(first, Leaks([]), script=[scenario.succeed()])
    assert result.success
    assert "Leaks failed to disconnect" in caplog.text
    assert first.calls == ["connect", "disconnect"]


async def test_connecting_that_is_cancelled_inside_is_a_failure_to_connect() -> None:
    class Leaks(Peer):
        async def connect(self) -> None:
            await super().connect()
            raise asyncio.CancelledError

    first = Peer([])
    with pytest.raises(VoiceTransportError, match="Leaks: its connecting was cancelled"):
        await play(first, Leaks([]), script=[scenario.succeed()])
    assert first.calls == ["connect", "disconnect"]


async def test_the_last_is_disconnected_first() -> None:
    order: list[str] = []

    class Named(Peer):
        name = ""

        async def disconnect(self) -> None:
            order.append(self.name)
            await super().disconnect()

    await play(Named([], name="a"), Named([], name="b"), Named([], name="c"), script=[scenario.succeed()])
    assert order == ["c", "b", "a"]


async def test_an_open_connection_is_its_users() -> None:
    agent = Peer([spoken("one"), spoken("two")])
    agent.supports_virtual_clock = False
    script = [scenario.user("hi"), scenario.agent(), scenario.succeed()]
    async with agent:
        one = await play(agent, script=script)
        two = await play(agent, script=script)
        assert agent.calls == ["connect"]
    assert agent.calls == ["connect", "disconnect"]
    assert len(one.audio.segments) == len(two.audio.segments) == 2


async def test_an_open_connection_serves_run_too_on_its_own_loop() -> None:
    loops: set[Any] = set()

    class Noting(LoopbackVoiceAgent):
        async def send_audio(self, chunk: scenario.AudioChunk) -> None:
            loops.add(asyncio.get_running_loop())
            await super().send_audio(chunk)

    agent = Noting(["fine"])
    async with agent:
        result = await scenario.run(
            "held",
            "The user says hello.",
            agents=[agent, scenario.UserSimulatorAgent(model="offline/players", voice="offline/anna")],
            script=[scenario.user("hi"), scenario.agent(), scenario.succeed()],
        )
        assert agent._queue is not None  # pyright: ignore[reportPrivateUsage]  # still connected
    assert loops == {asyncio.get_running_loop()}
    assert len(result.audio.segments) == 2


async def test_one_adapter_serves_one_run_at_a_time() -> None:
    agent = LoopbackVoiceAgent(["fine"])
    results = await asyncio.gather(
        play(agent, script=[scenario.sleep(2), scenario.user("hi"), scenario.agent(), scenario.succeed()]),
        play(agent, script=[scenario.succeed()]),
        return_exceptions=True,
    )
    assert results[0].success
    assert "give each run its own" in str(results[1])


async def test_input_and_output_need_a_connection() -> None:
    agent = LoopbackVoiceAgent([])
    for call in (agent.recv_audio(0.1), agent.send_audio(scenario.AudioChunk(b"\0\0"))):
        with pytest.raises(RuntimeError, match=r"LoopbackVoiceAgent: not connected; .*async with"):
            await call


async def test_step_by_step_use_says_that_it_needs_a_run() -> None:
    executor = ScenarioExecutor(
        "steps", "The user says hello.", [LoopbackVoiceAgent(["fine"])], voice=scenario.VoiceOptions()
    )
    with pytest.raises(Exception, match=r"scenario.run\(\)"):
        await executor.step()
