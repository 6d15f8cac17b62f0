"""Owns the store's key: one random file beside the database, never in it, from which each purpose derives its own."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_BYTES = 32


def load_or_create(folder: Path) -> bytes:
    """The store's 32-byte key in `keys/store.key` of the data folder, made at the first call, readable by its owner only.

    Raises `OSError` if it cannot be read or written, `ValueError` if the file has another length than a key.
    """
    path = folder / "keys" / "store.key"
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise ValueError(f"keys/store.key has {len(key)} bytes where a key has {_BYTES}")
    return key


def _make(path: Path) -> None:
    """Write a key under another name first, so that no crash leaves half of one."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(draft, "wb") as file:
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):  # another process was first
        os.link(name, path)
    Path(name).unlink()


def purpose_key(key: bytes, purpose: bytes) -> bytes:
    """32 bytes for one purpose; nobody who learns one of them learns the store's key or another's (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=b"lobbyline " + purpose).derive(key)
