"""Owns the process that computes forecasts, so that no customer ever waits for one: jobs come in, answers go out.

`python -m lobby.oracle` reads jobs from its standard input and writes answers to its standard output; it ends when its
input does, and so with the server, however that ends.
"""

import os
import sys
from collections.abc import Callable
from typing import Any

from counter.forecast import foresee
from counter.outlook import course, prospects, weigh
from counter.whatif import compare
from lobby import pipe

NICENESS = 10
"""The lobby goes first."""

JOBS: dict[str, Callable[..., Any]] = {
    "foresee": foresee,
    "compare": compare,
    "prospects": prospects,
    "weigh": weigh,
    "course": course,
}


def main() -> None:
    """Answer jobs until there are no more."""
    os.nice(NICENESS)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    while True:
        try:
            job, arguments = pipe.read(sys.stdin.buffer)
        except EOFError:
            return
        pipe.write(answers, _done(job, arguments))


def _done(job: str, arguments: tuple[Any, ...]) -> Any:
    """What the job returns, or the error that it ended with."""
    try:
        return JOBS[job](*arguments)
    except Exception as error:  # noqa: BLE001 — it belongs to who asked
        return error


if __name__ == "__main__":
    main()
