"""Fixtures every test may use: a store of its own, a clock that stands still, a browser, a head office."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from browsing import Make, screens
from chain_stage import Office, Postgres
from lobby_stage import Stage
from newborn import new_store
from playwright.sync_api import Browser

from bench.chromium import browser
from db.store import Store


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers take longest: begun first, none of their files is left over at the end with nothing beside it."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database with the newest schema."""
    opened = new_store(tmp_path / "store")
    yield opened
    opened.close()


@pytest.fixture
def stage(store: Store) -> Stage:
    """The sample store at ten on a Saturday morning, with a small cast."""
    return Stage(store)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL for the head offices of all tests, each of which has a database of its own."""
    with closing(Postgres()) as started:
        yield started


@pytest.fixture
def office(postgres: Postgres) -> Iterator[Office]:
    """A head office without its web, in which nothing has happened yet."""
    with closing(Office(postgres.new_database())) as opened:
        yield opened


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a file."""
    with browser() as started:
        yield started


@pytest.fixture
def screen(chromium: Browser) -> Iterator[Make]:
    """Makes screens; each must have had nothing to complain of when the test ends."""
    with screens(chromium) as make:
        yield make
