"""A caller and a voice agent talk on this machine: `make demo-voice`.

The caller really speaks, from a cafe; the agent really hears it. The caller cuts into a long answer once.
Afterwards there is a stereo recording to listen to, and the figures that a voice agent is judged by.
"""

from __future__ import annotations

import asyncio
import sys
from math import ceil
from pathlib import Path

import scenario
from examples.voice.hotel import hotel_agent
from scenario import effects

FOLDER = Path("voice-demo")
BLOCKS = " ▁▂▃▄▅▆▇█"


async def call_the_hotel() -> scenario.ScenarioResult:
    """Play the call."""
    return await scenario.arun(
        name="a call from a cafe",
        description="The caller wants a room for two nights and asks when breakfast is served.",
        agents=[
            hotel_agent(),
            scenario.UserSimulatorAgent(
                model="offline/players",
                voice="flite/rms",
                audio_effects=[effects.background_noise("cafe", snr_db=25, seed=1)],
            ),
        ],
        script=[
            scenario.agent(),  # the desk picks up and speaks first
            scenario.user("Hello. I need a room for two nights."),
            scenario.agent(),
            scenario.user("When is breakfast served?"),
            scenario.interrupt("Okay, thank you, please book the room.", after_words=14),
            scenario.agent(),
            scenario.succeed("the call is over"),
        ],
        voice=scenario.VoiceOptions(seed=7),
    )


def drawn(recording: scenario.VoiceRecording, speaker: str) -> str:
    """Draw when somebody spoke: a block for each second, as high as the share of it that was speech."""
    spoken = [(part.start_time, part.end_time) for part in recording.segments if part.speaker == speaker]

    def share(second: int) -> float:
        return sum(max(0.0, min(end, second + 1) - max(start, second)) for start, end in spoken)

    return "".join(BLOCKS[round(8 * min(1.0, share(second)))] for second in range(ceil(recording.duration)))


def report(result: scenario.ScenarioResult) -> None:
    """Print what happened when, and the figures."""
    recording, latency = result.audio, result.latency
    seconds = "".join(f"{second:<10}" for second in range(0, ceil(recording.duration), 10))
    print(
        f"\n  caller  {drawn(recording, 'user')}\n  agent   {drawn(recording, 'agent')}\n          {seconds}"
    )
    print("\nTimeline (seconds)")
    for event in result.timeline:
        late = "" if event.latency is None else f"  {event.latency:.2f} s after the caller's last word"
        facts = {**(event.metadata or {})}
        stopped = facts.get("stopped_after")
        cut = "" if stopped is None else f"  the agent went on for {stopped:.2f} s"
        print(f"  {event.time:7.2f}  {event.type}{late}{cut}")
    metrics = recording.metrics
    print("\nFigures")
    median, slowest = latency.p50_response_time, latency.max_response_time
    print(f"  response latency  median {median:.2f} s, slowest {slowest:.2f} s")
    share = 100 * metrics.talk_over_ratio
    print(f"  talk-over         {metrics.talk_over:.2f} s, {share:.1f} % of the speech")
    print(f"  speech            caller {metrics.user_talk:.1f} s, agent {metrics.agent_talk:.1f} s")
    folder = recording.save_segments(FOLDER)
    print(f"\nRecording: {folder / 'stereo.wav'} (caller left, agent right); its manifest is beside it")


def main() -> int:
    """Play the call and report it."""
    result = asyncio.run(call_the_hotel())
    report(result)
    heard = [segment for segment in result.audio.segments if segment.speaker == "agent"]
    return 0 if result.success and len(heard) == 4 else 1


if __name__ == "__main__":
    sys.exit(main())
