"""Owns turns: between the pieces of long work whoever has just pressed a key, and waits for the answer, goes first.

The writer's thread needs the interpreter too, so work that goes on meanwhile would hold up even who waits for the disk.
"""

import time
from collections.abc import Callable

import gevent

LET_ACT_S, LOOK_S = 0.02, 0.001
"""So long each piece of work lets those go first who act, and so often it looks whether somebody still does."""
_A_MOMENT_S = 1e-6
"""After `sleep(0)` gevent goes straight on, up to fifty times, before it reads what has come in."""


def _nothing() -> None:
    """Nothing is to be done while others act."""


class Turns:
    """`is_acting`: whether somebody waits for an answer to what they have just done."""

    def __init__(self, is_acting: Callable[[], bool] = lambda: False) -> None:
        self._is_acting = is_acting

    def give(self, meanwhile: Callable[[], object] = _nothing) -> None:
        """Let the sockets be read and those go first who act, for `LET_ACT_S` at most.

        `meanwhile` is called at least once: after each look and before the work goes on.
        """
        until, is_over = time.monotonic() + LET_ACT_S, False
        gevent.sleep(_A_MOMENT_S)  # the sockets are read
        gevent.sleep(_A_MOMENT_S)  # those go on who waited for them
        while not is_over:
            is_over = not self._is_acting() or time.monotonic() >= until
            meanwhile()
            if not is_over:
                gevent.sleep(LOOK_S)
