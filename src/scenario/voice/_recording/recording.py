"""The recording of a run: who said what and when, and the audio of both sides."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._recording.composed import ComposedTrack
from scenario.voice._recording.files import format_for, wav_bytes, write_atomically, write_audio
from scenario.voice._recording.manifest import manifest_of
from scenario.voice._recording.sound import Mono, Stereo, Whole

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

    from scenario.voice._recording.manifest import AdapterFacts
    from scenario.voice._recording.metrics import VoiceMetrics
    from scenario.voice._recording.segment import AudioSegment
    from scenario.voice._recording.track import ReadableTrack
    from scenario.voice.events import VoiceEvent


class VoiceRecording:
    """What a voice run leaves.

    Attributes:
        segments: turns by start; those of both speakers may overlap.
        timeline: events by time.
        metrics: figures of the conversation; `None` for a recording that no run has made.
        seed: of effects and interruptions.
        adapters: the adapters that took part.

    Args:
        segments: turns, in any order.
        timeline: events, in any order.
        user_track: everything that was heard of the user; default is put together from the segments.
        agent_track: the same of the agent.
        metrics: figures of the conversation.
        seed: of effects and interruptions.
        adapters: the adapters that took part.
    """

    def __init__(
        self,
        segments: Iterable[AudioSegment] | None = None,
        timeline: Iterable[VoiceEvent] | None = None,
        *,
        user_track: ReadableTrack | None = None,
        agent_track: ReadableTrack | None = None,
        metrics: VoiceMetrics | None = None,
        seed: int | None = None,
        adapters: Iterable[AdapterFacts] = (),
    ) -> None:
        self.segments = sorted(segments or (), key=lambda segment: segment.start_time)
        self.timeline = sorted(timeline or (), key=lambda event: event.time)
        self.metrics = metrics
        self.seed = seed
        self.adapters = list(adapters)
        self._user_track = user_track
        self._agent_track = agent_track

    @property
    def user_track(self) -> ReadableTrack:
        """Everything that was heard of the user, remarks and line noise included."""
        return self._user_track or ComposedTrack(self.segments, "user")

    @property
    def agent_track(self) -> ReadableTrack:
        """Everything that was heard of the agent, remarks and line noise included."""
        return self._agent_track or ComposedTrack(self.segments, "agent")

    @property
    def duration(self) -> float:
        """The greatest end of a segment, in seconds; `0.0` without segments."""
        return max((segment.end_time for segment in self.segments), default=0.0)

    @property
    def full_wav(self) -> bytes:
        """Both tracks, added up, as a mono WAV file; all of it in memory, which `save` avoids."""
        return wav_bytes(self._mono())

    @property
    def full_stereo_wav(self) -> bytes:
        """The user on the left and the agent on the right, as a WAV file; all of it in memory."""
        return wav_bytes(self._stereo())

    def save(self, path: str | os.PathLike[str], format: str | None = None) -> Path:
        """Write both tracks, added up, to an audio file, which appears in one step; folders are created.

        Args:
            path: of the file.
            format: `wav`, `mp3`, `ogg` or `flac`; default is the suffix of the path, `wav` without one.

        Returns:
            The resolved path.

        Raises:
            ValueError: the format is another one, or the audio does not fit into a WAV file.
            MissingVoiceDependencyError: the format needs the extra `audio-files`.
            OSError: the file cannot be written; nothing is left behind then.
        """
        path = Path(path).expanduser().resolve()
        write_audio(path, self._mono(), format_for(path, format))
        return path

    def save_segments(self, dir: str | os.PathLike[str], manifest: bool = True) -> Path:
        """Write the segments, the mix in mono and stereo, and a manifest into a folder; nothing is deleted.

        Args:
            dir: the folder; created if it is missing.
            manifest: whether to write `manifest.json`. It comes last: where it is, everything is.

        Returns:
            The resolved folder.

        Raises:
            ValueError: the audio does not fit into a WAV file.
            OSError: a file cannot be written; no file is left half written.
        """
        folder = Path(dir).expanduser().resolve()
        files: list[str] = []
        for index, segment in enumerate(self.segments):
            start = int(segment.start_time * 1000)
            files.append(f"segments/{index:02d}-{segment.speaker}-{start:04d}ms.wav")
            write_audio(folder / files[-1], Whole(segment.audio), "wav")
        write_audio(folder / "full.wav", self._mono(), "wav")
        write_audio(folder / "stereo.wav", self._stereo(), "wav")
        if manifest:
            text = json.dumps(manifest_of(self, files), indent=2, ensure_ascii=False, allow_nan=False)
            write_atomically(folder / "manifest.json", lambda file: file.write_bytes(text.encode()))
        return folder

    def _mono(self) -> Mono:
        return Mono(self.user_track, self.agent_track, self._samples)

    def _stereo(self) -> Stereo:
        return Stereo(self.user_track, self.agent_track, self._samples)

    @property
    def _samples(self) -> int:
        return round(self.duration * SAMPLE_RATE)

    def __repr__(self) -> str:
        return (
            f"VoiceRecording({self.duration:.3f} s, {len(self.segments)} segments, "
            f"{len(self.timeline)} events)"
        )
