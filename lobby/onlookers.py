"""Owns noticing that others who use the machine can look into a store's folder."""

import stat
from collections.abc import Iterator
from pathlib import Path

from db.store import OTHERS
from db.words import Message


def told(folder: Path) -> Iterator[tuple[Message, Message]]:
    """What the doctor says of that, and the way out. What lies in a closed folder is closed too."""
    if stat.S_IMODE(folder.stat().st_mode) & OTHERS:
        where: dict[str, object] = {"folder": folder}
        said = Message("open_to_others", "Other users of this machine can look into the folder {folder}.", where)
        yield said, Message("close_to_others", "Its owner starts the server anew, or runs: chmod 700 {folder}", where)
