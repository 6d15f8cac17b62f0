"""Owns giving way: between the pieces of long work the loop looks at its sockets, and whoever it finds has a turn."""

import gevent

_A_MOMENT_S = 1e-6
"""After `sleep(0)` gevent goes straight on, up to fifty times, before it reads what has come in."""


def give_way() -> None:
    """First the sockets are read, then those go on who waited for them."""
    gevent.sleep(_A_MOMENT_S)
    gevent.sleep(_A_MOMENT_S)
