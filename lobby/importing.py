"""Owns the import command: a list is read, shown, taken over, in the store's folder or by the server that has it."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import click
import httpx

from db import plans
from db.errors import LobbyError, ServerRunning
from db.plans import Change, Fault
from db.store import Store, opened
from db.words import Message
from kiosk import headings, imports
from kiosk.fault_sheet import sheet
from kiosk.lists import Report
from lobby import sample, texts
from lobby.certificate import trust
from lobby.clock import Clock

Json = dict[str, Any]

COUNTS = ("added", "changed", "unchanged", "ended")
_SHOWN = 50
"""Of each kind of change, so many are printed by a dry run."""
_PAGE = 200
_LOOK_S = 0.2
_BAR_AFTER_S = 0.5
_SIGNS = {"added": "+", "changed": "~", "ended": "-"}
_SUMMARY = Message("summary", "{added} added, {changed} changed, {unchanged} unchanged, {ended} ended, {faults} faults")
_AT = Message("fault_at", "line {line}, {column} “{value}”: {reason}")
_MORE = Message("more", "… and {n} more")
_READING, _WRITING = Message("reading", "Reading"), Message("writing", "Taking over")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `lang` None: the terminal's language."""

    kind: str
    file: Path
    dry_run: bool = False
    strict: bool = False
    fault_file: Path | None = None
    lang: str | None = None
    as_json: bool = False

    @property
    def language(self) -> str:
        """The reader's language."""
        return self.lang or texts.of_terminal()

    def say(self, said: Message) -> str:
        """A message in it."""
        return texts.say(said, self.language)

    def label(self, column: str) -> str:
        """What a column is called in it."""
        return headings.WORDS.get(column, column).split()[0] if self.language == "zh" else column

    def refusal(self, refused: LobbyError) -> str:
        """An error in it."""
        return texts.say(refused, self.language)


class Desk(Protocol):
    """Where a list is read and taken over."""

    def read(self, kind: str, data: bytes, report: Report) -> Json:
        """Read and compare; what it comes to."""

    def changes(self, kind: str) -> list[Change]:
        """The first changes of a kind."""

    def faults(self) -> Iterator[Fault]:
        """Every fault."""

    def apply(self, report: Report) -> None:
        """Write it."""


def run(wish: Wish, data: Path, control: Callable[[], Json]) -> int:
    """Do what was asked for and print it; how many faults there are. Raises `LobbyError`, `OSError`."""
    content = wish.file.read_bytes()
    with _desk(data, control) as desk:
        with _bar(wish, _READING) as report:
            facts = desk.read(wish.kind, content, report)
        faults = list(desk.faults())
        if wish.fault_file:
            wish.fault_file.write_bytes(sheet(faults, wish.say))
        if wish.dry_run and not wish.as_json:
            _print_changes(wish, desk, facts)
        if not wish.dry_run and not (wish.strict and faults):
            with _bar(wish, _WRITING) as report:
                desk.apply(report)
    _print(wish, facts, faults)
    return len(faults)


def _print(wish: Wish, facts: Json, faults: list[Fault]) -> None:
    if wish.as_json:
        said = [{"line": f.line, "column": f.column, "value": f.value, "reason": wish.say(f.why)} for f in faults]
        click.echo(json.dumps({**{key: facts[key] for key in COUNTS}, "faults": said}, ensure_ascii=False))
        return
    for f in faults:
        places = {"line": f.line, "column": f.heading, "value": f.value, "reason": wish.say(f.why)}
        click.echo(wish.say(Message(_AT.code, _AT.text, places)), err=True)
    click.echo(wish.say(Message(_SUMMARY.code, _SUMMARY.text, {**facts, "faults": len(faults)})))


def _print_changes(wish: Wish, desk: Desk, facts: Json) -> None:
    for kind, sign in _SIGNS.items():
        shown = desk.changes(kind)[:_SHOWN]
        for change in shown:
            different = change.shown.get("fields", [])
            fields = ", ".join(f"{wish.label(name)} {old} → {new}" for name, old, new in different)
            click.echo(f"{sign} {change.key} {change.name} {fields}".rstrip())
        if facts[kind] > len(shown):
            click.echo("  " + wish.say(Message(_MORE.code, _MORE.text, {"n": facts[kind] - len(shown)})))


@contextmanager
def _bar(wish: Wish, label: Message) -> Iterator[Report]:
    """A bar on the standard error, from when it is clear that it takes a while."""
    begun = time.monotonic()
    with click.progressbar(length=1, label=wish.say(label), file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def report(done: int, total: int) -> None:
            bar.length = max(total, 1)
            if time.monotonic() - begun > _BAR_AFTER_S:
                bar.update(done - bar.pos)

        yield report


@contextmanager
def _desk(data: Path, control: Callable[[], Json]) -> Iterator[Desk]:
    try:
        store = opened(data)
    except ServerRunning:
        with _ThereDesk.of(control()) as there:
            yield there
        return
    try:
        clock = Clock()
        store.write(lambda conn: sample.create_if_new(conn, clock()))
        imports.resume(store, clock)
        with imports.workspace(store) as folder:
            yield _HereDesk(store, folder, clock)
    finally:
        store.close()


class _HereDesk:
    """In the store's own folder."""

    def __init__(self, store: Store, folder: Path, clock: Callable[[], float]) -> None:
        self._store, self._folder, self._clock = store, folder, clock

    def read(self, kind: str, data: bytes, report: Report) -> Json:
        with self._store.read() as conn:
            facts = imports.prepare(conn, kind, data, self._folder, report)
        return {**facts.counts}

    def changes(self, kind: str) -> list[Change]:
        return plans.changes(imports.plan_in(self._folder), kind, 0, _SHOWN)

    def faults(self) -> Iterator[Fault]:
        yield from plans.faults(imports.plan_in(self._folder))

    def apply(self, report: Report) -> None:
        imports.apply(self._store, self._folder, "command", self._clock, report)


class _ThereDesk:
    """With the server that has the store open."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._path = ""

    @classmethod
    @contextmanager
    def of(cls, control: Json) -> Iterator["_ThereDesk"]:
        headers = {"Authorization": f"Bearer {control['token']}"}
        url = f"{control['url']}/api/v1"
        with httpx.Client(
            base_url=url, headers=headers, timeout=120, trust_env=False, verify=trust(control.get("certificate"))
        ) as client:
            there = cls(client)
            try:
                yield there
            finally:
                there.close()

    def read(self, kind: str, data: bytes, report: Report) -> Json:
        octets = {"Content-Type": "application/octet-stream"}
        begun = self._ask("POST", f"/imports?kind={kind}", content=data, headers=octets)
        self._path = f"/imports/{begun['id']}"
        return self._follow("reading", report)

    def changes(self, kind: str) -> list[Change]:
        found = self._ask("GET", f"{self._path}/changes?kind={kind}")["changes"]
        return [Change(kind, change["key"], change["name"], change) for change in found]

    def faults(self) -> Iterator[Fault]:
        offset = 0
        while page := self._ask("GET", f"{self._path}/faults?offset={offset}")["faults"]:
            offset += len(page)
            yield from (Fault(why=Message(**fault.pop("reason")), **fault) for fault in page)

    def apply(self, report: Report) -> None:
        self._ask("POST", f"{self._path}/apply", json={})
        self._follow("applying", report)

    def close(self) -> None:
        """Have it put away: it holds names and phone numbers."""
        if self._path:
            self._client.delete(self._path)

    def _follow(self, state: str, report: Report) -> Json:
        while (job := self._ask("GET", self._path))["state"] == state:
            report(job["done"], job["total"])
            time.sleep(_LOOK_S)
        if job["error"]:
            raise _RefusedThere(job["error"])
        return job

    def _ask(self, method: str, path: str, **sent: Any) -> Json:
        try:
            answer = self._client.request(method, path, **sent)
            body: Json = answer.json()
        except (httpx.TransportError, ValueError):
            raise OSError("the server that has this store does not answer. Stop it and try again.") from None
        if answer.is_error:
            raise _RefusedThere(body)
        return body


class _RefusedThere(LobbyError):
    """What the server refused, to be said like an error of ours."""

    def __init__(self, said: Json) -> None:
        self.code, self.text = said["code"], said["text"]
        super().__init__(**said["values"])
