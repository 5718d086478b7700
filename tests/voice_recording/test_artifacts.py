"""A run's folder is named after the moment, the scenario and the run."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from scenario.voice import AudioSegment, VoiceRecording
from scenario.voice._recording.artifacts import save_artifacts
from tests.voice_recording.sounds import tone

RECORDING = VoiceRecording([AudioSegment("user", 0.0, 0.1, tone(0.1))])


def test_the_folder_holds_what_save_segments_writes(tmp_path):
    before = datetime.now().replace(microsecond=0)
    folder = save_artifacts(
        RECORDING, tmp_path / "runs", name="Refund, angry!", run_id="scenariorun_abc123xyz"
    )
    assert folder.parent == (tmp_path / "runs").resolve()
    day, time, rest = folder.name.split("_", 2)
    assert rest == "Refund_angry_123xyz"
    assert before <= datetime.strptime(day + time, "%Y%m%d%H%M%S") <= before + timedelta(seconds=10)
    assert json.loads((folder / "manifest.json").read_text())["segment_count"] == 1


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "\0", "x" * 1000, "日本"])
def test_no_name_leaves_the_directory(tmp_path, name):
    folder = save_artifacts(RECORDING, tmp_path, name=name, run_id="../..")
    assert folder.parent == tmp_path.resolve()
