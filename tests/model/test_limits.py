from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._model import limits
from scenario._model.limits import CallLimits, backoff, limits_of
from scenario._retry_after import parse_retry_after
from scenario.types import ModelRequest


def test_the_defaults_are_60_seconds_and_two_retries() -> None:
    assert limits_of(ModelRequest("openai/x", [])) == CallLimits(60.0, 2)


def test_the_parameters_of_the_request_override_them() -> None:
    request = ModelRequest("openai/x", [], params={"timeout": 5, "num_retries": 0})
    assert limits_of(request) == CallLimits(5, 0)


@pytest.mark.parametrize("model", ["offline/players", "local/model.gguf", "auto"])
def test_models_in_this_process_have_no_time_out_unless_one_is_given(model: str) -> None:
    assert limits_of(ModelRequest(model, [])).timeout is None
    assert limits_of(ModelRequest(model, [], params={"timeout": 5})).timeout == 5


@given(st.integers(1, 50))
def test_pauses_grow_with_jitter_up_to_a_bound(failures: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "_FIRST_DELAY", 0.5)
        whole = min(8.0, 0.5 * 2 ** (failures - 1))
        assert whole / 2 <= backoff(failures) <= whole


@pytest.mark.parametrize(("asked", "pause"), [(17.0, 17.0), (3600.0, 60.0), (0.0, 0.0), (None, 0.0)])
def test_retry_after_is_honoured_up_to_a_minute(asked: float | None, pause: float) -> None:
    assert backoff(1, asked) == pause


def test_retry_after_is_a_number_of_seconds_or_of_milliseconds_or_a_date() -> None:
    assert parse_retry_after("17") == 17.0
    assert parse_retry_after("0.5") == 0.5
    assert parse_retry_after("17", "1500") == 1.5
    moment = datetime.now(UTC) + timedelta(hours=1)
    assert parse_retry_after(format_datetime(moment, usegmt=True)) == pytest.approx(3600, abs=60)


def test_a_date_in_the_past_means_now() -> None:
    assert parse_retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


@given(st.one_of(st.none(), st.text()), st.one_of(st.none(), st.text()))
def test_any_retry_after_header_gives_seconds_or_nothing(value: str | None, milliseconds: str | None) -> None:
    seconds = parse_retry_after(value, milliseconds)
    assert seconds is None or 0 <= seconds < float("inf")
