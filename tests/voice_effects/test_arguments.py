"""Arguments that make no sense are refused when the effect is made."""

from __future__ import annotations

from math import inf, nan

import pytest

from scenario.voice import effects


@pytest.mark.parametrize(
    ("make", "value", "text"),
    [
        *[
            (lambda v: effects.background_noise("cafe", v), v, "volume must be at least 0")
            for v in (-0.1, nan)
        ],
        *[(lambda v: effects.background_noise("cafe", snr_db=v), v, "snr_db must be") for v in (nan, inf)],
        *[(effects.static, v, "intensity must be at least 0") for v in (-0.01, nan, inf)],
        *[(effects.low_quality, v, "bitrate must be at least 1000 Hz") for v in (999, 0, -8000, nan)],
        *[(effects.packet_loss, v, "probability must be from 0 to 1") for v in (-0.1, 1.1, nan)],
        *[(lambda v: effects.packet_loss(0.1, v), v, "chunk_ms must be above 0") for v in (0, -20)],
        *[(effects.echo, v, "delay_ms must be at least 0") for v in (-1, nan, inf)],
        *[(lambda v: effects.echo(200, v), v, "decay must be at least 0") for v in (-0.5, nan)],
        *[(effects.low_volume, v, "factor must be above 0") for v in (0, -1, nan)],
        *[(effects.high_volume, v, "factor must be at least 1") for v in (0.99, 0, -1, nan)],
        *[(effects.speaking_fast, v, "factor must be above 1") for v in (1, 0.5, -1, nan, inf)],
        *[(effects.speaking_slow, v, "factor must be between 0 and 1") for v in (0, 1, 1.5, -0.5, nan)],
    ],
)
def test_a_value_out_of_range_is_refused_with_what_was_expected(make, value: float, text: str):
    with pytest.raises(ValueError, match=f"{text}.*got {value!r}"):
        make(value)


def test_the_limits_themselves_are_fine():
    audio = bytes([1, 0]) * 4800
    for effect in (
        effects.background_noise("cafe", 0),
        effects.static(0),
        effects.low_quality(1000),
        effects.packet_loss(0),
        effects.packet_loss(1),
        effects.echo(0, 0),
        effects.high_volume(1),
    ):
        assert len(effect(audio)) == len(audio)
