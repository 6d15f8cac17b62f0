"""Owns turning the calling rule and the course of time into machine code, by numba; the code is kept between starts.

The first use on a machine, and the first after these modules have changed, compiles for some seconds.
"""

import hashlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import TypeVar, cast

import numba
from numba.extending import register_jitable
from platformdirs import user_cache_path

from counter import chances, course, policy

_MODULES = (chances, policy, course)

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """The same function in machine code; it may use everything that the rule and the course are made of."""
    return cast(F, numba.njit(cache=True)(function))


def _kept_in() -> Path:
    """A folder for this very text of the modules: numba itself would not notice a change in one of them."""
    text = "".join(inspect.getsource(module) for module in _MODULES)
    return user_cache_path("lobbyline") / hashlib.sha256(text.encode()).hexdigest()[:16]


def _functions() -> list[FunctionType]:
    return [
        thing
        for module in _MODULES
        for thing in vars(module).values()
        if isinstance(thing, FunctionType) and thing.__module__ == module.__name__
    ]


numba.config.CACHE_DIR = str(_kept_in())  # type: ignore[attr-defined]
for _function in _functions():
    register_jitable(_function)

run = compiled(course.run)
play = compiled(course.play)
