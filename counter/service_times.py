"""Owns the service-time model: what a store's own services teach about how long the next one takes. Pure."""

import math
from collections.abc import Sequence
from statistics import fmean, median

from counter.chances import lognormal
from db.setting_records import Rules, Service, ServiceTime

SHORTEST_S = 5.0
"""Below this somebody pressed start and finish in one go; it was no service."""

PRIOR_WEIGHT = 10
"""As many services does the settings' guess count for."""

_SIGMA_PER_MAD = 1.4826
_FAR = 2.5


def prior(service: Service) -> ServiceTime:
    """The settings' guess; nothing measured."""
    return ServiceTime(*lognormal(service.mean_s, service.cv), known=0)


def fit(durations_s: Sequence[float], guess: ServiceTime) -> ServiceTime:
    """A lognormal from real durations (seconds) and a guess of it.

    Logs further than 2.5 robust standard deviations from the median (median and MAD, Hampel's identifier) count as
    that far: a ticket forgotten in service for three hours is one long service, not the end of the model. Mean and
    spread are then drawn towards the guess, which weighs as much as ten services.
    """
    logs = [math.log(seconds) for seconds in durations_s if seconds >= SHORTEST_S]
    if not logs:
        return guess
    logs = _without_extremes(logs, guess)
    mean = fmean([*logs, *[guess.log_mean] * PRIOR_WEIGHT])
    spread = sum((log - fmean(logs)) ** 2 for log in logs) + PRIOR_WEIGHT * guess.log_sd**2
    return ServiceTime(mean, math.sqrt(spread / (len(logs) + PRIOR_WEIGHT)), known=len(logs))


def cautious(time: ServiceTime, rules: Rules) -> ServiceTime:
    """With the mean stretched by the rule's caution: to underestimate is the dangerous side."""
    return ServiceTime(time.log_mean + math.log(rules.caution), time.log_sd, time.known)


def _without_extremes(logs: Sequence[float], guess: ServiceTime) -> list[float]:
    middle = median(logs)
    spread = _SIGMA_PER_MAD * median(abs(log - middle) for log in logs) or guess.log_sd
    return [min(max(log, middle - _FAR * spread), middle + _FAR * spread) for log in logs]
