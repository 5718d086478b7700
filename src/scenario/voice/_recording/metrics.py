"""Who spoke how much, over whom, and how well it was understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scenario.voice._recording.intervals import gaps, intersection, total_length, union
from scenario.voice._recording.latency import stopping_times
from scenario.voice._recording.limits import exceeded
from scenario.voice._recording.word_errors import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scenario.voice._audio.chunk import Speaker
    from scenario.voice._recording.intervals import Interval
    from scenario.voice._recording.latency import LatencyMetrics
    from scenario.voice._recording.segment import AudioSegment
    from scenario.voice._recording.understanding import SegmentErrors
    from scenario.voice._speech.stt import STTProvider
    from scenario.voice.events import VoiceEvent

SPEAKERS: tuple[Speaker, Speaker] = ("user", "agent")
_STOPPED_WITHIN = 1.0  # seconds in which an interrupted agent should have fallen silent


@dataclass
class VoiceMetrics:
    """Figures of a conversation. Talk is what the detector of speech called voiced; all times in seconds.

    Attributes:
        user_talk: how long the user spoke.
        agent_talk: how long the agent spoke.
        talk_over: how long both spoke.
        talk_over_ratio: `talk_over` over the time in which anyone spoke; 0 when nobody did.
        silence: how long nobody spoke.
        longest_silence: the longest silence between the first and the last speech.
        interruptions: times the user barged in.
        interruptions_stopped: those after which the agent fell silent within a second.
        agent_interruptions: times the agent began while the user spoke.
        words_per_minute: by speaker; `None` for one who did not speak.
        wer: word error rate by speaker; empty until `compute_wer`.
        wer_by_segment: the same of each segment.
        latency: the response latencies of the run.
        segments: the recorded segments, which `compute_wer` transcribes.
    """

    user_talk: float = 0.0
    agent_talk: float = 0.0
    talk_over: float = 0.0
    talk_over_ratio: float = 0.0
    silence: float = 0.0
    longest_silence: float = 0.0
    interruptions: int = 0
    interruptions_stopped: int = 0
    agent_interruptions: int = 0
    words_per_minute: dict[Speaker, float | None] = field(default_factory=dict["Speaker", "float | None"])
    wer: dict[Speaker, float | None] = field(default_factory=dict["Speaker", "float | None"])
    wer_by_segment: list[SegmentErrors] = field(default_factory=list["SegmentErrors"])
    latency: LatencyMetrics | None = field(default=None, repr=False)
    segments: Sequence[AudioSegment] = field(default=(), repr=False, compare=False, kw_only=True)

    async def compute_wer(self, provider: STTProvider | None = None) -> dict[Speaker, float | None]:
        """Transcribe the recorded audio and return the word error rate, by speaker, against what was meant.

        Segments without a transcript are left out; an interrupted one is compared with what was heard of it.
        The result is kept in `wer` and `wer_by_segment`.

        Args:
            provider: what transcribes; default is the one set by `set_stt_provider`.
        """
        from scenario.voice._recording.understanding import error_rates, understand

        self.wer_by_segment = await understand(self.segments, provider)
        self.wer = error_rates(self.wer_by_segment)
        return self.wer

    def assert_within(self, **limits: float) -> None:
        """Check upper limits on these figures, and on those of the run's `LatencyMetrics`.

        A limit on a figure by speaker or by segment holds for each of them. A figure that was not measured
        exceeds every limit, except how fast the agent stopped when nobody interrupted it.

        Args:
            **limits: names of figures and the most that each may be, for example
                `p95_response_time=1.5, talk_over_ratio=0.05`.

        Raises:
            AssertionError: at least one limit is exceeded; the text lists every one.
            TypeError: a name is not that of a figure.
        """
        if found := exceeded(limits, self):
            raise AssertionError(
                "voice metrics beyond their limits:\n" + "\n".join(f"- {one}" for one in found)
            )


def build_metrics(
    user_voiced: Sequence[Interval],
    agent_voiced: Sequence[Interval],
    duration: float,
    events: Sequence[VoiceEvent],
    segments: Sequence[AudioSegment],
    *,
    latency: LatencyMetrics | None = None,
) -> VoiceMetrics:
    """Return the figures of a run.

    Args:
        user_voiced: when the user spoke, in seconds of media time; may overlap and be out of order.
        agent_voiced: when the agent spoke.
        duration: of the recording, in seconds.
        events: the timeline; its interruptions are counted.
        segments: their words are counted, and compared by `compute_wer`.
        latency: the latencies of the same run, for `assert_within`.
    """
    user, agent = union(user_voiced), union(agent_voiced)
    anyone = union([*user, *agent])
    talk = total_length(anyone)
    talk_over = total_length(intersection(user, agent))
    stopped_after = stopping_times(events)
    spoken: dict[Speaker, float] = {"user": total_length(user), "agent": total_length(agent)}
    return VoiceMetrics(
        user_talk=spoken["user"],
        agent_talk=spoken["agent"],
        talk_over=talk_over,
        talk_over_ratio=talk_over / talk if talk else 0.0,
        silence=max(duration - talk, 0.0),
        longest_silence=max((end - start for start, end in gaps(anyone)), default=0.0),
        interruptions=len(stopped_after),
        interruptions_stopped=sum(time is not None and time <= _STOPPED_WITHIN for time in stopped_after),
        agent_interruptions=sum(event.type == "agent_interrupt" for event in events),
        words_per_minute={
            speaker: _words(segments, speaker) / spoken[speaker] * 60 if spoken[speaker] else None
            for speaker in SPEAKERS
        },
        latency=latency,
        segments=segments,
    )


def _words(segments: Iterable[AudioSegment], speaker: Speaker) -> int:
    """Count the words that a speaker was heard to say."""
    own = (segment for segment in segments if segment.speaker == speaker)
    return sum(len(words_of(segment.spoken_text)) for segment in own)
