"""Importing costs nothing, and what is missing is said."""

from __future__ import annotations

import subprocess
import sys

HEAVY = (
    "numpy", "soxr", "soundfile", "websockets", "webrtcvad", "aiortc", "livekit", "starlette", "uvicorn",
    "xllamacpp", "pocketsphinx", "elevenlabs", "google", "twilio", "openai",
)  # fmt: skip

PROGRAM = """
import sys
import scenario, scenario.voice, scenario.voice.testing, scenario.voice.effects
for name in ("audio", "silence", "sleep", "dtmf", "interrupt", "VoiceAgentAdapter", "AudioChunk",
             "InterruptionConfig", "VoiceEvent", "LatencyMetrics", "STTProvider", "VoiceRecording"):
    getattr(scenario, name)
scenario.voice.VoiceOptions(seed=1)
scenario.audio(b"", transcript="x"), scenario.interrupt("a"), scenario.dtmf("1")
scenario.voice.testing.LoopbackVoiceAgent([])
print(sorted({name.partition(".")[0] for name in sys.modules} & set(%r)))
"""


def python(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_names_steps_and_agents_need_no_extra() -> None:
    assert python(PROGRAM % (HEAVY,)) == "[]"


def test_a_voice_run_without_numpy_names_its_extra() -> None:
    program = """
import sys
sys.modules["numpy"] = None
import asyncio, scenario
from scenario.voice.testing import LoopbackVoiceAgent
user = scenario.UserSimulatorAgent(model="offline/players", voice="offline/anna")
try:
    asyncio.run(scenario.arun("x", "y", agents=[LoopbackVoiceAgent(["hi"]), user], verbose=False,
        script=[scenario.user("hello"), scenario.agent(), scenario.succeed()]))
except Exception as error:
    while error.__cause__ is not None and not isinstance(error, ImportError):
        error = error.__cause__
    print(type(error).__name__, isinstance(error, ImportError), "voice" in str(error), "numpy" in str(error))
"""
    assert python(program) == "MissingVoiceDependencyError True True True"


def test_every_name_of_the_testing_package_is_there() -> None:
    import scenario.voice.testing as testing

    assert list(testing.__all__) == sorted(testing.__all__)
    for name in testing.__all__:
        assert getattr(testing, name).__name__ == name
