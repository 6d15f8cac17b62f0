"""Owns the imports a server has in hand: a process of its own reads a list; it is looked at, then taken over."""

import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Thread, Timer
from typing import IO

from counter.web import Context
from db.errors import LobbyError
from db.plans import Facts
from kiosk import imports, list_reading
from kiosk.errors import BadFile, ImportBusy, ImportNotReady, ListHasFaults, UnknownImport
from kiosk.import_process import SOURCE

_KEPT = 4
"""So many lists may be looked at, at once; the oldest has to go."""
_KEPT_S = 3600.0
"""They hold names and phone numbers, so none stays for long."""


class JobState(StrEnum):
    """Where an import is."""

    READING = "reading"
    READY = "ready"
    FAILED = "failed"
    APPLYING = "applying"
    DONE = "done"


@dataclass(slots=True)
class Job:
    """One list in hand. `done` of about `total` lines are read, or changes written; `error` says why it failed."""

    kind: str
    folder: Path
    state: JobState = JobState.READING
    done: int = 0
    total: int = 0
    facts: Facts | None = None
    error: LobbyError | None = None
    process: "subprocess.Popen[str] | None" = None

    @property
    def id(self) -> str:
        """Its name."""
        return self.folder.name

    @property
    def plan(self) -> Path:
        """Its plan. Raises `ImportNotReady` before there is one."""
        if self.facts is None:
            raise ImportNotReady
        return imports.plan_in(self.folder)

    def hear(self, done: int, total: int) -> None:
        """How far it is."""
        self.done, self.total = done, max(done, total)


class Jobs:
    """The imports in hand, the oldest first. Its threads are greenlets where the server has patched them."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._jobs: dict[str, Job] = {}

    def begin(self, kind: str, source: IO[bytes]) -> Job:
        """Put a file's bytes away and begin to read it as a list."""
        self._make_room()
        job = Job(kind, imports.new_folder(self._context.store))
        try:
            with (job.folder / SOURCE).open("wb") as target:
                shutil.copyfileobj(source, target)
        except BaseException:
            shutil.rmtree(job.folder)
            raise
        self._jobs[job.id] = job
        forgetting = Timer(_KEPT_S, self._forget, (job.id,))
        forgetting.daemon = True
        forgetting.start()
        Thread(target=self._read, args=(job,), daemon=True).start()
        return job

    def find(self, job_id: str) -> Job:
        """An import by its name. Raises `UnknownImport`."""
        if job_id not in self._jobs:
            raise UnknownImport
        return self._jobs[job_id]

    def current(self, kind: str) -> Job | None:
        """The newest import of a kind that is being written."""
        at_work = [job for job in self._jobs.values() if job.kind == kind and job.state == JobState.APPLYING]
        return at_work[-1] if at_work else None

    def apply(self, job_id: str, actor: str, *, strict: bool) -> Job:
        """Begin to take a list over. Raises `UnknownImport`, `ImportNotReady`, `ImportBusy`, `ListHasFaults`."""
        job = self.find(job_id)
        if job.state != JobState.READY or job.facts is None:
            raise ImportNotReady
        if any(other.state == JobState.APPLYING for other in self._jobs.values()):
            raise ImportBusy
        if strict and job.facts.faults:
            raise ListHasFaults(faults=job.facts.faults)
        job.state, job.done, job.total = JobState.APPLYING, 0, 0
        Thread(target=self._apply, args=(job, actor), daemon=True).start()
        return job

    def discard(self, job_id: str) -> None:
        """Put an import away. Raises `UnknownImport`; `ImportNotReady` while it is being taken over."""
        job = self.find(job_id)
        if job.state == JobState.APPLYING:
            raise ImportNotReady
        del self._jobs[job_id]
        if job.process is not None:
            job.process.kill()
        shutil.rmtree(job.folder, ignore_errors=True)

    def _forget(self, job_id: str) -> None:
        with suppress(UnknownImport, ImportNotReady):
            self.discard(job_id)

    def _make_room(self) -> None:
        idle = [job.id for job in self._jobs.values() if job.state != JobState.APPLYING]
        for job_id in idle[: max(0, len(self._jobs) - _KEPT + 1)]:
            self.discard(job_id)

    def _read(self, job: Job) -> None:
        try:
            with list_reading.begin(self._context.store.path, job.kind, job.folder) as process:
                job.process = process
                job.facts = list_reading.follow(process, job.folder, job.hear)
        except BadFile as refused:
            _fail(job, refused)
        else:
            job.state = JobState.READY
        finally:
            job.process = None

    def _apply(self, job: Job, actor: str) -> None:
        try:
            imports.apply(self._context.store, job.folder, actor, self._context.clock, job.hear)
        except LobbyError as refused:
            _fail(job, refused)
        except BaseException:
            _fail(job, LobbyError())
            raise
        else:
            job.state = JobState.DONE


def _fail(job: Job, error: LobbyError) -> None:
    """Nobody needs its folder any more."""
    shutil.rmtree(job.folder, ignore_errors=True)
    job.facts, job.error, job.state = None, error, JobState.FAILED
