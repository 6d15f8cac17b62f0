"""Owns the store's key: one random file beside the database, never in it, from which each purpose derives its own."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_BYTES = 32


def path_in(folder: Path) -> Path:
    """Where a data folder's key is."""
    return folder / "keys" / "store.key"


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
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != _BYTES:
            raise ValueError(f"keys/store.key has {len(key)} bytes where a key has {_BYTES}") from None
        return key
    key = secrets.token_bytes(_BYTES)
    with os.fdopen(handle, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    return key


def purpose_key(key: bytes, purpose: bytes) -> bytes:
    """32 bytes for one purpose; nobody who learns one of them learns the store's key or another's (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=_BYTES, salt=None, info=b"lobbyline " + purpose).derive(key)
