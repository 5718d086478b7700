"""A stream is heard at its own pace, whatever the network does to it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scenario.voice.adapters._twilio.schedule import Schedule, is_silent

FRAME = 0.02


def heard(frames):
    """Return when each frame (its time stamp, its arrival, whether it is silent) begins to be heard."""
    schedule, end, moments = Schedule(), 0.0, []
    for stamp, now, silent in frames:
        start = end if now - end <= 0.04 else now
        lead = schedule.lead(stamp, now)
        if lead < 0 and silent:
            schedule.left_out(FRAME)
            moments.append(None)
            continue
        silence = max(0.0, lead)
        schedule.heard(silence, FRAME)
        moments.append(start + silence)
        end = start + silence + FRAME
    return moments


@given(st.lists(st.floats(0, 0.019), min_size=2, max_size=200), st.floats(0, 1e6))
def test_jitter_of_less_than_a_frame_changes_nothing(jitters, begin):
    frames = [(number * FRAME, begin + number * FRAME + late, False) for number, late in enumerate(jitters)]
    moments = heard(frames)
    assert all(abs(later - moment - FRAME) < 1e-6 for moment, later in pairwise(moments))


@given(st.floats(0.02, 9), st.floats(0, 1))
def test_a_hole_lasts_as_long_as_the_stamps_say_however_its_end_arrives(hole, share):
    moments = heard([(0.0, 100.0, False), (FRAME + hole, 100.0 + (FRAME + hole) * share, False)])
    assert abs(moments[1] - moments[0] - FRAME - hole) < 0.041


@given(st.integers(5, 100), st.integers(5, 200))
def test_what_was_held_up_is_caught_up_in_the_next_silence(held, quiet):
    stall = held * FRAME
    speech = [(number * FRAME, 100.0 + stall, False) for number in range(held)]
    silence = [(stall + n * FRAME, 100.0 + stall + n * FRAME, True) for n in range(held + quiet)]
    last = stall + (held + quiet) * FRAME
    moments = heard([(0.0, 100.0, False), *speech[1:], *silence, (last, 100.0 + last, False)])
    assert abs(moments[-1] - (100.0 + last)) <= 0.061
    assert None not in moments[:held]  # speech is never left out


@given(st.lists(st.one_of(st.none(), st.floats(), st.floats(-1e3, 1e3)), max_size=50))
def test_no_time_stamp_breaks_the_stream(stamps):
    schedule = Schedule()
    for number, stamp in enumerate(stamps):
        lead = schedule.lead(stamp, 100.0 + number * FRAME)
        assert not lead > 10.0
        schedule.heard(max(0.0, lead), FRAME)


def test_silence_is_what_nobody_hears():
    assert is_silent(b"\xff\x7f\xfe\x7e")
    assert not is_silent(b"\xff" * 159 + b"\x50")
