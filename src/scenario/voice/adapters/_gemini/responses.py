"""Where each of the model's responses begins and ends, and what of it is no longer wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scenario.voice._audio.converter import Decoder
from scenario.voice._audio.formats import AudioFormat
from scenario.voice.adapters._connection.busy import Busy

if TYPE_CHECKING:
    from collections.abc import Callable

    from scenario.voice._clock.clock import Timer
    from scenario.voice.adapters._connection.inbox import Inbox
    from scenario.voice.adapters.base import VoiceAgentAdapter

_TEXT_SECONDS = 1.0
"""How long text may still come when all audio has."""
_STALE_SECONDS = 2.0
"""How long the rest of a stopped response may still come."""


class Responses:
    """One response after the other, each with exactly one end in the inbox.

    The adapter's clock is held from the request for a response, or its beginning, to its end.

    Args:
        adapter: gets the transcripts.
        inbox: gets audio and ends.
        on_over: called when nothing is spoken or owed any more.
    """

    def __init__(self, adapter: VoiceAgentAdapter, inbox: Inbox, on_over: Callable[[], None]) -> None:
        self._adapter = adapter
        self._inbox = inbox
        self._on_over = on_over
        self._busy = Busy(adapter)
        self._decoder: Decoder | None = None
        self._timer: Timer | None = None
        self._open = False  # something of it has come
        self._expected = False  # it was asked for, and has not ended
        self._is_turn_of_model = True  # what comes next is a new response, not the rest of the last one
        self._stale: str | None = None  # the stopped response had been "heard", or only "awaited"
        self._end_to_skip = False  # a `turnComplete` of what has ended already will come

    @property
    def is_idle(self) -> bool:
        """Whether nothing is spoken, owed or still to be dropped."""
        return not (self._open or self._expected or self._stale)

    @property
    def has_not_begun(self) -> bool:
        """Whether a new response may come, and nothing of it has."""
        return self._is_turn_of_model

    # What we do

    def may_come(self) -> None:
        """From now on the model may answer when it likes."""
        self._is_turn_of_model = True

    def expect(self) -> None:
        """An answer has been asked for."""
        if self._stale == "awaited":  # whatever there was of it came while the user spoke
            self._forget_stale()
        self._expected = self._is_turn_of_model = True
        self._busy.begin()

    def expect_more(self) -> None:
        """The model has been given what it paused for."""
        self._end_to_skip = False
        self.expect()

    def pause(self) -> None:
        """The model waits for somebody else than us: what it has said so far is a turn."""
        if self._open or self._expected:
            self._end_to_skip = True
            self._end()

    def stop(self) -> None:
        """What is being said is not wanted; the rest of it is dropped as it comes, for at most 2 s."""
        if self._stale or not (self._open or self._expected):
            return
        self._stale = "heard" if self._open else "awaited"
        self._inbox.drop_audio()
        if self._open:
            self._put_end()
        self._open = self._expected = False
        self._set_timer(_STALE_SECONDS, self._stale_over)

    def close(self) -> None:
        """The conversation is over."""
        self._set_timer(None)
        self._busy.end()

    # What the server tells

    def audio(self, data: bytes, rate: int) -> None:
        """Audio of the response: PCM16 at `rate`, cut at any byte."""
        if self._stale:
            return
        self._begin()
        if self._decoder is None or self._decoder.format.rate != rate:
            self._decoder = Decoder(AudioFormat("pcm16", rate))
        self._inbox.put_audio(self._decoder.push(data))

    def text(self, delta: str) -> None:
        """Words of the response. They are not in step with its audio, and may come after its end."""
        if self._stale:
            return
        if self._open or self._is_turn_of_model:
            self._begin()
        self._adapter.streaming_transcript += delta
        if not self._open:
            self._adapter.last_agent_transcript = self._adapter.streaming_transcript.strip()

    def tool_call(self) -> None:
        """The model calls tools in the middle of the response."""
        self._begin()
        self._set_timer(None)

    def interrupted(self) -> None:
        """The model was stopped by the user; `complete` follows."""
        if self._stale:
            return
        self._inbox.drop_audio()
        self._adapter.line.drop_unplayed()
        if not self._open:  # nothing of a new response: it is the one before that was stopped
            self._end_to_skip = True

    def all_audio_came(self) -> None:
        """The response is generated; if no end comes soon, this was it."""
        if self._open and not self._stale:
            self._set_timer(_TEXT_SECONDS, self._end_early)

    def complete(self) -> None:
        """A response is over."""
        if self._stale:
            self._stale_over()
        elif self._open:
            self._end()
        elif self._end_to_skip:
            self._end_to_skip = False
        elif self._expected:  # the model has nothing to say
            self._end()

    # Inside

    def _begin(self) -> None:
        self._is_turn_of_model = False
        if not self._open:
            self._open = True
            self._busy.begin()
            self._end_to_skip = False
            self._adapter.streaming_transcript = ""

    def _end(self) -> None:
        self._put_end()
        self._open = self._expected = self._is_turn_of_model = False
        self._set_timer(None)
        self._over()

    def _end_early(self) -> None:
        self._end_to_skip = True
        self._end()

    def _put_end(self) -> None:
        if self._decoder is not None:
            self._inbox.put_audio(self._decoder.flush())
        self._adapter.last_agent_transcript = self._adapter.streaming_transcript.strip() if self._open else ""
        self._inbox.end_turn()

    def _stale_over(self) -> None:
        self._forget_stale()
        if not self._expected:
            self._over()

    def _forget_stale(self) -> None:
        self._stale = None
        self._set_timer(None)

    def _over(self) -> None:
        self._busy.end()
        self._on_over()

    def _set_timer(self, seconds: float | None, callback: Callable[[], object] = bool) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None:
            clock = self._adapter.clock
            self._timer = clock.call_at(clock.now() + seconds, callback)
