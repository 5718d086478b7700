"""The agent at the other end of every loopback peer: it hears the user and does what a plan says.

It knows nothing of transports. A peer feeds it what arrives, as canonical audio, and gives it a `Wire` to
speak through.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from scenario.voice._audio.chunk import BYTES_PER_SECOND, SAMPLE_RATE
from scenario.voice._vad.detector import SpeechDetector
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Trouble = Literal["close", "reset", "garbage", "odd"]
UserEnd = Literal["explicit", "gap", "vad"]

PIECE_SECONDS = 0.02
BURST_SECONDS = 0.2
_GAP_SECONDS = 0.25


@dataclass(frozen=True)
class Say:
    """An answer of the agent.

    Attributes:
        text: what is said, with the offline voice; a function gets what the agent heard of this turn.
        tone: frequency of a tone that is played instead, in Hz.
        seconds: length of the tone.
        after: seconds from the user's last voiced sample (or the connection) to the first of the answer.
    """

    text: str | Callable[[str], str] = ""
    tone: float | None = None
    seconds: float = 1.0
    after: float = 0.5


@dataclass(frozen=True)
class Plan:
    """What the agent does in one connection.

    Attributes:
        answers: one for each turn of the user, in order; afterwards it listens in silence.
        opening: what it says unasked when the connection stands.
        trouble: what goes wrong when the user's first turn is over, before the first answer. `odd` cuts the
            audio of every answer within samples instead.
        burst: whether answers are sent in pieces of 200 ms as fast as they can be, instead of in real time.
        yields: whether it stops when it is spoken over.
    """

    answers: Sequence[Say] = ()
    opening: Say | None = None
    trouble: Trouble | None = None
    burst: bool = False
    yields: bool = True


class Wire(ABC):
    """How the agent's side of one connection is spoken in one transport."""

    async def begin(self) -> None:  # noqa: B027  # most transports do not announce answers
        """The agent begins to speak."""

    @abstractmethod
    async def audio(self, pcm: bytes, text: str) -> None:
        """Send canonical audio at once; `text` is what is said in it (transports without text drop it)."""

    async def end(self, *, stopped: bool) -> None:  # noqa: B027
        """The agent has spoken to the end, or has stopped because it was spoken over."""

    async def odd(self, pcm: bytes, text: str) -> None:
        """Send audio in frames that end within samples."""
        raise NotImplementedError

    async def close(self) -> None:
        """End the connection as the transport has it, with an error."""
        raise NotImplementedError

    async def reset(self) -> None:
        """Break the connection off."""
        raise NotImplementedError

    async def garbage(self) -> None:
        """Send what no peer may send."""
        raise NotImplementedError


@dataclass
class ScriptedAgent:
    """Hears, and answers by plan. The peer runs `converse` in a task while the connection stands.

    Attributes:
        plan: what it does.
        wire: what it speaks through.
        user_end: how it learns that the user's turn is over: it is told (`user_done`), no more data comes
            (`gap`), or silence does (`vad`).
        waits_to_be_asked: whether the opening comes only after `asked`, as with models that answer requests.
        heard: all audio of the user, canonical.
        turns: what it understood of each turn of the user.
        said_until: how many seconds of each answer were sent.
        done_at: moment of the last voiced sample of each turn of the user, in monotonic seconds.
        began_at: moment of the first audio of each answer, in monotonic seconds.
        speaking: set while an answer is being sent.
        lead_seconds: how far ahead of real time an answer is sent, as agents do, so that a busy machine makes
            no gaps in it.
    """

    lead_seconds: ClassVar[float] = 0.08

    plan: Plan
    wire: Wire
    user_end: UserEnd
    waits_to_be_asked: bool = False
    heard: bytearray = field(default_factory=bytearray)
    turns: list[str] = field(default_factory=list)
    said_until: list[float] = field(default_factory=list)
    done_at: list[float] = field(default_factory=list)
    began_at: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._detector = SpeechDetector()
        self._turn = bytearray()
        self._done: asyncio.Queue[float] = asyncio.Queue()
        self._gap: asyncio.TimerHandle | None = None
        self.speaking = asyncio.Event()
        self._asked = asyncio.Event()
        self._stop = asyncio.Event()

    @property
    def took(self) -> float:
        """Seconds from the user's last voiced sample to the first of the first answer."""
        return self.began_at[0] - self.done_at[0]

    # What the peer calls

    def hear(self, pcm: bytes) -> None:
        """Audio of the user has arrived."""
        self.heard += pcm
        self._turn += pcm
        edges = self._detector.push(pcm)
        if self.speaking.is_set() and self.plan.yields and any(edge.kind == "start" for edge in edges):
            self.stop()
        if self.user_end == "vad" and any(edge.kind == "end" for edge in edges):
            self.user_done()
        if self.user_end == "gap":
            if self._gap is not None:
                self._gap.cancel()
            self._gap = self._loop.call_later(_GAP_SECONDS, self._after_gap, self._loop.time())

    def user_done(self, at: float | None = None) -> None:
        """The user's turn is over; the answer is counted from its last voiced sample."""
        speech = self._detector.intervals()
        trailing = len(self._turn) // 2 - speech[-1][1] if speech else 0
        self.turns.append(OfflineSTT().hear(bytes(self._turn)))
        self._turn.clear()
        self._detector.reset()
        self.done_at.append((self._loop.time() if at is None else at) - trailing / SAMPLE_RATE)
        self._done.put_nowait(self.done_at[-1])

    def asked(self) -> None:
        """The agent is to speak although the user has said nothing."""
        self._asked.set()

    def stop(self) -> None:
        """Stop speaking."""
        self._stop.set()

    async def converse(self) -> None:
        """Do what the plan says, and then listen for ever."""
        if self.plan.opening is not None:
            if self.waits_to_be_asked:
                await self._asked.wait()
            await self._say(self.plan.opening, self._loop.time())
        trouble = self.plan.trouble
        if trouble in ("close", "reset", "garbage"):
            await self._peek_done()
            await getattr(self.wire, trouble)()
        for answer in self.plan.answers:
            await self._say(answer, await self._done.get())
        await asyncio.Event().wait()

    # Inside

    def _after_gap(self, at: float) -> None:
        if self._detector.intervals():  # silence that the user sends is no turn
            self.user_done(at)

    async def _peek_done(self) -> None:
        moment = await self._done.get()
        self._done.put_nowait(moment)

    async def _say(self, answer: Say, since: float) -> None:
        audio, text = self._sound(answer)
        begin = since + answer.after
        await asyncio.sleep(begin - self._loop.time())
        self._stop.clear()
        self.speaking.set()
        await self.wire.begin()
        self.began_at.append(self._loop.time())
        seconds = BURST_SECONDS if self.plan.burst else PIECE_SECONDS
        size = int(seconds * BYTES_PER_SECOND)
        pieces = [audio[at : at + size] for at in range(0, len(audio), size)]
        words = text.split(" ")
        sent = 0
        for number, piece in enumerate(pieces):
            if self._stop.is_set():
                break
            due = [len(words) * count // len(pieces) for count in (number, number + 1)]
            delta = "".join(f"{' ' if at else ''}{words[at]}" for at in range(*due))
            send = self.wire.odd if self.plan.trouble == "odd" else self.wire.audio
            await send(piece, delta)
            sent += len(piece)
            if not self.plan.burst:
                await asyncio.sleep(begin + (number + 1) * seconds - self.lead_seconds - self._loop.time())
        self.said_until.append(sent / BYTES_PER_SECOND)
        self.speaking.clear()
        await self.wire.end(stopped=self._stop.is_set())

    def _sound(self, answer: Say) -> tuple[bytes, str]:
        if answer.tone is not None:
            return tone(answer.tone, answer.seconds), ""
        text = answer.text(self.turns[-1] if self.turns else "") if callable(answer.text) else answer.text
        return OfflineTTS().speak(text, "agent").data, text


def tone(frequency: float, seconds: float, dbfs: float = -12.0) -> bytes:
    """Return a sine as canonical audio."""
    import numpy as np

    time = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    level = 10 ** (dbfs / 20) * 2**0.5 * 32767
    return (np.sin(2 * np.pi * frequency * time) * level).astype("<i2").tobytes()
