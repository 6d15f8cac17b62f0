"""Owns rows as they were: an image of a row is those of its columns that a change is kept of; giving a row an image back."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Image = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a table: the columns that name a row, and those of its image."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]

    @property
    def _where(self) -> str:
        return " AND ".join(f"{column} = ?" for column in self.key)

    def image(self, conn: sqlite3.Connection, key: Sequence[Any]) -> Image | None:
        """A row as it is; None where there is none."""
        selected = ", ".join(self.columns) or "1"
        found = conn.execute(f"SELECT {selected} FROM {self.table} WHERE {self._where}", tuple(key)).fetchone()
        return None if found is None else dict(zip(self.columns, found, strict=False))

    def everyone(self, conn: sqlite3.Connection) -> dict[tuple[Any, ...], Image]:
        """Every row as it is, by its key."""
        width = len(self.key)
        rows = conn.execute(f"SELECT {', '.join((*self.key, *self.columns))} FROM {self.table}")
        return {tuple(row)[:width]: dict(zip(self.columns, tuple(row)[width:], strict=True)) for row in rows}

    def update(self, conn: sqlite3.Connection, key: Sequence[Any], image: Image) -> bool:
        """Give a row an image; false where there is no such row."""
        columns = [column for column in self.columns if column in image]
        if not columns:
            return True
        statement = f"UPDATE {self.table} SET {', '.join(f'{column} = ?' for column in columns)} WHERE {self._where}"
        return conn.execute(statement, (*(image[column] for column in columns), *key)).rowcount == 1

    def insert(self, conn: sqlite3.Connection, key: Sequence[Any], image: Image) -> None:
        """A new row of this image; its other columns are as the schema says."""
        values = dict(zip(self.key, key, strict=True)) | image
        places = ", ".join("?" * len(values))
        conn.execute(f"INSERT INTO {self.table} ({', '.join(values)}) VALUES ({places})", tuple(values.values()))

    def delete(self, conn: sqlite3.Connection, key: Sequence[Any]) -> None:
        """Take a row away. The database refuses where another one names it."""
        conn.execute(f"DELETE FROM {self.table} WHERE {self._where}", tuple(key))
