"""Owns new stores for tests: the schema is built once for a test process, and each store begins as a copy of that."""

import atexit
import shutil
import tempfile
import time
from functools import cache
from pathlib import Path

from db.store import Store
from lobby import sample


def new_store(folder: Path) -> Store:
    """An empty store with the newest schema, in a folder that is not there yet or empty."""
    shutil.copytree(_built(), folder, dirs_exist_ok=True)
    return Store(folder)


def sample_store(folder: Path) -> Path:
    """The folder of the sample store as its first start leaves it, with nothing running on it."""
    store = new_store(folder)
    store.write(lambda conn: sample.create_if_new(conn, time.time()))
    store.close()
    return folder


@cache
def _built() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    Store(folder).close()
    return folder
