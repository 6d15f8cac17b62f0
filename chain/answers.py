"""Owns what mail answers when it is carried out, where pages rely on that."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from chain.protocol import LARGEST_COPY, Kind, Shape, unpacked
from db.words import Names


class SettingsCopy(Shape):
    """A store's file of settings; packed on the line, a text here."""

    toml: Annotated[str, Field(max_length=LARGEST_COPY), AfterValidator(lambda text: unpacked(text).decode())]


class SettingChange(Shape):
    """One setting, as it is in the store and as a file has it."""

    what: Names
    before: Names
    after: Names


class SettingChanges(Shape):
    """What a file of settings has changed, or would change; `seen` names just these changes."""

    changes: list[SettingChange]
    seen: str


class MemberCounts(Shape):
    """How many members a list adds, changes, leaves as they are and ends, and how many of its values are faulty."""

    added: int
    changed: int
    unchanged: int
    ended: int
    faults: int


class ListFault(Shape):
    """Where a list is faulty and why, without what stands there: a text of the catalogue, and what fills its places."""

    line: int
    column: str
    text: str
    values: dict[str, str]


class MemberChanges(Shape):
    """What a list of members has changed, or would change: then with its first faults, and `seen` that names it all."""

    counts: MemberCounts
    faults: list[ListFault] = Field(default_factory=list)
    seen: str | None = None


RESULTS: Mapping[str, type[Shape]] = {
    Kind.SETTINGS: SettingChanges,
    Kind.SETTINGS_COPY: SettingsCopy,
    Kind.MEMBERS: MemberChanges,
}
