"""Owns that a change of services or counters leaves nobody without a counter."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from counter import learning
from counter.faults import UnsoundSettings


@contextmanager
def kept(conn: sqlite3.Connection) -> Iterator[None]:
    """Around a change in the writer's transaction. Raises `UnsoundSettings` with what would not work because of it.

    What did not work before is no reason to refuse a change that has nothing to do with it.
    """
    before = {(fault.field, type(fault)) for fault in learning.rule_book(conn).faults()}
    yield
    found = [fault for fault in learning.rule_book(conn).faults() if (fault.field, type(fault)) not in before]
    if found:
        raise UnsoundSettings(found)
