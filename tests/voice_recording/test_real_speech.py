"""From speech to figures, with the library's own voice, ear and detector of speech."""

from __future__ import annotations

import pytest

from scenario.voice import AudioSegment, VoiceRecording
from scenario.voice._recording.latency import TurnTiming, build_latency
from scenario.voice._recording.metrics import build_metrics
from scenario.voice._recording.track import Track
from scenario.voice._speech.offline import OfflineSTT, OfflineTTS
from scenario.voice._vad.detector import SpeechDetector

QUESTION = "Hello, my order four two one has not arrived yet."
ANSWER = "I am sorry to hear that. It will be with you on Monday."


def conversation() -> VoiceRecording:
    """Return a question and an answer that comes 0.8 s after its last sample, over a half second of it."""
    speech = {"user": OfflineTTS().speak(QUESTION).data, "agent": OfflineTTS().speak(ANSWER, "nova").data}
    tracks = {"user": Track(spool_limit=50_000), "agent": Track()}
    starts = {"user": 12_000, "agent": 12_000 + len(speech["user"]) // 2 + 19_200}
    segments, voiced = [], {}
    for speaker, track in tracks.items():
        track.write(starts[speaker], speech[speaker])
        text = QUESTION if speaker == "user" else ANSWER
        segments.append(AudioSegment.of_track(track, speaker, starts[speaker], track.length, transcript=text))  # type: ignore[arg-type]
        detector = SpeechDetector()
        detector.push(track.read())
        voiced[speaker] = [(start / 24_000, end / 24_000) for start, end in detector.intervals(track.length)]
    timing = TurnTiming(0, voiced["user"][-1][1], voiced["agent"][0][0], None, None)
    metrics = build_metrics(
        voiced["user"],
        voiced["agent"],
        tracks["agent"].length / 24_000,
        [],
        segments,
        latency=build_latency([timing], []),
    )
    return VoiceRecording(segments, user_track=tracks["user"], agent_track=tracks["agent"], metrics=metrics)


async def test_what_was_said_is_understood_from_the_recording_and_from_its_files(tmp_path):
    recording = conversation()
    assert recording.metrics is not None
    assert await recording.metrics.compute_wer(OfflineSTT()) == {"user": 0.0, "agent": 0.0}
    folder = recording.save_segments(tmp_path)
    for file, text in (("00-user", QUESTION), ("01-agent", ANSWER)):
        (path,) = folder.glob(f"segments/{file}-*.wav")
        assert OfflineSTT().hear(path.read_bytes()[44:]) == text.strip()


async def test_a_bad_ear_costs_words_as_often_as_it_says():
    metrics = conversation().metrics
    assert metrics is not None
    await metrics.compute_wer(OfflineSTT(errors=1.0))
    assert metrics.wer == {"user": 1.0, "agent": 1.0}
    with pytest.raises(AssertionError, match=r"wer of the user: 1, limit 0\.2"):
        metrics.assert_within(wer=0.2)


def test_latency_and_talk_are_those_of_the_samples():
    metrics = conversation().metrics
    assert metrics is not None
    assert metrics.latency is not None
    assert metrics.latency.avg_response_time == pytest.approx(0.8, abs=0.06)
    assert metrics.user_talk == pytest.approx(len(OfflineTTS().speak(QUESTION).data) / 48_000, rel=0.25)
    assert metrics.talk_over == 0.0
    metrics.assert_within(p95_response_time=0.9, talk_over_ratio=0.05, longest_silence=0.9)
