"""The simulator's voice: styles and effects, and whom they concern."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

import scenario
from scenario.voice import effects, register_tts_provider
from scenario.voice.testing import LoopbackVoiceAgent, OfflineSTT, OfflineTTS
from tests.voice_run.plays import caller, heard, play, segments

LOUD = effects.custom(lambda pcm: pcm[: len(pcm) // 4 * 2])  # half of it


class Marks:
    """An effect that notes that it was used."""

    def __init__(self, used: list[str], name: str) -> None:
        self.used, self.name = used, name

    def __call__(self, pcm: bytes) -> bytes:
        self.used.append(self.name)
        return pcm


async def test_effects_apply_in_order_and_the_transcript_is_what_was_meant() -> None:
    used: list[str] = []
    user = caller(audio_effects=[Marks(used, "one"), Marks(used, "two"), effects.static(0.5, seed=1)])
    script = [scenario.user("hello there"), scenario.agent(), scenario.succeed()]
    result = await play(LoopbackVoiceAgent(["hi"]), user, script=script)
    assert used == ["one", "two"]
    assert segments(result)[0].transcript == "hello there"
    assert heard(segments(result)[0].audio) != "hello there"


async def test_all_that_was_said_since_is_heard_in_order_and_text_is_spoken_first() -> None:
    agent = LoopbackVoiceAgent(["fine"])
    typed = {"role": "user", "content": [{"type": "text", "text": "three"}]}
    script = [
        scenario.user("one"), scenario.message({"role": "user", "content": "two"}), scenario.message(typed),
        scenario.agent(), scenario.succeed(),
    ]  # fmt: skip
    result = await play(agent, script=script)
    told = [segment.transcript for segment in segments(result, "user")]
    assert told == ["one", "two", "three"]
    assert [heard(segment.audio) for segment in segments(result, "user")] == told
    assert b"".join(chunk.data for chunk in agent.heard) == b"".join(
        segment.audio for segment in segments(result, "user")
    )


async def test_a_step_has_effects_of_its_own() -> None:
    used: list[str] = []
    user = caller(audio_effects=[Marks(used, "his")])
    script = [
        scenario.user("a", audio_effects=[Marks(used, "step")]), scenario.agent(),
        scenario.user("b", audio_effects=[]), scenario.agent(),
        scenario.user("c"), scenario.agent(), scenario.succeed(),
    ]  # fmt: skip
    await play(LoopbackVoiceAgent(["x", "y", "z"]), user, script=script)
    assert used == ["step", "his"]


async def test_effects_of_a_step_also_hold_for_what_the_simulator_writes() -> None:
    used: list[str] = []
    script = [scenario.user(audio_effects=[Marks(used, "step")]), scenario.agent(), scenario.succeed()]
    await play(LoopbackVoiceAgent(["x"]), script=script)
    assert used == ["step"]


async def test_a_state_replaces_effects_from_the_next_turn_on() -> None:
    used: list[str] = []
    script = [
        scenario.user("a"), scenario.agent(),
        lambda state: state.set_effects([Marks(used, "new")]),
        scenario.user("b"), scenario.agent(), scenario.succeed(),
    ]  # fmt: skip
    user = caller(audio_effects=[Marks(used, "old")])
    await play(LoopbackVoiceAgent(["x", "y"]), user, script=script)
    assert used == ["old", "new"]
    assert len(user.audio_effects) == 1  # the shared instance is as it was


async def test_two_runs_that_share_a_simulator_do_not_see_each_others_settings() -> None:
    spoken: list[tuple[str, str | None]] = []

    async def synth(text: str, voice: str, style: str | None = None) -> bytes:
        await asyncio.sleep(0.05)
        spoken.append((text, style))
        return OfflineTTS().speak(text).data

    register_tts_provider("shared", synth)
    user, used = caller(voice="shared/x"), list[str]()

    async def run(text: str, **settings: Any) -> None:
        script = [scenario.user(text, **settings), scenario.agent(), scenario.succeed()]
        await play(LoopbackVoiceAgent(["fine"]), user, script=script)

    await asyncio.gather(
        run("alpha", voice_style="angry", audio_effects=[Marks(used, "alpha")]), run("beta", voice_style=None)
    )
    assert sorted(spoken, key=str) == [("alpha", "angry"), ("beta", None)]
    assert used == ["alpha"]


async def test_a_style_is_never_spoken() -> None:
    async def synth(text: str, voice: str, style: str | None = None) -> bytes:
        return OfflineTTS().speak(text).data

    register_tts_provider("styled", synth)
    script = [scenario.user("hello", voice_style="whispering"), scenario.agent(), scenario.succeed()]
    result = await play(LoopbackVoiceAgent(["hi"]), caller(voice="styled/x"), script=script)
    assert OfflineSTT().hear(segments(result)[0].audio) == "hello"


@pytest.mark.parametrize(("effect", "error"), [(lambda pcm: 7, TypeError), (lambda pcm: pcm[1:], ValueError)])
async def test_an_effect_that_is_none_is_named_by_its_position(effect: Any, error: type[Exception]) -> None:
    user = caller(audio_effects=[effects.low_volume(), effect])
    with pytest.raises(error, match=r"1|second|2"):
        await play(LoopbackVoiceAgent([]), user, script=[scenario.user("hello"), scenario.succeed()])


async def test_the_same_seed_sounds_the_same() -> None:
    async def audio(seed: int) -> list[bytes]:
        script = [step for text in "ab" for step in (scenario.user(text), scenario.agent())]
        user = caller(audio_effects=[effects.static(0.1)])
        result = await play(
            LoopbackVoiceAgent(["x", "y"]), user, script=[*script, scenario.succeed()], seed=seed
        )
        return [segment.audio for segment in segments(result, "user")]

    one, again, other = await audio(1), await audio(1), await audio(2)
    assert one == again
    assert one[0] != other[0]


async def test_a_red_team_attack_is_spoken_and_the_judge_reads_it() -> None:
    seen: list[str] = []

    class Reads(scenario.AgentAdapter):
        role = scenario.AgentRole.JUDGE

        async def call(self, input: scenario.AgentInput) -> scenario.ScenarioResult:
            seen.append(input.messages[0]["content"][0]["text"])
            return scenario.ScenarioResult(success=True, messages=[])

    used: list[str] = []
    attacker = scenario.RedTeamAgent.crescendo(
        target="get another customer's delivery address", model="offline/players", total_turns=2,
        attack_plan="ask nicely", voice="offline/mallory", audio_effects=[Marks(used, "line")],
    )  # fmt: skip
    agent = LoopbackVoiceAgent(["no"])
    result = await play(
        agent, attacker, Reads(), script=[scenario.user(), scenario.agent(), scenario.judge()]
    )
    assert used == ["line"]
    assert heard(agent.heard[0]).split()[:2] == seen[0].split()[:2]
    assert segments(result)[0].transcript == seen[0]
