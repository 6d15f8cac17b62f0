"""Owns on which line of a TOML text each key stands. Pure.

A statement of TOML is a TOML text of its own, so the parser itself says where one ends and which key it names.
"""

import tomllib
from collections.abc import Mapping
from typing import Any

Path = tuple[str, ...]

_ENDS = ('"""', "'''", "]", "}")
"""One of these closes a value of several lines."""

MOST_LINES_OF_ONE = 400
"""A longer value (nothing of ours is) keeps its key without a line rather than trying for ever."""


def lines_of(text: str) -> dict[Path, int]:
    """The line, from 1, of every key and table of a valid text, by its path."""
    found: dict[Path, int] = {}
    table: Path = ()
    statement: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        statement.append(line.rstrip("\r"))
        if len(statement) > MOST_LINES_OF_ONE:
            return found
        if len(statement) > 1 and not any(mark in line for mark in _ENDS):
            continue
        parsed = _parsed("\n".join(statement))
        if parsed is None:
            continue
        begins, is_table = number - len(statement) + 1, statement[0].lstrip().startswith("[")
        statement = []
        if parsed and is_table:
            table = _table(parsed)
            found.setdefault(table, begins)
        elif parsed:
            found.setdefault((*table, *parsed), begins)
    return found


def line_of(lines: Mapping[Path, int], path: Path) -> int | None:
    """The line of a key, or of the nearest table around it."""
    return next((lines[path[:depth]] for depth in range(len(path), 0, -1) if path[:depth] in lines), None)


def _parsed(statement: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return None


def _table(parsed: dict[str, Any]) -> Path:
    """The table that a heading names: the only key on each level."""
    ((key, value),) = parsed.items()
    return (key, *_table(value)) if isinstance(value, dict) and value else (key,)
