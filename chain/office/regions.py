"""Owns regions: paths such as 华东/上海 that stores lie in, and what lies in what. Pure."""

from collections.abc import Iterable

BETWEEN = "/"


def is_in(path: str, region: str) -> bool:
    """Whether a path is the region or lies in it; everything lies in the empty one."""
    return not region or path == region or path.startswith(region + BETWEEN)


def below(path: str, region: str) -> str:
    """The part of a region that a path in it lies in, one step down; the region itself where it ends there."""
    steps = path.split(BETWEEN)
    depth = len(region.split(BETWEEN)) if region else 0
    return BETWEEN.join(steps[: depth + 1])


def every(paths: Iterable[str]) -> list[str]:
    """Each region there is, those that only hold others too, in order."""
    found = set()
    for path in paths:
        steps = path.split(BETWEEN)
        found |= {BETWEEN.join(steps[:depth]) for depth in range(1, len(steps) + 1)}
    return sorted(found - {""})
