"""`synthesize` and `register_tts_provider` (spec: voice 9)."""

from __future__ import annotations

import logging
import wave
from io import BytesIO

import pytest

from scenario.voice import register_tts_provider, synthesize
from scenario.voice._clock import VirtualClock, using_clock

SOUND = bytes(range(200))


def says(sound: bytes):
    async def synth(text: str, voice: str) -> bytes:
        return sound

    return synth


async def test_the_provider_gets_the_text_and_what_stands_after_the_first_slash():
    asked = []

    async def synth(text, voice):
        asked.append((text, voice))
        return SOUND

    register_tts_provider("Mine", synth)
    chunk = await synthesize("Hello.", "mINE/a/b")
    assert asked == [("Hello.", "a/b")]
    assert (chunk.data, chunk.transcript) == (SOUND, "Hello.")


async def test_a_later_registration_replaces_an_earlier_and_a_built_in_one_at_once():
    register_tts_provider("mine", says(b"ab"))
    assert (await synthesize("x", "mine/v")).data == b"ab"
    register_tts_provider("mine", says(b"cd"))
    register_tts_provider("openai", says(b"ef"))
    assert (await synthesize("x", "mine/v")).data == b"cd"
    assert (await synthesize("x", "openai/v")).data == b"ef"


async def test_a_wav_file_is_accepted():
    file = BytesIO()
    with wave.open(file, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(24_000)
        wav.writeframes(SOUND)
    register_tts_provider("mine", says(file.getvalue()))
    assert (await synthesize("x", "mine/v")).data == SOUND


async def test_an_unknown_provider_is_told_the_known_ones():
    register_tts_provider("mine", says(SOUND))
    with pytest.raises(
        ValueError, match="'acme'; known are cartesia, elevenlabs, flite, google, mine, offline, openai, say"
    ):
        await synthesize("x", "acme/v")


async def test_a_voice_without_a_slash_is_refused():
    with pytest.raises(ValueError, match="'provider/name'"):
        await synthesize("x", "nova")


@pytest.mark.parametrize("text", ["", " \n"])
async def test_nothing_cannot_be_said(text):
    with pytest.raises(ValueError, match="nothing to say"):
        await synthesize(text, "offline/a")


@pytest.mark.parametrize(
    ("sound", "error", "text"),
    [
        (b"", RuntimeError, "no audio"),
        (b"abc", ValueError, "3 bytes"),
        ("text", TypeError, "must return bytes"),
    ],
)
async def test_what_is_no_audio_is_an_error_that_names_the_provider(sound, error, text):
    register_tts_provider("mine", says(sound))
    with pytest.raises(error, match=f"'mine'.*{text}"):
        await synthesize("x", "mine/v")


async def test_style_reaches_a_provider_that_takes_it():
    asked = []

    async def synth(text, voice, style=None):
        asked.append(style)
        return SOUND

    register_tts_provider("mine", synth)
    await synthesize("x", "mine/v", style="in a whisper")
    await synthesize("x", "mine/v")
    assert asked == ["in a whisper", None]


async def test_a_provider_that_takes_no_style_is_warned_of_once_in_a_run(caplog):
    caplog.set_level(logging.WARNING)
    for _ in range(2):
        with using_clock(VirtualClock()):
            await synthesize("x", "offline/v", style="angry")
            await synthesize("y", "offline/v", style="sad")
    assert [record.getMessage() for record in caplog.records].count(
        "TTS provider 'offline' cannot be told how to speak: style is ignored"
    ) == 2


@pytest.mark.parametrize("prefix", ["", "a/b"])
def test_a_prefix_is_a_name(prefix):
    with pytest.raises(ValueError, match="prefix"):
        register_tts_provider(prefix, says(SOUND))


def test_a_provider_is_a_function():
    with pytest.raises(TypeError, match="async function"):
        register_tts_provider("mine", SOUND)
