"""The `manifest.json` of a saved recording."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from scenario.voice._audio.chunk import SAMPLE_RATE
from scenario.voice._recording.json_values import json_value

if TYPE_CHECKING:
    from typing import Self

    from scenario.voice._recording.latency import LatencyMetrics
    from scenario.voice._recording.metrics import VoiceMetrics
    from scenario.voice._recording.recording import VoiceRecording
    from scenario.voice._recording.segment import AudioSegment
    from scenario.voice.events import VoiceEvent

SCHEMA_VERSION = 2
_OPTIONAL = ("latency", "name", "args", "result", "metadata")
_PERCENTILES = tuple(f"{figure}_response_time" for figure in ("avg", "p50", "p90", "p95", "p99", "max"))


@dataclass(frozen=True, slots=True)
class AdapterFacts:
    """What is kept of an adapter: nothing that could hold a credential.

    Attributes:
        name: name of its class.
        capabilities: what it could do, by field.
    """

    name: str
    capabilities: dict[str, Any]

    @classmethod
    def of(cls, adapter: object) -> Self:
        """Return the facts of an adapter."""
        capabilities = getattr(adapter, "capabilities", None)
        known = (
            asdict(capabilities) if is_dataclass(capabilities) and not isinstance(capabilities, type) else {}
        )
        return cls(type(adapter).__name__, known)


def manifest_of(recording: VoiceRecording, files: list[str]) -> dict[str, Any]:
    """Return the manifest as JSON values.

    Args:
        recording: what was saved.
        files: the file of each segment, relative to the manifest.
    """
    manifest = {
        "schema_version": SCHEMA_VERSION,
        "generated_at": datetime.now(UTC).isoformat(),
        "duration": recording.duration,
        "sample_rate": SAMPLE_RATE,
        "seed": recording.seed,
        "segment_count": len(recording.segments),
        "segments": [
            _segment(index, file, segment)
            for index, (file, segment) in enumerate(zip(files, recording.segments, strict=True))
        ],
        "events": [_event(event) for event in sorted(recording.timeline, key=lambda event: event.time)],
        "metrics": None if recording.metrics is None else _metrics(recording.metrics),
        "adapters": [asdict(adapter) for adapter in recording.adapters],
    }
    return json_value(manifest)


def _segment(index: int, file: str, segment: AudioSegment) -> dict[str, Any]:
    facts = {
        "idx": index,
        "file": file,
        "role": segment.speaker,
        "start_time": segment.start_time,
        "end_time": segment.end_time,
        "duration": segment.duration,
        "transcript": segment.transcript,
    }
    if segment.transcript_truncated:
        facts["transcript_truncated"] = True
    if segment.message_id is not None:
        facts["message_id"] = segment.message_id
    return facts


def _event(event: VoiceEvent) -> dict[str, Any]:
    facts = {name: getattr(event, name) for name in _OPTIONAL if getattr(event, name) is not None}
    return {"time": event.time, "type": event.type, **facts}


def _metrics(metrics: VoiceMetrics) -> dict[str, Any]:
    values = {item.name: getattr(metrics, item.name) for item in fields(metrics)}
    del values["segments"]  # they are in the manifest already
    values["wer_by_segment"] = [{**asdict(one), "wer": one.wer} for one in metrics.wer_by_segment]
    values["latency"] = None if metrics.latency is None else _latency(metrics.latency)
    return values


def _latency(latency: LatencyMetrics) -> dict[str, Any]:
    return {**asdict(latency), **{name: getattr(latency, name) for name in _PERCENTILES}}
