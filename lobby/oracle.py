"""Owns the process that computes forecasts, so that no customer ever waits for one: jobs come in, answers go out.

`python -m lobby.oracle` reads jobs from its standard input and writes answers to its standard output; it ends when its
input does, and so with the server, however that ends.
"""

from collections.abc import Callable
from typing import Any

from counter.forecast import foresee
from counter.outlook import course, prospects, weigh
from counter.staffing import plan
from counter.whatif import compare
from lobby.pipe import answer_jobs
from lobby.replaying import play

JOBS: dict[str, Callable[..., Any]] = {
    job.__name__: job for job in (foresee, compare, prospects, weigh, course, plan, play)
}

if __name__ == "__main__":
    answer_jobs(JOBS)
