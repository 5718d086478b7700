"""All measurements, by name, in the order in which they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks import (
    concurrency,
    digest,
    engine,
    importing,
    install,
    judge,
    model_calls,
    offline,
    prompts,
    refusals,
    voice_effects,
    voice_recording,
    voice_speech,
    voice_turns,
)

if TYPE_CHECKING:
    from benchmarks.measure import Measurement

MEASUREMENTS: dict[str, Measurement] = {
    **importing.MEASUREMENTS,
    **install.MEASUREMENTS,
    **model_calls.MEASUREMENTS,
    **engine.MEASUREMENTS,
    **concurrency.MEASUREMENTS,
    **prompts.MEASUREMENTS,
    **judge.MEASUREMENTS,
    **digest.MEASUREMENTS,
    **offline.MEASUREMENTS,
    **refusals.MEASUREMENTS,
    **voice_effects.MEASUREMENTS,
    **voice_recording.MEASUREMENTS,
    **voice_speech.MEASUREMENTS,
    **voice_turns.MEASUREMENTS,
}
