"""Owns the probabilities of the calling rule: when a service ends, and how many counters free up in time. Pure."""

import math

_SQRT_2 = math.sqrt(2)


def lognormal(mean_s: float, cv: float) -> tuple[float, float]:
    """Log-mean and log-sd of a lognormal with this mean (seconds) and coefficient of variation."""
    variance = math.log1p(cv * cv)
    return math.log(mean_s) - variance / 2, math.sqrt(variance)


def ends_within(seconds: float, elapsed_s: float, log_mean: float, log_sd: float) -> float:
    """P(S ≤ elapsed + seconds | S > elapsed) for a lognormal service time S; 1 when S > elapsed has no chance left."""
    running = survival(elapsed_s, log_mean, log_sd)
    if running <= 0:
        return 1.0
    return 1 - survival(elapsed_s + seconds, log_mean, log_sd) / running


def at_least(count: int, chances: list[float]) -> float:
    """P(N ≥ count) where N counts successes of independent trials (the Poisson-binomial distribution)."""
    if count <= 0:
        return 1.0
    exactly = [1.0 if successes == 0 else 0.0 for successes in range(count)]
    for chance in chances:
        for successes in range(count - 1, 0, -1):
            exactly[successes] += (exactly[successes - 1] - exactly[successes]) * chance
        exactly[0] -= exactly[0] * chance
    return max(0.0, 1 - sum(exactly))


def survival(seconds: float, log_mean: float, log_sd: float) -> float:
    """P(S > seconds); by the complementary error function, which stays exact far out in the tail."""
    if seconds <= 0:
        return 1.0
    return 0.5 * math.erfc((math.log(seconds) - log_mean) / (log_sd * _SQRT_2))
