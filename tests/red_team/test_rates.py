"""Attack success rates: the Wilson interval and success at k."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenario._red_team.rates import success_at_k, wilson_interval

COUNTS = st.integers(1, 400).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))
OUTCOMES = st.lists(st.booleans(), min_size=1, max_size=9)


def test_no_trials_say_nothing() -> None:
    assert wilson_interval(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    # Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
    [
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_published_intervals(successes: int, trials: int, expected: tuple[float, float]) -> None:
    assert wilson_interval(successes, trials) == pytest.approx(expected, abs=5e-5)


@given(COUNTS)
def test_interval_holds_the_observed_rate_and_stays_within_0_and_1(counts: tuple[int, int]) -> None:
    successes, trials = counts
    lower, upper = wilson_interval(successes, trials)
    assert 0.0 <= lower <= successes / trials <= upper <= 1.0
    assert lower < upper


@given(COUNTS)
def test_bounds_are_where_the_score_test_just_rejects(counts: tuple[int, int]) -> None:
    """The definition: each bound p solves |rate - p| = z * sqrt(p (1 - p) / n)."""
    successes, trials = counts
    for bound in wilson_interval(successes, trials, z=1.5):
        distance = abs(successes / trials - bound)
        assert distance == pytest.approx(1.5 * (bound * (1 - bound) / trials) ** 0.5, abs=1e-9)


@given(COUNTS)
def test_interval_of_the_failures_is_the_mirror_image(counts: tuple[int, int]) -> None:
    successes, trials = counts
    lower, upper = wilson_interval(successes, trials)
    assert wilson_interval(trials - successes, trials) == pytest.approx((1 - upper, 1 - lower))


@given(COUNTS)
def test_more_trials_at_the_same_rate_narrow_the_interval(counts: tuple[int, int]) -> None:
    successes, trials = counts
    lower, upper = wilson_interval(successes, trials)
    finer_lower, finer_upper = wilson_interval(4 * successes, 4 * trials)
    assert finer_upper - finer_lower < upper - lower


@pytest.mark.parametrize(("successes", "trials"), [(-1, 5), (6, 5), (0, -1)])
def test_impossible_counts_are_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="successes <= trials"):
        wilson_interval(successes, trials)


@pytest.mark.parametrize("z", [0.0, -1.0, float("nan"), float("inf")])
def test_impossible_quantiles_are_refused(z: float) -> None:
    with pytest.raises(ValueError, match="finite z above 0"):
        wilson_interval(1, 2, z)


@given(OUTCOMES, st.data())
def test_success_at_k_is_the_share_of_choices_that_hold_a_success(
    outcomes: list[bool], data: st.DataObject
) -> None:
    k = data.draw(st.integers(1, len(outcomes)))
    choices = list(itertools.combinations(outcomes, k))
    assert success_at_k(outcomes, k) == pytest.approx(sum(any(choice) for choice in choices) / len(choices))


@given(OUTCOMES)
def test_success_at_k_grows_from_the_rate_to_whether_any_succeeded(outcomes: list[bool]) -> None:
    curve = [success_at_k(outcomes, k) for k in range(1, len(outcomes) + 1)]
    assert curve == sorted(curve)
    assert curve[0] == pytest.approx(sum(outcomes) / len(outcomes))
    assert curve[-1] == float(any(outcomes))


@pytest.mark.parametrize(("outcomes", "k"), [([True], 0), ([True], 2), ([], 1), ([False], -1)])
def test_k_outside_the_outcomes_is_refused(outcomes: list[bool], k: int) -> None:
    with pytest.raises(ValueError, match="k from 1"):
        success_at_k(outcomes, k)
