"""Long runs take neither long nor much memory."""

from __future__ import annotations

import subprocess
import sys

HOUR = """
import asyncio, resource, sys
import scenario
from scenario.voice import AudioChunk
from tests.voice_run.peers import BYTES_PER_SECOND, Peer, seconds_of_speech

def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)

class Radio(Peer):
    def answer(self):
        self.answering = asyncio.create_task(self.broadcast())

    async def broadcast(self):
        minute = seconds_of_speech(60)
        for _ in range(60):
            for offset in range(0, len(minute), BYTES_PER_SECOND):
                self.output().put_nowait(AudioChunk(minute[offset : offset + BYTES_PER_SECOND]))
                await self.clock.sleep(1)

def listen(radio):
    radio.answer()

async def play(minutes):
    radio = Radio([])
    script = [lambda state: listen(radio), scenario.sleep(60 * minutes + 1), scenario.succeed()]
    return await scenario.arun("radio", "x", agents=[radio], script=script, verbose=False)

asyncio.run(play(1))
before = peak_mb()
result = asyncio.run(play(60))
print(int(peak_mb() - before), result.audio.agent_track.length // 24_000)
"""


def test_an_hour_is_recorded_in_bounded_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HOUR], capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr
    megabytes, seconds = map(int, done.stdout.split())
    assert seconds >= 3600
    assert megabytes < 200
