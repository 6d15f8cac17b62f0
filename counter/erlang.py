"""Owns Erlang's C formula: how many counters an even stream of customers needs. Pure.

Arrivals are a Poisson process and service times exponential, with one queue for all; real services vary less or more,
and a promise to some customers needs the simulator. It serves as the yardstick for past hours.
"""

import math
from functools import lru_cache

MOST = 200


@lru_cache(4096)
def counters_needed(rate: float, work_s: float, within_s: float, share: float) -> int:
    """The fewest counters with which a `share` of customers is called within `within_s`.

    `rate`: customers per second; `work_s`: how long one takes up a counter.
    """
    load = rate * work_s
    if load <= 0:
        return 0
    blocked, count = 1.0, 0
    while count < MOST:
        count += 1
        blocked = load * blocked / (count + load * blocked)  # Erlang B, from one counter to the next
        if count > load and 1 - _waits(blocked, load, count) * math.exp(-(count - load) * within_s / work_s) >= share:
            break
    return count


def _waits(blocked: float, load: float, count: int) -> float:
    """The share of customers who wait at all, from Erlang B."""
    use = load / count
    return blocked / (1 - use * (1 - blocked))
