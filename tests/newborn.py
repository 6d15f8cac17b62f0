"""Owns new stores for tests: the schema is built once for a test process, and each store begins as a copy of that."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from db.store import Store


def new_store(folder: Path) -> Store:
    """An empty store with the newest schema, in a folder that is not there yet or empty."""
    shutil.copytree(_built(), folder, dirs_exist_ok=True)
    return Store(folder)


@cache
def _built() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    Store(folder).close()
    return folder
