"""Tests the store's key: made once, its owner's alone, a key of its own for each purpose."""

from pathlib import Path

import pytest

from db import keys


def test_a_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    first = keys.load_or_create(tmp_path)
    assert len(first) == 32
    assert keys.load_or_create(tmp_path) == first
    assert (tmp_path / "keys" / "store.key").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_key_is_refused_and_left_alone(tmp_path: Path) -> None:
    keys.load_or_create(tmp_path)
    path = tmp_path / "keys" / "store.key"
    path.write_bytes(b"short")
    with pytest.raises(ValueError, match="5 bytes"):
        keys.load_or_create(tmp_path)
    assert path.read_bytes() == b"short"


def test_each_purpose_has_a_key_of_its_own(tmp_path: Path) -> None:
    key = keys.load_or_create(tmp_path)
    assert keys.purpose_key(key, b"phones") == keys.purpose_key(key, b"phones")
    assert len({key, keys.purpose_key(key, b"phones"), keys.purpose_key(key, b"totp")}) == 3
