"""A store and its head office over a line that fails in every way: nothing is lost, doubled, or merged silently."""

import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from chain_stage import Cable, Office, Postgres, journal, session, tell_all, told
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from lobby_stage import MINUTE, TEN, Stage
from newborn import new_store

from chain.answers import MemberCounts
from chain.dial import Refused
from chain.errors import JournalParted, UnreachableHeadOffice
from chain.mailbox import OpenLine
from chain.office import ingest, mail, stores, wall
from chain.protocol import Batch, Kind, Mail
from db import chain, events
from db.disk import CannotWrite
from db.errors import LobbyError
from db.event_records import EventKind
from db.store import Store
from lobby import sample

PUDONG = "浦东一店"


@pytest.fixture
def cable(office: Office) -> Cable:
    return Cable(office)


@pytest.fixture
def joined(office: Office, tmp_path: Path) -> Iterator[Stage]:
    """A stage whose store belongs to the chain, and may be put back to a backup."""
    stage = Stage(new_store(tmp_path / "store"))
    join(stage.store, office.add_store())
    yield stage
    stage.store.close()


def join(store: Store, token: str) -> None:
    store.write(lambda conn: chain.join(conn, "http://127.0.0.1", token, None, TEN, staff_names=False))


def busy(stage: Stage, customers: int = 3) -> None:
    """Some customers come, are called and served."""
    with stage.store.read() as conn:
        is_open = conn.execute("SELECT 1 FROM counters WHERE number = 4 AND state <> 'closed'").fetchone()
    if not is_open:
        stage.open(4, stage.lin)
    for _ in range(customers):
        stage.issue()
        stage.call(4, stage.lin)
        stage.serve(4, stage.lin)


def test_what_happened_in_the_store_stands_at_the_head_office_row_by_row(joined: Stage, cable: Cable) -> None:
    busy(joined)
    line = session(joined.store, cable, lambda: joined.now)
    tell_all(line)
    busy(joined)
    tell_all(line)
    assert told(cable.office) == journal(joined.store)
    assert len(told(cable.office)) > 24


def test_the_wall_shows_the_moment_that_was_told(joined: Stage, cable: Cable) -> None:
    joined.open(4, joined.lin)
    called = joined.issue().ticket
    joined.call(4, joined.lin)
    joined.issue()
    joined.later(12)
    tell_all(session(joined.store, cable, lambda: joined.now))
    with cable.office.database.transaction() as conn:
        [row] = wall.every_row(conn)
    assert (row["standing"], row["behind"], row["is_silent"]) == ("joined", 0, False)
    moment = row["moment"]
    assert (moment["waiting"], moment["longest_s"], moment["counters_open"]) == (1, 12 * MINUTE, 1)
    assert (moment["last_call"]["number"], moment["last_call"]["counter"]) == (called.number, 4)


def test_a_batch_that_comes_twice_is_taken_once(joined: Stage, cable: Cable) -> None:
    busy(joined)
    line = session(joined.store, cable, lambda: joined.now)
    tell_all(line)
    [(name, _, first), *_] = [sent for sent in cable.sent if sent[1] == "push"]
    before = told(cable.office)
    answer = cable.office.desk.answer(1, name, "push", first)
    assert answer["acked"] == before[-1][0]
    assert told(cable.office) == before


def test_a_batch_with_a_gap_is_refused_whole(joined: Stage, cable: Cable) -> None:
    busy(joined)
    session(joined.store, cable, lambda: joined.now)
    lines = [list(line) for line in journal(joined.store)]
    batch = {"incarnation": 1, "newest": lines[-1][0], "lines": [*lines[:2], lines[3]]}
    [(name, *_)] = [sent for sent in cable.sent if sent[1] == "hello"]
    assert cable.office.desk.answer(1, name, "push", batch)["code"] == "journal_gap"
    assert told(cable.office) == []


def test_a_line_that_another_has_replaced_tells_nothing_more(joined: Stage, cable: Cable) -> None:
    old = session(joined.store, cable, lambda: joined.now)
    new = session(joined.store, cable, lambda: joined.now)
    busy(joined)
    with pytest.raises(Refused, match="taken over"):
        tell_all(old)
    tell_all(new)
    assert told(cable.office) == journal(joined.store)


def test_a_store_restored_from_an_older_backup_is_seen_and_never_merged(
    joined: Stage, cable: Cable, tmp_path: Path
) -> None:
    """The store goes back, and on from there: both lives have lines of the same numbers."""
    busy(joined)
    tell_all(session(joined.store, cable, lambda: joined.now))
    common = told(cable.office)[-1][0]
    backup = tmp_path / "backup"
    _copy(joined.store, backup)
    busy(joined, 2)
    tell_all(session(joined.store, cable, lambda: joined.now))
    first_life = told(cable.office)
    restored = _restored(joined, backup)
    joined.later(30)
    with pytest.raises(JournalParted):
        session(restored, cable, lambda: joined.now)
    with cable.office.database.transaction() as conn:
        [row] = wall.every_row(conn)
        assert (row["level"], row["standing"], row["common"]) == ("red", "parted", common)
    assert told(cable.office) == first_life
    with pytest.raises(JournalParted):
        session(restored, cable, lambda: joined.now)
    with cable.office.database.transaction() as conn:
        stores.accept(conn, PUDONG, "郑经理")
    tell_all(session(restored, cable, lambda: joined.now))
    assert told(cable.office) == journal(restored)
    with cable.office.database.transaction() as conn:
        [kept] = conn.execute("SELECT count(*) AS n FROM events WHERE incarnation = 1").fetchall()
    assert kept["n"] == len(first_life)


def _copy(store: Store, target: Path) -> None:
    with closing(sqlite3.connect(store.path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _restored(stage: Stage, backup: Path) -> Store:
    """The stage goes on with the backup in place of its database."""
    folder = stage.store.folder
    stage.store.close()
    for name in ("lobbyline.db-wal", "lobbyline.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(backup, folder / "lobbyline.db")
    stage.store = Store(folder)
    return stage.store


def test_what_was_asked_for_and_is_lost_by_restoring_is_asked_again(
    joined: Stage, cable: Cable, tmp_path: Path
) -> None:
    def put_up(one: Mail, _: OpenLine) -> Any:
        def work(conn: Any) -> dict[str, Any]:
            events.append(conn, joined.now, EventKind.NOTED, "head office")
            return {"zh": one.body["zh"]}

        return work

    backup = tmp_path / "backup"
    _copy(joined.store, backup)
    send(cable.office, {"zh": "通知", "en": "Notice"})
    line = session(joined.store, cable, lambda: joined.now, put_up)
    tell_all(line)
    line.fetch()
    tell_all(line)
    assert states(cable.office) == ["applied"]
    restored = _restored(joined, backup)
    with pytest.raises(JournalParted):
        session(restored, cable, lambda: joined.now, put_up)
    with cable.office.database.transaction() as conn:
        stores.accept(conn, PUDONG, "郑经理")
    assert states(cable.office) == ["pending"]
    session(restored, cable, lambda: joined.now, put_up).fetch()
    assert states(cable.office) == ["applied"]


def send(office: Office, body: dict[str, Any], kind: Kind = Kind.NOTICE) -> None:
    with office.database.transaction() as conn:
        mail.send(conn, [stores.by_name(conn, PUDONG).id], kind, body, "郑经理")


def states(office: Office) -> list[str]:
    with office.database.transaction() as conn:
        return [row["state"] for row in reversed(mail.recent(conn, 100))]


def test_mail_is_done_once_and_in_order_whatever_is_lost(joined: Stage, cable: Cable) -> None:
    done: list[str] = []

    def deliver(one: Mail, _: OpenLine) -> Any:
        def work(_: Any) -> dict[str, Any]:
            done.append(str(one.body["zh"]))
            return {}

        return work

    for word in ("一", "二", "三"):
        send(cable.office, {"zh": word})
    for _ in range(4):  # the answer to `fetch`, then of each `answer`, gets lost
        line = session(joined.store, cable, lambda: joined.now, deliver)
        cable.lose_answer = True
        with pytest.raises(UnreachableHeadOffice):
            line.fetch()
    session(joined.store, cable, lambda: joined.now, deliver).fetch()
    assert done == ["一", "二", "三"]
    assert states(cable.office) == ["applied"] * 3


def test_what_is_asked_while_a_long_list_is_read_is_done_at_once_and_only_once(joined: Stage, cable: Cable) -> None:
    done: list[str] = []
    answered_meanwhile: list[str] = []

    def deliver(one: Mail, line: OpenLine) -> Any:
        if one.kind == Kind.MEMBERS and not answered_meanwhile:
            send(cable.office, {"what": "a visit"}, Kind.BOOKING)
            send(cable.office, {"what": "another list"}, Kind.MEMBERS)
            line.keep_up()
            assert done == ["a notice", "a visit"]
            answered_meanwhile.extend(states(cable.office))

        def work(_: Any) -> dict[str, Any]:
            done.append(str(one.body["what"]))
            return {"counts": dict.fromkeys(MemberCounts.model_fields, 0)}

        return work

    for what, kind in (("the list", Kind.MEMBERS), ("a notice", Kind.NOTICE)):
        send(cable.office, {"what": what}, kind)
    session(joined.store, cable, lambda: joined.now, deliver).fetch()
    assert done == ["a notice", "a visit", "the list", "another list"]
    assert answered_meanwhile == ["pending", "applied", "pending"], "visits are not among them"
    assert states(cable.office) == ["applied"] * 3


def test_a_refusal_says_why_and_what_the_disk_refuses_is_asked_again(joined: Stage, cable: Cable) -> None:
    outcomes: list[LobbyError] = [CannotWrite(), LobbyError()]

    def deliver(*_: object) -> Any:
        raise outcomes.pop(0)

    send(cable.office, {})
    line = session(joined.store, cable, lambda: joined.now, deliver)
    with pytest.raises(CannotWrite):
        line.fetch()
    assert states(cable.office) == ["pending"]
    line.fetch()
    with cable.office.database.transaction() as conn:
        [row] = mail.recent(conn, 1)
    assert (row["state"], row["code"], row["reason"]) == ("refused", "error", LobbyError.text)


def test_lines_of_a_clock_that_is_far_off_have_a_place(joined: Stage, cable: Cable) -> None:
    for at in (0.0, TEN + 40 * 86_400, 4e9, 4e12):
        joined.store.write(lambda conn, at=at: events.append(conn, at, EventKind.NOTED, "system"))  # type: ignore[misc]
    tell_all(session(joined.store, cable, lambda: joined.now))
    assert told(cable.office) == journal(joined.store)


def test_two_processes_make_a_months_partition_at_once(postgres: Postgres) -> None:
    url = postgres.new_database()
    with closing(Office(url)) as one, closing(Office(url)) as other:
        for office in (one, other):
            ingest.Ingest(office.database)._prepare([(1, TEN, "noted", None, None, "system", None, {})])
        with one.database.transaction() as conn:
            found = conn.execute("SELECT 1 FROM pg_class WHERE relname = 'events_2026_11'").fetchall()
    assert len(found) == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        None,
        [],
        "x",
        {"incarnation": "x"},
        {"incarnation": 1, "newest": 0, "lines": [[1, 2]]},
        {"seq": -1},
        {"lines": 3},
    ],
)
def test_nonsense_on_a_line_is_answered_in_words(office: Office, nonsense: Any) -> None:
    office.add_store()
    for question in office.desk.questions:
        answer = office.desk.answer(1, "line", question, nonsense)
        assert {"code", "text"} <= set(answer) or question in {"fetch", "digest", "days"}


class Cuts(RuleBasedStateMachine):
    """A store and its head office, and everything that can go wrong between them."""

    office: Office
    folder: Path
    numbers = itertools.count()

    @initialize()
    def begin(self) -> None:
        self.name = f"store {next(self.numbers)}"
        self.cable = Cable(self.office)
        self.home = self.folder / self.name
        self.store = new_store(self.home)
        self.now = TEN
        self.store.write(lambda conn: sample.create_if_new(conn, self.now))
        join(self.store, self.office.add_store(self.name))
        self.line: Any = None
        self.is_parted = False

    @rule(n=st.integers(1, 7))
    def something_happens(self, n: int) -> None:
        self.now += 1

        def write(conn: Any) -> None:
            for _ in range(n):
                events.append(conn, self.now, EventKind.NOTED, "staff:Lin", ticket="A001", noted=n)

        self.store.write(write)

    @rule()
    def tell(self) -> None:
        try:
            self.line = self.line or session(self.store, self.cable, lambda: self.now)
            tell_all(self.line)
        except UnreachableHeadOffice:
            self.line = None
        except JournalParted:
            self.line, self.is_parted = None, True

    @rule()
    def a_question_is_lost(self) -> None:
        self.cable.lose_question = True

    @rule()
    def an_answer_is_lost(self) -> None:
        self.cable.lose_answer = True

    @rule()
    def the_server_is_killed(self) -> None:
        self.line = None

    @rule(lost=st.integers(1, 5), is_told=st.booleans())
    def the_store_goes_back(self, lost: int, *, is_told: bool) -> None:
        """To a backup, after some more has happened; that may have been told already."""
        backup = self.home / "backup.db"
        _copy(self.store, backup)
        self.something_happens(lost)
        if is_told:
            self.tell()
        self.line = None
        self.store.close()
        for name in ("lobbyline.db-wal", "lobbyline.db-shm"):
            (self.home / name).unlink(missing_ok=True)
        backup.replace(self.home / "lobbyline.db")
        self.store = Store(self.home)
        self.now += 60

    @precondition(lambda self: getattr(self, "is_parted", False))
    @rule()
    def somebody_accepts(self) -> None:
        self.is_parted = False
        with self.office.database.transaction() as conn:
            if stores.by_name(conn, self.name).standing == "parted":
                stores.accept(conn, self.name, "郑经理")

    @invariant()
    def nothing_is_doubled_and_nothing_invented(self) -> None:
        with self.office.database.transaction() as conn:
            [row] = conn.execute(
                "SELECT count(*) AS n, count(DISTINCT (store, incarnation, seq)) AS different FROM events"
            ).fetchall()
            assert row["n"] == row["different"]

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        self.cable.lose_answer = self.cable.lose_question = False
        with closing(self.store):
            for _ in range(3):
                self.tell()
                if self.is_parted:
                    self.somebody_accepts()
            assert told(self.office, self.name) == journal(self.store)
        shutil.rmtree(self.home)


def test_the_journals_agree_in_the_end_whatever_is_cut_killed_or_restored(office: Office, tmp_path: Path) -> None:
    machine = type("Here", (Cuts,), {"office": office, "folder": tmp_path})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        ),
    )


def test_a_batch_has_at_most_so_many_lines() -> None:
    line = [1, TEN, "noted", None, None, "system", None, {}]
    with pytest.raises(ValueError, match="at most 500"):
        Batch(incarnation=1, newest=1, lines=[line] * 501)
