"""Connections that break, and adapters that fail or hang in every method."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import scenario
from scenario.errors import AgentCallError
from scenario.voice import AdapterCapabilities, AudioChunk, FirstChunkTimeoutError, VoiceTransportError
from tests.voice_run.peers import Peer, Stoppable, seconds_of_speech
from tests.voice_run.plays import dialogue, events, play, spoken

TURN = [scenario.user("hello"), scenario.agent(), scenario.succeed()]
GONE = VoiceTransportError("the peer closed", adapter="Peer", code=1011, reason="oops")


class Dies(Peer):
    """Its connection breaks so many seconds after the user's turn."""

    error: Exception = GONE
    after = 1.0

    def answer(self) -> None:
        super().answer()
        self.dying = asyncio.create_task(self._die())

    async def _die(self) -> None:
        await self.clock.sleep(self.after)
        if self.answering is not None:
            self.answering.cancel()
        self.output().put_nowait(self.error)

    async def disconnect(self) -> None:
        self.dying.cancel()
        await asyncio.wait([self.dying])
        await super().disconnect()


@pytest.mark.parametrize("utterances", [[], [seconds_of_speech(8)]], ids=["silent", "speaking"])
async def test_a_line_that_breaks_fails_the_turn_at_once(utterances: list[bytes]) -> None:
    peer = Dies(utterances, turn_end="explicit")
    with pytest.raises(AgentCallError) as raised:
        await play(peer, script=TURN)
    assert raised.value.__cause__ is GONE
    recording = raised.value.voice_recording
    assert [each.speaker for each in recording.segments] == ["user", *(["agent"] if utterances else [])]
    assert all(each.duration < 2 for each in recording.segments)
    (lost,) = [event for event in recording.timeline if event.type == "transport_error"]
    assert recording.agent_track.length / 24_000 <= lost.time + 1.0
    assert "oops" in lost.metadata["error"]


async def test_every_later_call_fails_too() -> None:
    class Careless(Dies):
        async def call(self, input: scenario.AgentInput) -> Any:
            try:
                return await super().call(input)
            except VoiceTransportError:
                return "I heard nothing"

    peer = Careless([], turn_end="explicit")
    with pytest.raises(VoiceTransportError, match="oops"):
        await play(peer, script=[*TURN[:2], scenario.silence(1.0)])


async def test_a_reset_is_an_error_of_the_transport() -> None:
    peer = Dies([], turn_end="explicit", error=ConnectionResetError("reset by peer"))
    with pytest.raises(AgentCallError) as raised:
        await play(peer, script=TURN)
    assert isinstance(raised.value.__cause__, VoiceTransportError)
    assert isinstance(raised.value.__cause__.__cause__, ConnectionResetError)


async def test_a_turn_that_is_over_is_not_lost_with_the_line() -> None:
    class Leaves(Peer):
        async def say(self, pcm: bytes) -> None:
            await super().say(pcm)
            self.output().put_nowait(GONE)

    result = await play(Leaves([spoken("bye")], turn_end="explicit", latency=0.0), script=TURN)
    assert [role for role, _ in dialogue(result)] == ["user", "assistant"]
    assert [event.type for event in events(result, "transport_error")] == ["transport_error"]


async def test_receiving_that_is_cancelled_inside_is_a_lost_line() -> None:
    class Cancelled(Peer):
        async def recv_audio(self, timeout: float) -> AudioChunk:
            raise asyncio.CancelledError

    with pytest.raises(VoiceTransportError, match="Cancelled"):
        await play(Cancelled([]), script=[scenario.sleep(0.1), scenario.silence(0.1)])


METHODS = ["send_audio", "recv_audio", "begin_user_turn", "end_user_turn", "interrupt"]


def _with(method: str, behaviour: Any) -> Stoppable:
    kind = type(
        "Broken", (Stoppable,), {method: behaviour, "capabilities": AdapterCapabilities(interruption=True)}
    )
    return kind([seconds_of_speech(4)], turn_end="explicit", response_timeout=2.0)


@pytest.mark.parametrize("method", METHODS)
async def test_an_adapter_that_raises_fails_the_run_and_is_disconnected(method: str) -> None:
    async def raises(self: Any, *args: Any) -> Any:
        raise ArithmeticError("wrong")

    peer = _with(method, raises)
    with pytest.raises((AgentCallError, ArithmeticError)) as raised:
        await play(peer, script=[TURN[0], scenario.interrupt("stop"), scenario.agent()], within=20)
    assert isinstance(raised.value.__cause__ or raised.value, ArithmeticError)
    assert peer.calls[-1] == "disconnect"


@pytest.mark.parametrize("method", METHODS)
async def test_an_adapter_that_hangs_can_be_cancelled_and_is_disconnected(method: str) -> None:
    async def hangs(self: Any, *args: Any) -> Any:
        await asyncio.Event().wait()

    peer = _with(method, hangs)
    script = [TURN[0], scenario.interrupt("stop"), scenario.agent()]
    with pytest.raises((TimeoutError, AgentCallError)) as raised:
        async with asyncio.timeout(1.5):
            await play(peer, script=script, clock="real")
    if isinstance(raised.value, AgentCallError):
        assert isinstance(raised.value.__cause__, FirstChunkTimeoutError)
    assert peer.calls[-1] == "disconnect"


@pytest.mark.parametrize("answer", [None, b"pcm"])
async def test_an_adapter_that_returns_no_audio_is_told_what_is_expected(answer: Any) -> None:
    class Wrong(Peer):
        async def recv_audio(self, timeout: float) -> Any:
            return answer

    expected = f"Wrong.recv_audio\\(\\) must return an AudioChunk, got {type(answer).__name__}"
    with pytest.raises(AgentCallError, match=expected):
        await play(Wrong([]), script=TURN)
