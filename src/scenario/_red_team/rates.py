"""Attack success rates: what repeated attacks say about an agent, and how sure one may be of it."""

import math
from collections.abc import Sequence

NORMAL_95 = 1.959964
"""The two-sided 95 % quantile of the standard normal distribution."""


def wilson_interval(successes: int, trials: int, z: float = NORMAL_95) -> tuple[float, float]:
    """The Wilson score interval of a success probability.

    Unlike the textbook interval around the observed rate it stays within 0 and 1 and keeps its width when no
    trial, or every trial, succeeds: five attacks that all failed leave an upper bound of 0.43, not of 0.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22 (1927), 209-212.

    Args:
        successes: Trials that succeeded, 0 to `trials`.
        trials: Trials in all; none says nothing, so the interval is (0.0, 1.0).
        z: Quantile of the standard normal distribution; the default gives 95 % confidence.

    Returns:
        Lower and upper bound, each within 0 and 1.

    Raises:
        ValueError: `successes` is not within 0 and `trials`, or `z` is not above 0.
    """
    if not 0 <= successes <= trials:
        raise ValueError(
            f"Expected 0 <= successes <= trials, got successes={successes!r} and trials={trials!r}."
        )
    if not (z > 0 and math.isfinite(z)):
        raise ValueError(f"Expected a finite z above 0, got {z!r}.")
    if trials == 0:
        return (0.0, 1.0)
    rate = successes / trials
    weight = z * z / trials
    centre = (rate + weight / 2) / (1 + weight)
    half_width = z / (1 + weight) * math.sqrt(rate * (1 - rate) / trials + weight / (4 * trials))
    # At the ends the bound is exact; rounding errors must not report a rate of 1e-17.
    lower = 0.0 if successes == 0 else max(0.0, centre - half_width)
    upper = 1.0 if successes == trials else min(1.0, centre + half_width)
    return (lower, upper)


def success_at_k(outcomes: Sequence[bool], k: int) -> float:
    """The probability that at least one of `k` attacks succeeds, estimated without bias from n >= k attacks.

    With c successes among n outcomes it is `1 - C(n-c, k) / C(n, k)`: the share of all choices of k outcomes
    that hold a success. (`1 - (1 - c/n)^k` would underestimate it.)

    Source: M. Chen et al., "Evaluating Large Language Models Trained on Code" (2021), equation 1, where it is
    called pass@k, https://arxiv.org/abs/2107.03374.

    Args:
        outcomes: One entry per attack; `True`: the attack succeeded.
        k: Number of attacks, 1 to `len(outcomes)`.

    Raises:
        ValueError: `k` is not within 1 and the number of outcomes.
    """
    trials = len(outcomes)
    if not 1 <= k <= trials:
        raise ValueError(f"Expected k from 1 to the number of outcomes ({trials}), got {k!r}.")
    failures = sum(1 for succeeded in outcomes if not succeeded)
    return 1.0 - math.comb(failures, k) / math.comb(trials, k)
