"""Owns the stage of a chain: PostgreSQL, head offices without their web, and a line to them without a net."""

import itertools
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from chain.dial import Refused, Signals
from chain.errors import UnreachableHeadOffice
from chain.leaving import leaving
from chain.mailbox import Deliver, OpenLine
from chain.office import migrating, stores
from chain.office.database import Database
from chain.office.desk import Desk
from chain.office.ingest import Ingest
from chain.session import Session
from db import chain, events
from db.chain import ChainLink
from db.store import Store
from lobby.tryout import LocalPostgres

PROGRAM = "0.1.0"
_numbers = itertools.count(1)


class Postgres:
    """A PostgreSQL whose databases are copies of one with the newest schema.

    As root it runs as somebody else, who may not look into the folders that pytest makes.
    """

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="lobbyline-")
        self.server = LocalPostgres(Path(self._folder) / "postgres")
        with psycopg.connect(self.server.url(), autocommit=True) as conn:
            conn.execute("CREATE DATABASE model")
        migrating.upgrade(self.server.url("model"))

    def close(self) -> None:
        self.server.kill()  # nobody needs what it would tidy up
        self.server.stop()
        shutil.rmtree(self._folder)

    def new_database(self) -> str:
        """The address of a head office's database in which nothing has happened yet."""
        name = f"office{next(_numbers)}"
        with psycopg.connect(self.server.url(), autocommit=True) as conn:
            conn.execute(f"CREATE DATABASE {name} TEMPLATE model")
        return self.server.url(name)


class Office:
    """A head office without its web: its desk answers lines that are calls. `hinted`: stores that were told of mail."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, 2)
        self.hinted: list[int] = []
        self.desk = Desk(self.database, Ingest(self.database), self.hinted.extend)

    def add_store(self, name: str = "浦东一店") -> str:
        with self.database.transaction() as conn:
            return stores.add(conn, name, "华东/上海")

    def close(self) -> None:
        self.database.close()


class Cable:
    """What lies between a store and its head office. `lose_question`, `lose_answer`: the next one is lost."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.lose_question = self.lose_answer = self.is_cut = False
        self.sent: list[tuple[str, str, Any]] = []

    def dial(self, link: ChainLink, _: Signals) -> "CableLine":
        if self.is_cut:
            raise UnreachableHeadOffice(url=link.url)
        with self.office.database.transaction() as conn:
            store_id = stores.by_token(conn, link.token)
        assert store_id is not None
        return CableLine(self, store_id, f"line {next(_numbers)}")


class CableLine:
    """One line over the cable; JSON goes over it as over a socket."""

    def __init__(self, cable: Cable, store_id: int, name: str) -> None:
        self._cable, self._store_id, self.name = cable, store_id, name

    def ask(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        cable = self._cable
        sent = json.loads(json.dumps(data))
        if cable.is_cut or cable.lose_question:
            cable.lose_question = False
            raise UnreachableHeadOffice(url="the cable")
        answer = cable.office.desk.answer(self._store_id, self.name, event, sent)
        cable.sent.append((self.name, event, sent))
        if cable.lose_answer:
            cable.lose_answer = False
            raise UnreachableHeadOffice(url="the cable")
        if "code" in answer:
            raise Refused(answer["code"], answer["text"])
        found: dict[str, Any] = json.loads(json.dumps(answer))
        return found

    def hang_up(self) -> None:
        """Nothing to do: the next line has another name."""


def nothing_to_do(mail: Any, _: OpenLine) -> Any:
    """For stores that are asked for nothing."""
    raise AssertionError(f"not expected: {mail}")


def session(store: Store, cable: Cable, clock: Callable[[], float], deliver: Deliver = nothing_to_do) -> Session:
    """An open line of a store, introduced; what the link does in its loop is done here step by step."""
    with store.read() as conn:
        link = chain.link(conn)
    assert link is not None
    signals = Signals()
    opened = Session(store, clock, cable.dial(link, signals), link, deliver, signals)
    opened.introduce(PROGRAM)
    return opened


def tell_all(opened: Session) -> None:
    """Everything that is in the journal now."""
    while opened.tell():
        pass


def told(office: Office, name: str = "浦东一店") -> list[tuple[Any, ...]]:
    """A store's journal at the head office, as it goes on through every restoring."""
    with office.database.transaction() as conn:
        rows = conn.execute(
            "SELECT DISTINCT ON (seq) seq, at, kind, ticket, counter, actor, rule, data FROM events"
            " JOIN stores ON stores.id = events.store WHERE name = %s AND seq <= acked"
            " ORDER BY seq, events.incarnation DESC",
            (name,),
        ).fetchall()
    return [tuple(row.values()) for row in rows]


def journal(store: Store) -> list[tuple[Any, ...]]:
    """A store's own journal, as it leaves the store."""
    with store.read() as conn:
        lines = events.after(conn, 0, 1_000_000)
    return [tuple(leaving(line, with_staff_names=False)) for line in lines]
