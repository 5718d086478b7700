"""Voice runs over every transport at once, for as long as one likes: peers fail, users give up.

`python -m tests.transports.soak MINUTES [SEED]` goes on for so long; `test_soak` does it briefly. Which run
fails, and how, is drawn from the seed, so that a round that went wrong can be played again.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import scenario
from scenario._model import aclose_clients
from scenario.errors import AgentCallError
from scenario.voice import silent_chunk
from tests.transports.contract.agent import Plan, Say
from tests.transports.contract.lateness import Lateness
from tests.transports.contract.leftovers import Resources, is_more, resources, settled
from tests.transports.contract.running import run
from tests.transports.rigs import all_rigs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.transports.contract.rig import Rig

_LATE = 0.1
PACED_AT_ONCE = 3
END_SECONDS = 60
"""No run takes longer, whatever happens to its peer."""
GROWTH = 0.05
"""By which share memory may have grown from the second third of the rounds to the last."""
OBJECTS = 20
"""How many objects a run may leave to Python: spans of servers are kept for a while, and a few addresses."""
ROOM_BYTES = 280_000
"""What LiveKit's own client keeps of every room that was joined: a bare client that joins and leaves grows by
210 to 270 kB each time, with no object left to Python (livekit 1.2.1).

https://github.com/livekit/python-sdks/issues/449
"""


@dataclass(frozen=True)
class Play:
    """One run that is to be.

    Attributes:
        rig: the transport.
        trouble: what its peer does, if it fails.
        cancelled_after: seconds, if it is given up.
    """

    rig: Rig
    trouble: Any = None
    cancelled_after: float | None = None

    def __repr__(self) -> str:
        return f"{self.rig!r}, trouble {self.trouble}, cancelled after {self.cancelled_after}"


@dataclass
class Count:
    """What came of the runs; `late` are those that failed because the machine was too busy for peers.

    `rooms` counts those of LiveKit.
    """

    whole: int = 0
    failed: int = 0
    cancelled: int = 0
    late: int = 0
    rooms: int = 0
    wrong: list[str] = field(default_factory=list[str])

    @property
    def runs(self) -> int:
        """Return how many have ended."""
        return self.whole + self.failed + self.cancelled


def plays(rigs: Sequence[Rig], runs: int, rng: random.Random) -> list[Play]:
    """Draw as many runs, mixed over the transports: half of them are left in peace."""
    drawn: list[Play] = []
    for number in range(runs):
        rig = rigs[number % len(rigs)]
        fates = ["none", "none", "cancel", "trouble" if {"close", "reset"} & {*rig.troubles} else "none"]
        fate = rng.choice(fates)
        trouble = rng.choice([each for each in rig.troubles if each in ("close", "reset")] or [None])
        moment = rng.uniform(0, 5)
        drawn.append(Play(rig, trouble if fate == "trouble" else None, moment if fate == "cancel" else None))
    return drawn


async def play(one: Play, count: Count, lateness: Lateness) -> None:
    """Play one run and note what is not as it must be."""
    began = asyncio.get_running_loop().time()
    count.rooms += "livekit" in one.rig.name
    turns = ["alpha", "beta"]
    plan = Plan(answers=[Say("the one"), Say("the two")], trouble=one.trouble)
    script = [
        *(step for text in turns for step in (scenario.user(text), scenario.agent())),
        scenario.succeed(),
    ]
    async with one.rig.peer(plan) as peer:
        adapter = peer.adapter()
        running = asyncio.create_task(run(peer, adapter, script))
        if one.cancelled_after is not None:
            await asyncio.wait({running}, timeout=one.cancelled_after)
            running.cancel()
        await asyncio.wait({running}, timeout=END_SECONDS)
        if not running.done():
            count.wrong.append(f"{one!r}: it does not end")
            running.cancel()
            await asyncio.wait({running}, timeout=10)
            return
        if problem := _judge(one, running, count):
            if one.trouble is None and lateness.most_since(began) > _LATE:
                count.late += 1
            else:
                count.wrong.append(f"{one!r}: {problem}")
        try:
            await adapter.recv_audio(0.1)
        except RuntimeError:
            pass
        else:
            count.wrong.append(f"{one!r}: the adapter is still connected")
        await asyncio.sleep(0.2)
        if peer.calls_open:
            count.wrong.append(f"{one!r}: a call that is paid for is still open")


def _judge(one: Play, running: asyncio.Task[Any], count: Count) -> str | None:
    """Return what is wrong with how a run has ended."""
    if running.cancelled():
        count.cancelled += 1
        return None if one.cancelled_after is not None else "it was cancelled by nobody"
    error = running.exception()
    if error is not None:
        count.failed += 1
        if not isinstance(error, AgentCallError):
            return f"it ended with {error!r}"
        if one.trouble is None:
            return f"its peer did nothing wrong, and yet: {error!r} from {error.__cause__!r}"
        recording = getattr(error, "voice_recording", None)
        return None if recording is not None and recording.duration > 0 else "its error has no recording"
    count.whole += 1
    result = running.result()
    if one.trouble is not None:
        return f"its peer has failed and it says success={result.success}"
    heard = [segment for segment in result.audio.segments if segment.speaker == "agent"]
    return (
        None
        if result.success and len(heard) == 2
        else f"success={result.success}, heard {len(heard)} answers"
    )


async def pace(rig: Rig, seconds: float, count: Count) -> None:
    """Send audio and note how far its pace drifts, on a transport that is paced."""
    async with rig.peer(Plan()) as peer:
        adapter = peer.adapter()
        if not adapter.paced:
            return
        async with adapter, Lateness() as lateness:
            await peer.join(adapter)
            await adapter.begin_user_turn()
            loop = asyncio.get_running_loop()
            await adapter.send_audio(silent_chunk(1))  # some transports fill a buffer first
            began = loop.time()
            await adapter.send_audio(silent_chunk(seconds))
            drift = loop.time() - began - seconds
            late = lateness.most_since(0)  # what the machine owes, and what is made up for of it
            if abs(drift) > 0.02 * max(1, seconds / 60) + late:
                count.wrong.append(
                    f"{rig!r}: {seconds} s of audio drifted by {drift:.3f} s, loop late {late:.3f} s"
                )


async def play_round(rigs: Sequence[Rig], runs: int, seed: int, count: Count) -> None:
    """Play as many runs at once."""
    async with Lateness() as lateness, asyncio.TaskGroup() as group:
        for one in plays(rigs, runs, random.Random(seed)):
            group.create_task(play(one, count, lateness))


def memory() -> int:
    """Return how many bytes of memory this process has; 0 where nobody says."""
    try:
        with open("/proc/self/statm") as file:  # noqa: PTH123  # not a file of anybody's
            return int(file.read().split()[1]) * 4096
    except OSError:
        return 0


async def soak(minutes: float, seed: int = 1, *, runs: int = 20) -> int:
    """Play rounds for so long and print what came of each; return how many things were wrong."""
    rigs, count, rounds = all_rigs(), Count(), 0
    await play_round(rigs, len(rigs), seed, count)  # what is made once per process is made now
    await aclose_clients()  # a client per endpoint is kept for its loop, and every peer is another endpoint
    before: Resources = resources()
    used, objects = [memory()], [len(gc.get_objects())]
    first_rooms, first_runs = count.rooms, count.runs
    deadline = time.monotonic() + minutes * 60
    while time.monotonic() < deadline and not count.wrong:
        rounds += 1
        await play_round(rigs, runs, seed + rounds, count)
        await aclose_clients()
        found = await settled(before)
        used.append(memory() - (count.rooms - first_rooms) * ROOM_BYTES)
        objects.append(len(gc.get_objects()))
        print(
            f"round {rounds}: {count.whole} whole, {count.failed} failed, {count.cancelled} cancelled, "
            f"{count.late} late; tasks, threads, files {found}; {objects[-1]:,} objects; "
            f"{used[-1] / 2**20:.0f} MB without what LiveKit keeps of {count.rooms} rooms",
            flush=True,
        )
        if is_more(found, before):
            count.wrong.append(f"round {rounds}: tasks, threads, files: {before} became {found}")
    for first in range(0, len(rigs), PACED_AT_ONCE):
        some = rigs[first : first + PACED_AT_ONCE]
        await asyncio.gather(*(pace(rig, min(60, minutes * 6), count) for rig in some))
    if count.late * 20 > count.whole:
        count.wrong.append(f"{count.late} runs failed on a machine too busy to keep time: nothing is proven")
    grown = _growth(used)
    if grown > GROWTH:
        count.wrong.append(f"memory has grown by {grown:.0%} from the second third of the rounds to the last")
    left = (objects[-1] - objects[0]) / (count.runs - first_runs)
    if left > OBJECTS:
        count.wrong.append(f"every run leaves {left:.0f} objects behind")
    print(f"memory has grown by {grown:.1%}, every run leaves {left:.1f} objects")
    for problem in count.wrong:
        print("WRONG:", problem)
    return len(count.wrong)


def _growth(used: list[int]) -> float:
    """Return by which share the last third of the measurements is above the second."""
    third = len(used) // 3
    if third < 3 or not used[0]:
        return 0.0
    middle, last = used[third : 2 * third], used[-third:]
    return sum(last) / len(last) / (sum(middle) / len(middle)) - 1


def main(minutes: float, *seed: int) -> int:
    """Soak with a folder of its own for temporary files, none of which may be left."""
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder
        wrong = asyncio.run(soak(minutes, *seed))
        for left in Path(folder).iterdir():
            print("WRONG: a temporary file is left:", left.name)
            wrong += 1
    return wrong


if __name__ == "__main__":
    # They tell at length how they were made to fail.
    for peers in ("websockets.server", "asyncio", "tests.peer"):
        logging.getLogger(peers).setLevel(logging.CRITICAL)
    sys.exit(main(float(sys.argv[1]), *map(int, sys.argv[2:3])) > 0)
