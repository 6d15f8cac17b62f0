"""Owns the process that reads a list beside the server: the lobby's own process has its hands free for calls.

Usage: python -m kiosk.import_process DATABASE KIND FOLDER. It reads FOLDER/source, writes the plan beside it,
and prints a line of JSON whenever it knows more: {"done", "total"}, or at last {"refused", "attrs"}.
"""

import json
import resource
import sys
from contextlib import closing
from pathlib import Path

from db.connection import open_reader, snapshot
from kiosk import imports
from kiosk.errors import BadFile, FileTooLarge

SOURCE = "source"
_MEMORY = 2 * 1024**3
_TIME_S = 300


def main() -> None:
    """Read one list within a fixed measure of memory and computing time."""
    database, kind, folder = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_TIME_S, _TIME_S))
    try:
        _prepare(Path(database), kind, Path(folder))
    except BadFile as refused:
        _say({"refused": type(refused).__name__, "attrs": refused.attrs})
    except MemoryError:
        _say({"refused": FileTooLarge.__name__, "attrs": {}})


def _prepare(database: Path, kind: str, folder: Path) -> None:
    data = (folder / SOURCE).read_bytes()
    (folder / SOURCE).unlink()
    with closing(open_reader(database)) as conn, snapshot(conn):
        imports.prepare(conn, kind, data, folder, lambda done, total: _say({"done": done, "total": total}))


def _say(line: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(line, default=str) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
