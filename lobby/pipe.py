"""Owns passing things between a server and the process it started: pickles, each after its length."""

import pickle
import struct
from typing import Any, BinaryIO

_LENGTH = struct.Struct("!Q")


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
