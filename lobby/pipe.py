"""Owns the work a server gives to a process it started: jobs and answers as pickles, each after its length."""

import os
import pickle
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

NICENESS = 10
"""The lobby goes first."""

_LENGTH = struct.Struct("!Q")


def answer_jobs(jobs: Mapping[str, Callable[..., Any]]) -> None:
    """Be such a process: do what comes in, each by its name, until there is no more."""
    os.nice(NICENESS)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get among the answers
    while True:
        try:
            job, arguments = read(sys.stdin.buffer)
        except EOFError:
            return
        write(answers, _done(jobs[job], arguments))


def _done(job: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    """What the job returns, or the error that it ended with."""
    try:
        return job(*arguments)
    except Exception as error:  # noqa: BLE001 — it belongs to who asked
        return error


def write(stream: BinaryIO, thing: Any) -> None:
    """Send one thing."""
    content = pickle.dumps(thing)
    stream.write(_LENGTH.pack(len(content)) + content)
    stream.flush()


def read(stream: BinaryIO) -> Any:
    """Receive one thing. Raises `EOFError` at the end. Only from one's own parent or child."""
    [length] = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return pickle.loads(_exactly(stream, length))  # noqa: S301 — see above


def _exactly(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return content
