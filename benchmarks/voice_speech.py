"""How well speech of this machine understands itself, and what the offline voice costs."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

from benchmarks.measure import Figures, Measurement, SkippedError, timed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scenario.voice import AudioChunk

_SENTENCES = (
    "My parcel was delivered to the wrong address last week.",
    "I was charged twice for the same order this month.",
    "Can you tell me when the store opens tomorrow morning?",
    "I want to change the address on my account.",
    "The screen of my new phone is broken.",
    "Please cancel my appointment on Friday afternoon.",
    "How long does it take to get a refund?",
    "I forgot my password and cannot log in.",
    "The heating has not worked since yesterday evening.",
    "I would like to speak to the manager, please.",
    "Is breakfast included in the price of the room?",
    "My flight was cancelled and I need a new ticket.",
    "The coffee machine makes a strange noise when I turn it on.",
    "I need to send these shoes back because they are too small.",
    "Could you explain the last line of my bill?",
    "We would like to book a table for four people at seven.",
    "I have been waiting for an answer for more than ten days.",
    "Which of your plans is the best for a small office?",
    "There is a problem with the internet connection at my house.",
    "Thank you, that is all I wanted to know.",
)


async def local_speech() -> Figures:
    """Measure the words that PocketSphinx understands of flite: clean, through `phone_quality`, µ-law."""
    for program, there in (("flite", shutil.which("flite")), ("pocketsphinx", find_spec("pocketsphinx"))):
        if not there:
            raise SkippedError(f"{program} is not installed")
    from scenario.voice import effects, synthesize

    chunks = [await synthesize(text, "flite/") for text in _SENTENCES]
    seconds = sum(chunk.duration_seconds for chunk in chunks)
    with timed() as listening:
        clean = await _words_right(chunks, lambda audio: audio)
    return {
        "clean_words_right_pct": clean,
        "phone_quality_words_right_pct": await _words_right(chunks, effects.phone_quality()),
        "mulaw_words_right_pct": await _words_right(chunks, _through_a_telephone),
        "one_second_ms": listening.wall / seconds * 1e3,
    }


def offline_speech() -> Figures:
    """Measure speaking and hearing ten minutes of the offline voice: CPU."""
    from scenario.voice.testing.offline_speech import OfflineSTT, OfflineTTS

    text, voice, ear = " ".join(_SENTENCES), OfflineTTS(), OfflineSTT()
    ear.hear(voice.speak(_SENTENCES[0]).data)  # loads what is loaded once
    ten_minutes = " ".join([text] * round(600 / voice.speak(text).duration_seconds))
    with timed() as speaking:
        audio = voice.speak(ten_minutes).data
    with timed() as hearing:
        heard = ear.hear(audio)
    assert heard == ten_minutes
    return {"speak_10_min_s": speaking.cpu, "hear_10_min_s": hearing.cpu}


async def _words_right(chunks: Sequence[AudioChunk], line: Callable[[bytes], bytes]) -> float:
    """Return 100 less the word error rate, in percent, of what comes over `line`."""
    from scenario.voice import AudioChunk, LocalSTTProvider
    from scenario.voice._recording.word_errors import word_errors

    provider, errors, words = LocalSTTProvider(), 0, 0
    for chunk in chunks:
        heard = await provider.transcribe(AudioChunk(line(chunk.data)))
        found = word_errors(chunk.transcript or "", heard)
        errors += found.errors
        words += found.words
    return 100 - 100 * errors / words


def _through_a_telephone(audio: bytes) -> bytes:
    from scenario.voice._audio.converter import Decoder, Encoder
    from scenario.voice._audio.formats import AudioFormat

    wire = AudioFormat.parse("mulaw/8000")
    encoder, decoder = Encoder(wire), Decoder(wire)
    sent = encoder.push(audio) + encoder.flush()
    return decoder.push(sent) + decoder.flush()


MEASUREMENTS = {
    "local_speech": Measurement(local_speech, best_of=1),
    "offline_speech": Measurement(offline_speech),
}
