"""Files of a recording: the right format, whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
import soundfile

from scenario.voice import AudioSegment, MissingVoiceDependencyError, VoiceRecording
from scenario.voice._recording.track import Track
from tests.voice_recording.sounds import noise, samples_of, tone

FORMATS = ["wav", "mp3", "ogg", "flac"]
KINDS = {"wav": "WAV", "mp3": "MP3", "ogg": "OGG", "flac": "FLAC"}
# The process may write so much to a file and no more: to a program that is the same as a full disk.
ON_A_FULL_DISK = """
import os, resource, signal, sys
from scenario.voice import AudioSegment, VoiceRecording
folder, format = sys.argv[1:]
recording = VoiceRecording([AudioSegment("user", 0.0, 12.0, os.urandom(12 * 48000))])
size = os.path.getsize(recording.save(folder + "/whole." + format))
os.remove(folder + "/whole." + format)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
for limit in (0, size // 2, size - 1):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        recording.save(folder + "/cut." + format)
    except OSError:
        print("refused")
"""


def recording(seconds: float = 3.0) -> VoiceRecording:
    return VoiceRecording([AudioSegment("user", 0.0, seconds, tone(seconds))])


@pytest.mark.parametrize("format", FORMATS)
def test_the_suffix_says_the_format(tmp_path, format):
    path = recording().save(tmp_path / f"call.{format.upper()}")
    assert path == (tmp_path / f"call.{format.upper()}").resolve()
    with soundfile.SoundFile(path) as file:
        assert (file.format, file.samplerate, file.channels) == (KINDS[format], 24_000, 1)
        heard = file.read()
    assert len(heard) == pytest.approx(72_000, abs=2400)  # mp3 pads
    spectrum = np.abs(np.fft.rfft(heard))
    assert np.argmax(spectrum) * 24_000 / len(heard) == pytest.approx(440, abs=2)


def test_the_argument_beats_the_suffix(tmp_path):
    path = recording().save(tmp_path / "call.bin", format="flac")
    assert soundfile.info(path).format == "FLAC"


def test_without_suffix_it_is_wav(tmp_path):
    source = recording()
    assert source.save(tmp_path / "call").read_bytes() == source.full_wav


@pytest.mark.parametrize(("name", "format"), [("call.aac", None), ("call.wav", "aac"), ("call.wav", "")])
def test_another_format_is_refused_before_anything_is_written(tmp_path, name, format):
    with pytest.raises(ValueError, match="wav, mp3, ogg"):
        recording().save(tmp_path / "new" / name, format)
    assert not any(tmp_path.iterdir())


def test_folders_are_created_and_a_file_is_replaced(tmp_path):
    path = tmp_path / "a" / "b" / "call.wav"
    recording(1).save(path)
    recording(2).save(str(path))
    assert samples_of(path.read_bytes()).shape[1] == 48_000
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("format", FORMATS)
def test_no_format_needs_the_whole_recording_in_memory(tmp_path, format):
    tracks = {"user": Track(spool_limit=0), "agent": Track(spool_limit=0)}
    second = tone(1)
    for track in tracks.values():
        for number in range(60):
            track.write(number * 24_000, second)
    segments = [AudioSegment.of_track(track, speaker, 0, track.length) for speaker, track in tracks.items()]  # type: ignore[arg-type]
    long = VoiceRecording(segments, user_track=tracks["user"], agent_track=tracks["agent"])
    recording(1).save(tmp_path / f"first.{format}")  # loads what is loaded once
    tracemalloc.start()
    try:
        long.save(tmp_path / f"call.{format}")
        assert tracemalloc.get_traced_memory()[1] < 10 * len(second)  # of 60
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_leaves_nothing(tmp_path, format):
    done = subprocess.run(
        [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path), format],
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == [b"refused"] * 3
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("format", ["mp3", "ogg", "flac"])
def test_without_the_extra_nothing_is_written(tmp_path, format, monkeypatch):
    monkeypatch.setitem(sys.modules, "soundfile", None)
    with pytest.raises(MissingVoiceDependencyError, match="audio-files") as caught:
        recording().save(tmp_path / "new" / f"call.{format}")
    assert caught.value.extra == "audio-files"
    assert not any(tmp_path.iterdir())


def test_wav_needs_no_extra(tmp_path):
    program = (
        "import sys; sys.modules['numpy'] = sys.modules['soundfile'] = sys.modules['soxr'] = None\n"
        "from scenario.voice import AudioSegment, VoiceRecording\n"
        "one = AudioSegment('user', 0.0, 1.0, b'\\1\\0' * 24000)\n"
        "two = AudioSegment('agent', 0.5, 1.5, b'\\2\\0' * 24000)\n"
        "VoiceRecording([one, two]).save_segments(sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], timeout=60, check=True)
    (mono,) = samples_of((tmp_path / "full.wav").read_bytes())
    assert np.unique(mono[12_000:24_000]).tolist() == [3]


def test_a_wav_of_more_than_four_gib_is_refused(tmp_path):
    day = VoiceRecording([AudioSegment("user", 86_399.0, 86_400.0, noise(24_000))])
    with pytest.raises(ValueError, match="WAV file holds at most"):
        VoiceRecording([AudioSegment("user", 90_000.0, 90_001.0, noise(24_000))]).save(
            tmp_path / "x" / "y.wav"
        )
    with pytest.raises(ValueError, match="WAV file holds at most"):
        _ = day.full_stereo_wav
    assert not any(tmp_path.iterdir())
