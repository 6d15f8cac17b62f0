"""Fixtures every test may use: a store of its own in a temporary folder, a clock that stands still."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lobby_stage import Stage

from db.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database with the newest schema."""
    opened = Store(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def stage(store: Store) -> Stage:
    """The sample store at ten on a Saturday morning, with a small cast."""
    return Stage(store)
