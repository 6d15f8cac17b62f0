"""Owns the store's key: one random file beside the database, never in it, from which each purpose derives its own."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_BYTES = 32


def path_in(folder: Path) -> Path:
    """Where a data folder's key is."""
    return folder / "keys" / "store.key"


def is_key(path: Path) -> bool:
    """Whether a file holds a store's key."""
    return path.is_file() and path.stat().st_size == _BYTES


def install(folder: Path, source: Path, aside: Path) -> None:
    """Make a file the store's key; another one that was there is kept in the folder `aside`. Nothing may be running."""
    new, path = source.read_bytes(), path_in(folder)
    if load(folder) == new:
        return
    if path.exists():
        aside.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.replace(aside / path.name)
    _put(path, new)


def load(folder: Path) -> bytes | None:
    """The store's key; None where there is none, or only a damaged one. Makes nothing."""
    try:
        key = path_in(folder).read_bytes()
    except OSError:
        return None
    return key if len(key) == _BYTES else None


def load_or_create(folder: Path) -> bytes:
    """The store's 32-byte key in `keys/store.key` of the data folder, made at the first call, readable by its owner only.

    Raises `OSError` if it cannot be read or written, `ValueError` if the file has another length than a key.
    """
    path = path_in(folder)
    if not path.exists():
        with suppress(FileExistsError):  # another process was first
            _put(path, secrets.token_bytes(_BYTES))
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise ValueError(f"keys/store.key has {len(key)} bytes where a key has {_BYTES}")
    return key


def _put(path: Path, key: bytes) -> None:
    """Write a key under another name first, so that no crash leaves half of one. Raises `FileExistsError`."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft, name = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(draft, "wb") as file:
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    finally:
        Path(name).unlink()


def purpose_key(key: bytes, purpose: bytes) -> bytes:
    """32 bytes for one purpose; nobody who learns one of them learns the store's key or another's (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=b"lobbyline " + purpose).derive(key)
