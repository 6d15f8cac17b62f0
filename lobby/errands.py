"""Owns what a table of the file of settings is: what of the store stands in it, and the commands that set it."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lobby.orders import Json

NONE = ""

Path = tuple[str, ...]
Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Errand:
    """A command with its arguments, and where in the file they stand: `at` all of them, `renamed` single ones.

    An argument that is renamed to nothing is the heading itself.
    """

    command: str
    arguments: Json
    at: Path = ()
    renamed: Mapping[str, str | None] = field(default_factory=dict)

    def place(self, fault: Path) -> Path:
        """Where in the file a fault's field stands; what is known by the file's own path is left as it is."""
        if not self.at:
            return fault
        first = self.renamed.get(fault[0], fault[0]) if fault else None
        inner = tuple(part for part in fault[1:] if part not in self.at)
        return (*self.at, *((first,) if first else ()), *inner)


@dataclass(frozen=True, slots=True)
class Section:
    """A table of the file: what of the store stands in it, and the errands that set it."""

    read: Callable[[sqlite3.Connection], Json]
    errands: Callable[[Given], Iterator[Errand]]


class NotATable(Exception):
    """Something else stands where a table belongs; `path` says where."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


def tables(given: Given, path: Path) -> Iterator[tuple[str, Given]]:
    """Every table within one. Raises `NotATable`."""
    for key, value in given.items():
        yield key, table(value, (*path, key))


def table(value: Any, path: Path) -> Given:
    """A table. Raises `NotATable`."""
    if not isinstance(value, dict):
        raise NotATable(path)
    return value


def whole(name: str, command: str) -> Callable[[Given], Iterator[Errand]]:
    """A table that is one command's arguments."""

    def errands(given: Given) -> Iterator[Errand]:
        yield Errand(command, dict(given), (name,))

    return errands


def each(name: str, command: str, key: str) -> Callable[[Given], Iterator[Errand]]:
    """A table of tables, each one command's arguments; `key` is the argument that names it."""

    def errands(given: Given) -> Iterator[Errand]:
        for code, values in tables(given, (name,)):
            yield Errand(command, {**values, key: code}, (name, code), {key: None})

    return errands


def or_none(value: Any) -> Any:
    """What stands in the file: an empty text for none."""
    return NONE if value is None else value


def given_of(value: Any) -> Any:
    """What a command takes for it."""
    return None if value == NONE else value
