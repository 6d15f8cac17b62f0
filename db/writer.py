"""Owns all writing: functions of a connection run one after another in one native thread, many to a commit.

Group commit: every caller queues its work and makes sure that a drain is on its way. The drain takes all that waits,
gives each piece a savepoint, and pays one fsync for the lot. Work queued before a drain begins is in its batch, so when
that drain has ended the work is on the disk.
"""

import sqlite3
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from db.connection import transaction

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]


class Unwritten(RuntimeError):
    """The writer ended, or its transaction did, before this work was begun."""


class _Job(Generic[T]):
    """A piece of work, run with its caller's context variables."""

    __slots__ = ("context", "error", "result", "work")

    def __init__(self, work: Work[T]) -> None:
        self.work = work
        self.context = copy_context()
        self.result: T | None = None
        self.error: BaseException | None = Unwritten()

    def run(self, conn: sqlite3.Connection) -> None:
        try:
            with transaction(conn):
                self.result = self.context.run(self.work, conn)
            self.error = None
        except Exception as error:  # noqa: BLE001 — it belongs to the caller, who gets it from outcome()
            self.error = error

    def outcome(self) -> T:
        if self.error is not None:
            raise self.error
        return self.result  # type: ignore[return-value]


@dataclass(slots=True)
class _Drain:
    """One emptying of the queue: whether it has begun, and when it is done."""

    has_begun: bool = True
    done: "Future[None]" = field(default_factory=Future)


class Writer:
    """The one writer. `executor` must run one function at a time (one native thread).

    `on_commit` is called in the caller's own thread after each successful piece of work.
    """

    def __init__(
        self, conn: sqlite3.Connection, executor: Executor, on_commit: Callable[[], None] = lambda: None
    ) -> None:
        self._conn = conn
        self._executor = executor
        self._jobs: deque[_Job[Any]] = deque()
        self._coming = _Drain()
        self.on_commit = on_commit

    def run(self, work: Work[T]) -> T:
        """Do `work(conn)` durably and return its result; what it raises is raised here and leaves no trace."""
        job = _Job(work)
        self._jobs.append(job)
        drain = self._coming
        if drain.has_begun:  # looked at only after queueing: one that has not begun yet will find the job
            drain = _Drain(has_begun=False)
            drain.done = self._executor.submit(self._drain, drain)
            self._coming = drain
        drain.done.result()
        result = job.outcome()
        self.on_commit()
        return result

    def _drain(self, drain: "_Drain") -> None:
        drain.has_begun = True
        batch = [self._jobs.popleft() for _ in range(len(self._jobs))]
        if not batch:
            return
        try:
            with transaction(self._conn):
                self._run_all(batch)
        except BaseException as error:  # nothing of this batch is on the disk, so nobody may hear that theirs is
            for job in batch:
                if job.error is None or isinstance(job.error, Unwritten):
                    job.error = error
            if not isinstance(error, Exception):
                raise

    def alone(self, work: Work[T]) -> T:
        """Do `work(conn)` in the writer's thread outside a transaction, for upkeep that needs that."""
        return self._executor.submit(work, self._conn).result()

    def _run_all(self, batch: "list[_Job[Any]]") -> None:
        for job in batch:
            job.run(self._conn)
            if job.error is not None and not self._conn.in_transaction:
                raise job.error  # a full disk ends the whole transaction, with what was done before in it

    def close(self) -> None:
        """Finish what is queued, then close the connection."""
        self._executor.submit(self._drain, _Drain()).result()
        self._executor.submit(self._conn.close).result()
        self._executor.shutdown()
