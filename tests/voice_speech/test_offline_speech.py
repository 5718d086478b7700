"""`OfflineTTS` and `OfflineSTT`: the text comes back from the sound (spec: voice 18)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenario.voice import AudioChunk, effects, silent_chunk, synthesize
from scenario.voice._audio.converter import Decoder, Encoder
from scenario.voice._audio.formats import AudioFormat
from scenario.voice._audio.levels import dbfs
from scenario.voice._audio.resampler import resample_whole
from scenario.voice._vad.detector import SpeechDetector
from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS

SENTENCE = "Hello, I'd like to return 2 of my THREE orders (no. 4471-B); is that ok?"
TEXTS = st.text(st.one_of(st.sampled_from("ab  "), st.characters(exclude_categories=["Cs"])), max_size=24)


def speak(text: str, voice: str = "ann") -> bytes:
    return OfflineTTS().speak(text, voice).data


def hear(audio: bytes) -> str:
    return OfflineSTT().hear(audio)


def over_the_wire(audio: bytes, name: str) -> bytes:
    wire = AudioFormat.parse(name)
    encoder, decoder = Encoder(wire), Decoder(wire)
    sent = encoder.push(audio) + encoder.flush()
    return decoder.push(sent) + decoder.flush()


@settings(max_examples=60)
@given(TEXTS)
def test_any_text_comes_back_exactly(text):
    assert hear(speak(text)) == text


@settings(max_examples=25)
@given(st.text(st.sampled_from("abcXYZ019.,!? "), max_size=20), st.integers(0, 4000), st.integers(0, 4000))
def test_text_comes_back_from_a_telephone_wherever_it_begins(text, before, after):
    audio = bytes(2 * before) + speak(text) + bytes(2 * after)
    assert hear(over_the_wire(audio, "mulaw/8000")) == text


@pytest.mark.parametrize("rate", [8000, 16_000, 48_000])
def test_text_comes_back_from_another_rate_and_back(rate):
    samples = np.frombuffer(speak(SENTENCE), "<i2")
    back = resample_whole(resample_whole(samples, 24_000, rate), rate, 24_000)
    assert hear(back.astype("<i2").tobytes()) == SENTENCE


def test_silence_within_an_utterance_changes_nothing():
    audio = speak("a b take a look")
    for at in range(0, len(audio), 2 * 1111):
        assert hear(audio[:at] + bytes(2 * 4321) + audio[at:]) == "a b take a look"


def test_utterances_of_several_voices_follow_each_other():
    pause = silent_chunk(0.7).data
    assert (
        hear(speak("Yes.", "a") + pause + speak("I see.", "b") + pause + speak("I", "c")) == "Yes. I see. I"
    )


def test_of_a_word_that_is_cut_off_nothing_is_heard():
    audio = speak("one two three")
    word = len(speak("one"))
    assert hear(audio[: word - 2 * 1440]) == ""
    assert hear(audio[: word + 2 * 1440]) == "one"
    assert hear(audio[: len(audio) - 2 * 1440]) == "one two"
    assert hear(audio[2 * 1440 :]) == "two three"


def test_a_letter_lasts_60_ms_and_a_gap_120():
    assert OfflineTTS().speak("cab", "x").duration_seconds == pytest.approx(0.18)
    assert OfflineTTS().speak("a cab", "x").duration_seconds == pytest.approx(0.36)


def test_the_same_text_sounds_the_same_and_voices_differ_in_pitch():
    def pitch(audio: bytes) -> float:
        spectrum = np.abs(np.fft.rfft(np.frombuffer(audio, "<i2")[:24_000]))
        return float(spectrum[80:260].argmax()) + 80

    text = "a" * 20
    assert speak(text, "ann") == speak(text, "ann")
    assert abs(pitch(speak(text, "ann")) - pitch(speak(text, "bob"))) > 5


def test_the_level_is_that_of_speech_and_the_detector_hears_every_utterance():
    audio = speak(SENTENCE)
    assert dbfs(speak("abcdefgh")) == pytest.approx(-20, abs=1)
    detector = SpeechDetector()
    detector.push(bytes(24_000) + audio + bytes(48_000))
    [(start, end)] = detector.intervals()
    assert start / 24_000 == pytest.approx(0.5, abs=0.06)
    assert end / 24_000 == pytest.approx(0.5 + len(audio) / 48_000, abs=0.06)


@pytest.mark.parametrize(
    "effect", [effects.phone_quality(), effects.background_noise("cafe", snr_db=15), effects.low_volume(0.2)]
)
def test_what_a_caller_could_well_understand_is_understood(effect):
    assert hear(effect(speak(SENTENCE))) == SENTENCE


def test_what_breaks_up_costs_words_and_not_the_whole():
    heard = hear(effects.packet_loss(0.2, chunk_ms=100, seed=1)(speak(SENTENCE)))
    understood = set(heard.split()) & set(SENTENCE.split())
    assert heard != SENTENCE
    assert len(understood) >= 5


def test_other_sound_is_not_understood():
    noise = (np.random.default_rng(1).normal(0, 3000, 240_000)).astype("<i2").tobytes()
    tone = (8000 * np.sin(np.arange(48_000) * 0.1)).astype("<i2").tobytes()
    assert [hear(noise), hear(tone), hear(bytes(48_000)), hear(b"")] == ["", "", "", ""]


async def test_speech_of_another_voice_is_not_understood():
    chunk = await synthesize("I have been waiting for six weeks, and nobody has called me back.", "flite/")
    assert await OfflineSTT().transcribe(chunk) == ""


async def test_the_prefix_is_known_without_registration():
    chunk = await synthesize(SENTENCE, "Offline/ann")
    assert chunk.transcript == SENTENCE
    assert chunk.data == speak(SENTENCE, "ann")


async def test_the_transcript_of_the_chunk_is_not_what_is_heard():
    assert await OfflineSTT().transcribe(AudioChunk(speak("yes"), transcript="no")) == "yes"


async def test_a_share_of_the_words_is_misheard_in_the_same_way_for_the_same_seed():
    text = " ".join(f"w{number}" for number in range(300))
    chunk = AudioChunk(speak(text))
    heard = (await OfflineSTT(errors=0.2, seed=3).transcribe(chunk)).split(" ")
    wrong = sum(one != other for one, other in zip(heard, text.split(" "), strict=True))
    assert 40 <= wrong <= 80
    assert " ".join(heard) == await OfflineSTT(errors=0.2, seed=3).transcribe(chunk)
    assert " ".join(heard) != await OfflineSTT(errors=0.2, seed=4).transcribe(chunk)


@pytest.mark.parametrize("errors", [-0.1, 1.5])
def test_errors_must_be_a_share(errors):
    with pytest.raises(ValueError, match="from 0 to 1"):
        OfflineSTT(errors=errors)
