"""Owns the folder `media/` of a store: which of its pictures and videos the displays show, and handing one out.

Only plain files of known kinds directly in the folder count, by name; hidden files, links and anything else do not.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

FOLDER = "media"
TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".avif": "image/avif",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".webm": "video/webm",
}
MOST = 200
"""So many are shown; a folder with more is a mistake."""


@dataclass(frozen=True, slots=True)
class Medium:
    """One picture or video. `changed`: when it was last written, in ns."""

    name: str
    media_type: str
    changed: int

    @property
    def kind(self) -> str:
        """`image` or `video`."""
        return self.media_type.partition("/")[0]

    def view(self) -> dict[str, str]:
        """As a display is told; the address changes with the file."""
        return {"name": self.name, "kind": self.kind, "url": f"/media/{quote(self.name, safe='')}?v={self.changed:x}"}


def shown(store_folder: Path) -> list[Medium]:
    """What the displays show, by name."""
    try:
        with os.scandir(store_folder / FOLDER) as entries:
            found = [medium for entry in entries if (medium := _medium(entry))]
    except OSError:
        return []
    return sorted(found, key=lambda medium: medium.name)[:MOST]


def find(store_folder: Path, name: str) -> Medium | None:
    """One of them by its exact name; anything else, paths included, is None."""
    return next((medium for medium in shown(store_folder) if medium.name == name), None)


def _medium(entry: "os.DirEntry[str]") -> Medium | None:
    media_type = TYPES.get(Path(entry.name).suffix.lower())
    if media_type is None or entry.name.startswith(".") or not _is_text(entry.name):
        return None
    if not entry.is_file(follow_symlinks=False):
        return None
    return Medium(entry.name, media_type, entry.stat(follow_symlinks=False).st_mtime_ns)


def _is_text(name: str) -> bool:
    """A name in some other encoding reaches Python with surrogates, which no address can carry."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
