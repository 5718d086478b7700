"""What `save_segments` writes: files by order and time, and a manifest that any reader takes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario.voice import AdapterCapabilities, AudioSegment, VoiceEvent, VoiceRecording
from scenario.voice._recording.json_values import json_value
from scenario.voice._recording.latency import TurnTiming, build_latency
from scenario.voice._recording.manifest import AdapterFacts
from scenario.voice._recording.metrics import build_metrics
from tests.voice_recording.sounds import samples_of, tone

SEGMENTS = [
    AudioSegment("agent", 1.2509765625, 2.2509765625, tone(1), "Hi, how", True),
    AudioSegment("user", 0.0, 1.0, tone(1), "Hello.", id="m1", turn=0),
    AudioSegment("user", 71.0, 72.0, tone(1)),
]


@dataclass
class Wired:
    """Stands for an adapter that holds a secret."""

    api_key: str
    capabilities: AdapterCapabilities


class Unprintable:
    def __repr__(self) -> str:
        raise RuntimeError("no")


def saved(tmp_path: Any, recording: VoiceRecording) -> dict[str, Any]:
    folder = recording.save_segments(tmp_path / "call")
    assert folder == (tmp_path / "call").resolve()
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)


def test_files_are_named_by_order_speaker_and_start(tmp_path):
    (tmp_path / "call").mkdir()
    (tmp_path / "call" / "mine.txt").write_text("kept")
    manifest = saved(tmp_path, VoiceRecording(SEGMENTS))
    files = sorted(path.relative_to(tmp_path / "call").as_posix() for path in tmp_path.rglob("*.*"))
    assert files == [
        "full.wav",
        "manifest.json",
        "mine.txt",
        "segments/00-user-0000ms.wav",
        "segments/01-agent-1250ms.wav",
        "segments/02-user-71000ms.wav",
        "stereo.wav",
    ]
    assert [segment["file"] for segment in manifest["segments"]] == files[3:6]
    first = samples_of((tmp_path / "call" / files[3]).read_bytes())
    assert first.astype("<i2").tobytes() == tone(1)
    assert samples_of((tmp_path / "call" / "stereo.wav").read_bytes()).shape == (2, 72 * 24_000)


def test_the_manifest_tells_of_segments_and_run(tmp_path):
    before = datetime.now(UTC)
    manifest = saved(tmp_path, VoiceRecording(SEGMENTS, seed=7))
    assert before <= datetime.fromisoformat(manifest["generated_at"]) <= datetime.now(UTC)
    told = {key: manifest[key] for key in ("schema_version", "sample_rate", "seed", "duration")}
    assert told == {"schema_version": 2, "sample_rate": 24_000, "seed": 7, "duration": 72.0}
    assert manifest["segment_count"] == 3
    assert manifest["segments"][:2] == [
        {
            "idx": 0,
            "file": "segments/00-user-0000ms.wav",
            "role": "user",
            "start_time": 0.0,
            "end_time": 1.0,
            "duration": 1.0,
            "transcript": "Hello.",
        },
        {
            "idx": 1,
            "file": "segments/01-agent-1250ms.wav",
            "role": "agent",
            "start_time": 1.2509765625,
            "end_time": 2.2509765625,
            "duration": 1.0,
            "transcript": "Hi, how",
            "transcript_truncated": True,
        },
    ]
    assert (manifest["metrics"], manifest["adapters"]) == (None, [])


def test_events_are_in_order_and_tell_only_what_they_have(tmp_path):
    timeline = [
        VoiceEvent(3.0, "tool_result", result=b"\xff" * 1000, metadata={"call_id": "c1"}),
        VoiceEvent(1.0, "agent_start_speaking", latency=-0.5),
        VoiceEvent(2.0, "tool_call", name="look_up", args={"id": Decimal("1.5"), "n": float("nan")}),
    ]
    events = saved(tmp_path, VoiceRecording(SEGMENTS, timeline))["events"]
    assert events[:2] == [
        {"time": 1.0, "type": "agent_start_speaking", "latency": -0.5},
        {"time": 2.0, "type": "tool_call", "name": "look_up", "args": {"id": "Decimal('1.5')", "n": "nan"}},
    ]
    assert events[2]["result"] == repr(b"\xff" * 1000)[:500]
    assert events[2]["metadata"] == {"call_id": "c1"}


def test_of_an_adapter_only_its_class_and_capabilities_are_kept(tmp_path):
    adapter = Wired("sk-secret", AdapterCapabilities(dtmf=True, input_formats=["mulaw/8000"]))
    recording = VoiceRecording(SEGMENTS, adapters=[AdapterFacts.of(adapter), AdapterFacts.of(object())])
    manifest = saved(tmp_path, recording)
    assert [one["name"] for one in manifest["adapters"]] == ["Wired", "object"]
    assert manifest["adapters"][0]["capabilities"]["input_formats"] == ["mulaw/8000"]
    assert "sk-secret" not in json.dumps(manifest)


def test_metrics_and_latencies_are_told(tmp_path):
    latency = build_latency([TurnTiming(1, 1.0, 1.25, 1.0, 1.1)], [])
    metrics = build_metrics([(0, 1)], [(1.25, 2.25)], 3.0, [], SEGMENTS, latency=latency)
    told = saved(tmp_path, VoiceRecording(SEGMENTS, metrics=metrics))["metrics"]
    assert (told["user_talk"], told["agent_talk"], told["silence"]) == (1.0, 1.0, 1.0)
    assert told["latency"]["p95_response_time"] == 0.25
    assert told["latency"]["per_turn"] == [
        {"turn": 1, "latency": 0.25, "user_stop": 1.0, "agent_start": 1.25}
    ]
    assert "segments" not in told


def test_without_manifest_there_is_none(tmp_path):
    folder = VoiceRecording(SEGMENTS).save_segments(tmp_path, manifest=False)
    assert sorted(path.name for path in folder.iterdir()) == ["full.wav", "segments", "stereo.wav"]


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.binary()
        | st.complex_numbers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.none(), inner),
        max_leaves=20,
    )
)
def test_any_value_becomes_strict_json(value):
    written = json.dumps(json_value(value), ensure_ascii=False, allow_nan=False).encode()
    assert json.loads(written) == json_value(value)


def test_what_json_knows_stays_as_it_is():
    value = {"a": [1, -2.5, True, None, "ä", {"b": "x" * 1000}], "c": ("d",)}
    assert json_value(value) == {**value, "c": ["d"]}
    assert json_value({"n": np.int64(3), "f": np.float32(0.5), "half": Fraction(1, 2)}) == {
        "n": 3,
        "f": 0.5,
        "half": 0.5,
    }


def test_hostile_values_cost_their_text_and_no_more():
    endless: list[Any] = []
    endless.append(endless)
    assert json.dumps(json_value(endless)).count("[") < 500
    assert json_value(Unprintable()) == "<Unprintable>"
    assert len(json_value(bytes(10_000))) == 500
    assert isinstance(json_value(10**5000), str)
    assert json_value("half \ud800") == "half \\ud800"
