"""Owns the file of settings: a store's whole set-up as one TOML text, out and in.

Taking a file over is carrying out the commands it stands for, in one transaction and so as one change that is undone
like any other. A preview does the same and takes it all back. What is refused is said with its line and key.
"""

import hashlib
import re
import sqlite3
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Annotated, Any

import tomli_w
from pydantic import PrivateAttr, StringConstraints, ValidationError

from counter.faults import UnsoundSettings
from counter.web import Body, Context
from db import calendar, setting_rows, settings
from db.connection import rehearsal, transaction
from db.errors import LobbyError
from db.people_records import Role
from lobby import file_layout, problems, sound
from lobby.change_words import Line, Words
from lobby.errands import Errand, NotATable, Path, table
from lobby.file_sections import SECTIONS
from lobby.layout_sections import layout_errand, rule_errand
from lobby.orders import Command, Json, Order
from lobby.toml_lines import line_of, lines_of

FORMAT = 1
LARGEST = 2 * 1024 * 1024
_FORMAT_KEY = "format"
_PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
_HEADING = """\
# Lobbyline · {store}
# 营业厅的全部设置，导出于 {at}。可在任何一家营业厅的“设置文件”页导入；没有写的项目保持不变，空文本表示“无”。
# 文件里没有的业务和柜台不会被删除或停用；要停用业务，请写 retired = true。
# 不含员工与 PIN、设备与令牌、打印机、预警推送地址与密钥、会员、预约和号票。
# The whole set-up of a store, written at {at}. What is absent stays as it is; an empty text means none.
# Services and counters that are not in the file are neither removed nor retired; retired = true retires a service.
# Not in it: staff and PINs, devices and their tokens, printers, the address and secret alerts are sent with, members,
# bookings, tickets.
"""

_Read = tuple[Json, dict[Path, int]]
Known = Mapping[str, Command[Any]]


class LargeSettingsFile(LobbyError):
    """More than any settings need."""

    code, status, field = "large_settings_file", 413, "text"
    text = "A file of settings has at most {megabytes} MB. Nothing was changed."


class NotToml(LobbyError):
    """A file that cannot be read as TOML."""

    code, status, field = "not_toml", 422, "text"
    text = "This is not valid TOML at line {line}, column {column}. Nothing was changed."


class UnreadableToml(LobbyError):
    """A file that ends in the middle, or goes too far."""

    code, status, field = "unreadable_toml", 422, "text"
    text = "This cannot be read as TOML; perhaps something is not closed at the end. Nothing was changed."


class NoSettingsFile(LobbyError):
    """TOML of something else."""

    code, status, field = "no_settings_file", 422, "format"
    text = "This is no file of settings: it does not begin with format = {format}. Nothing was changed."


class OtherFormat(LobbyError):
    """A file of another version."""

    code, status, field = "other_format", 422, "format"
    text = "This file has format {given}; this program reads format {format}. Nothing was changed."


class SettingsMovedOn(LobbyError):
    """What was looked at is not what would be changed now."""

    code, status = "settings_moved_on", 409
    text = "Settings have changed since this preview. Look at the file again; nothing was changed."


class FileFault(LobbyError):
    """One thing that cannot stand in the file; `field` says where, such as `line 12: rule.fair_after`."""

    code, status = "file_fault", 422

    def __init__(self, line: int | None, key: str, text: str, attrs: Mapping[str, object]) -> None:
        self.text = text
        super().__init__(**attrs)
        self.line = line or 0
        self.field = f"line {line}: {key}" if line else key


class BadSettingsFile(LobbyError):
    """Everything that keeps a file from being taken over, from its first line to its last."""

    code, status = "bad_settings_file", 422
    text = "Nothing was changed. Faults in the file: {count}."

    def __init__(self, faults: Sequence[FileFault]) -> None:
        super().__init__(count=len(faults))
        in_order = sorted(faults, key=lambda fault: fault.line)
        self.faults = tuple(in_order)


@dataclass(frozen=True, slots=True)
class _Step:
    """A command that is ready to be carried out."""

    errand: Errand
    command: Command[Any]
    body: Body


class Import(Body):
    """A file to take over. `dry_run` changes nothing; `seen` is the `seen` of the preview that somebody agreed to."""

    text: Annotated[str, StringConstraints(strip_whitespace=False)]
    dry_run: bool = False
    seen: str | None = None
    _steps: tuple[_Step, ...] = PrivateAttr(default=())
    _lines: dict[Path, int] = PrivateAttr(default_factory=dict)
    _found: list[FileFault] = PrivateAttr(default_factory=list)

    def prepare(self, context: Context, known: Known) -> "Import":
        """Read the file before the transaction. Raises what `_parsed` does, and `LargeSettingsFile`."""
        if len(self.text) > LARGEST:
            raise LargeSettingsFile(megabytes=LARGEST // 2**20)
        read: _Read | LobbyError = context.off_loop(lambda: _read(self.text))
        if isinstance(read, LobbyError):
            raise read
        given, self._lines = read
        self._steps = tuple(self._ready(context, known, given))
        return self

    def _ready(self, context: Context, known: Known, given: Json) -> Iterator[_Step]:
        for errand in self._errands(given):
            command = known[errand.command]
            try:
                body = command.prepare(context, command.body.model_validate(errand.arguments))
                yield _Step(errand, command, body)
            except ValidationError as invalid:
                for one in invalid.errors():
                    self._refuse(errand.place(tuple(map(str, one["loc"]))), problems.said_of(one["type"]))
            except LobbyError as refused:
                self._refuse_errand(errand, refused)

    def _errands(self, given: Json) -> Iterator[Errand]:
        yield from self._of_the_whole(layout_errand, given)
        for name, value in given.items():
            if name not in SECTIONS:
                self._refuse((name,), problems.said_of("extra_forbidden"))
                continue
            try:
                yield from SECTIONS[name].errands(table(value, (name,)))
            except NotATable as wrong:
                self._refuse(wrong.path, problems.said_of("other"))
        yield from self._of_the_whole(rule_errand, given)

    def _of_the_whole(self, errand: Callable[[Json], Errand | None], given: Json) -> Iterator[Errand]:
        try:
            found = errand(given)
        except NotATable as wrong:
            self._refuse(wrong.path, problems.said_of("other"))
        else:
            yield from () if found is None else (found,)

    def carry_out(self, conn: sqlite3.Connection, order: Order) -> None:
        """Do everything that the file says. Raises `BadSettingsFile` with everything that is wrong."""
        try:
            with sound.kept(conn):
                self._take_steps(conn, order)
        except UnsoundSettings as unsound:
            for fault in unsound.faults:
                self._refuse(tuple((fault.field or "").split(".")), fault.text, fault.attrs)
        if self._found:
            raise BadSettingsFile(self._found)

    def _take_steps(self, conn: sqlite3.Connection, order: Order) -> None:
        for step in self._steps:
            try:
                with transaction(conn):
                    step.command.run(conn, order, step.body)
            except LobbyError as refused:
                self._refuse_errand(step.errand, refused)

    def _refuse_errand(self, errand: Errand, refused: LobbyError) -> None:
        for one in refused.faults or (refused,):
            field = tuple(one.field.split(".")) if one.field else ()
            self._refuse(errand.place(field), one.text, one.attrs)

    def _refuse(self, path: Path, text: str, attrs: Mapping[str, object] = MappingProxyType({})) -> None:
        fault = FileFault(line_of(self._lines, path), ".".join(path), text, attrs)
        if (fault.field, str(fault)) not in {(one.field, str(one)) for one in self._found}:
            self._found.append(fault)


def exported(conn: sqlite3.Connection) -> Json:
    """The whole set-up as it stands in the file."""
    return {_FORMAT_KEY: FORMAT, **{name: _tidy(section.read(conn)) for name, section in SECTIONS.items()}}


def _tidy(value: Any) -> Any:
    """A whole number without a fraction, however it is stored."""
    if isinstance(value, dict):
        return {key: _tidy(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_tidy(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _export(conn: sqlite3.Connection, order: Order, _: Body) -> Json:
    store = settings.load(conn)
    stamp = calendar.stamp(order.context.clock(), store) or ""
    name = " ".join(f"{store.name.zh} {store.name.en}".split())  # one line, whatever it holds
    heading = _HEADING.format(store=name, at=f"{stamp[:10]} {stamp[11:16]}")
    text = tomli_w.dumps(exported(conn), multiline_strings=True)
    return {"toml": f"{heading}\n{text}", "name": f"lobbyline-settings-{stamp[:10]}.toml"}


def _read(text: str) -> _Read | LobbyError:
    """What stands in the file and on which lines, or why it is none; nothing may be raised off the loop."""
    plain = text.removeprefix("\ufeff")
    try:
        return _parsed(plain), lines_of(plain)
    except LobbyError as refused:
        return refused


def _parsed(text: str) -> Json:
    """Raises `NotToml`, `UnreadableToml`, `NoSettingsFile`, `OtherFormat`."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        place = _PLACE.search(str(wrong))
        raise (NotToml(line=int(place[1]), column=int(place[2])) if place else UnreadableToml()) from None
    except (RecursionError, ValueError):  # too deep; a number of thousands of digits
        raise UnreadableToml from None
    if _FORMAT_KEY not in given:
        raise NoSettingsFile(format=FORMAT)
    version = given.pop(_FORMAT_KEY)
    if version != FORMAT or isinstance(version, bool):
        raise OtherFormat(given=str(version)[:20], format=FORMAT)
    return given


def _import(conn: sqlite3.Connection, order: Order, body: Import) -> Json:
    """{changed, changes, seen}; each of `changes` is {what, before, after}, names in both languages."""
    order.require_at_least(Role.ADMIN)
    with rehearsal(conn) if body.dry_run else transaction(conn):
        lines = _carried_out(conn, order, body)
    seen = _digest(lines)
    if body.seen is not None and body.seen != seen:
        raise SettingsMovedOn
    return {
        "changed": bool(lines) and not body.dry_run,
        "changes": [asdict(line) for line in lines],
        "seen": seen,
    }


def _carried_out(conn: sqlite3.Connection, order: Order, body: Import) -> list[Line]:
    """What has changed, in words. Raises `BadSettingsFile`."""
    before = setting_rows.snapshot(conn)
    body.carry_out(conn, order)
    return Words(conn).lines(setting_rows.differences(before, setting_rows.snapshot(conn)))


def _digest(lines: Sequence[Line]) -> str:
    said = "\n".join(f"{line.what.en}\t{line.before.en}\t{line.after.en}" for line in lines)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def commands(known: Known) -> dict[str, Command[Any]]:
    """The two commands; a file may hold what the `known` ones set."""
    of_the_file = {**known, **file_layout.COMMANDS}
    return {
        "settings-export": Command(Body, _export),
        "settings-import": Command(Import, _import, lambda context, body: body.prepare(context, of_the_file)),
    }
