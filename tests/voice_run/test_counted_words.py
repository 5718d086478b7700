"""`interrupt(after_words=N)`: at least N words were heard, also where the agent stops within a moment."""

from __future__ import annotations

import pytest

import scenario
from tests.voice_run.peers import Stoppable
from tests.voice_run.plays import dialogue, play, segments, spoken

WORDS = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet"]


class Halting(Stoppable):
    """Says word by word, each after `pause` seconds; its text comes `ahead` of the word that it is of."""

    capabilities = scenario.AdapterCapabilities(interruption=True, streaming_transcripts=True)
    pause = 0.4
    ahead = 0.3

    async def say(self, pcm: bytes) -> None:
        said = ""
        for word in WORDS:
            await self.clock.sleep(self.pause - self.ahead)
            said = f"{said} {word}".strip()
            self.streaming_transcript = said
            await self.stream(bytes(int(self.ahead * 24_000) * 2))
            await self.stream(spoken(word))
        await super().say(b"")


@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("ahead", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("words", [1, 2, 5])
async def test_so_many_words_are_in_the_partial_text(native: bool, ahead: float, words: int) -> None:
    agent = Halting([b"", spoken("fine")], turn_end="explicit", latency=0.3, native=native, ahead=ahead)
    script = [
        scenario.user("hello"), scenario.interrupt("stop", after_words=words), scenario.succeed(),
    ]  # fmt: skip
    result = await play(agent, script=script)
    role, text = dialogue(result)[1]
    assert role == "assistant"
    told = text.removesuffix(" [interrupted]").split()
    assert told == WORDS[: len(told)]
    assert words <= len(told) <= words + 2
    assert segments(result, "agent")[0].heard_transcript == " ".join(told)
