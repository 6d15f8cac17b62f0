"""Personal data goes in time: what is too old, nothing else; the reports before are the reports after."""

import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lobby_stage import CHEN, MINUTE, OLD_LI, TEN, WANG, Stage

from bench import past_store
from counter import choosing, notes
from counter.errors import Forbidden
from counter.web import Context
from db import backups, calendar, events, members, retention
from db import settings as store_settings
from db.event_records import EventKind
from db.people_records import Role, Staff
from db.retention import PIECE, Kind, Periods
from db.setting_records import Settings
from db.store import Store
from db.ticket_records import Rating
from display.report_reading import Wish, read_figures, read_inspection
from display.reports import By
from kiosk import holder, issuing, proxies
from lobby import commands, retention_settings
from lobby.purging import Purging, purge

HOUR = 60 * MINUTE
DAY = 24 * HOUR
LONG = Periods(*[3650] * len(Kind))


def _nothing() -> None:
    """Nobody else wants a turn."""


def _keep(stage: Stage, **days: int) -> None:
    stage.store.write(lambda conn: retention.save(conn, replace(LONG, **days)))


def _rows(stage: Stage, query: str) -> list[tuple[Any, ...]]:
    with stage.store.read() as conn:
        return [tuple(row) for row in conn.execute(query)]


def _busy_hour(stage: Stage) -> None:
    """Wang is served, noted and rates with words; Chen is put first with a reason; Zhao has booked; proxy for Wang."""
    stage.open(4, stage.lin)
    wang = stage.issue(member=WANG).ticket
    stage.call(4, stage.lin)
    stage.act(partial(notes.note, text="wants his bill on paper"), 4, stage.lin)
    stage.serve(4, stage.lin)
    stage.store.write(lambda conn: holder.rate(conn, wang.token, Rating(5, "Lin was kind, Wang"), stage.now))
    stage.issue("plan")
    chen = stage.issue(member=CHEN).ticket
    stage.act(partial(choosing.prioritise, wanted=chen.number, reason="Ms Chen has a flight"), 4, stage.mei)
    stage.call(4, stage.lin)
    stage.serve(4, stage.lin)
    stage.book(stage.now + 30 * MINUTE, phone="13512345678")
    wish = issuing.Wish("proxy", "plan")
    stage.store.write(lambda conn: proxies.issue(conn, wish, WANG.member_no, stage.mei, stage.now))
    stage.call(4, stage.lin)
    stage.serve(4, stage.lin)


def _personal(stage: Stage) -> dict[str, int]:
    """How much there is of each kind."""
    queries = {
        "visits": "SELECT id FROM tickets WHERE member_no IS NOT NULL UNION ALL SELECT id FROM ticket_notes"
        " UNION ALL SELECT id FROM pages UNION ALL SELECT ticket_id FROM proxies",
        "bookings": "SELECT 1 FROM appointments WHERE name <> '' OR phone_sealed IS NOT NULL",
        "comments": "SELECT 1 FROM ratings WHERE comment <> ''",
        "words": "SELECT 1 FROM events WHERE data LIKE '%Ms Chen%'",
    }
    return {kind: len(_rows(stage, query)) for kind, query in queries.items()}


def test_each_kind_goes_when_its_own_time_is_over_and_no_sooner(stage: Stage) -> None:
    _busy_hour(stage)
    before = _personal(stage)
    assert before == {"visits": 4, "bookings": 1, "comments": 1, "words": 1}
    for kind in before:
        _keep(stage, **{kind: 2})
        stage.now = TEN + 2 * DAY
        assert purge(stage.store, stage.now, _nothing) == {}
        assert _personal(stage)[kind] == before[kind]
        stage.now = TEN + 3 * DAY
        assert purge(stage.store, stage.now, _nothing) == {kind: before[kind]}
        assert _personal(stage)[kind] == 0
    told = [event for event in stage.journal() if event.kind == EventKind.PURGED]
    assert [event.data["rows"] for event in told] == [{kind: count} for kind, count in before.items()]
    assert _rows(stage, "SELECT score, comment FROM ratings") == [(5, "")]
    assert _rows(stage, "SELECT count(*) FROM tickets WHERE tier IS NOT NULL") == [(3,)]


def test_what_was_let_go_is_gone_from_the_file_too(stage: Stage) -> None:
    _busy_hour(stage)
    held = stage.store.path.with_name("lobbyline.db-wal")
    assert b"Ms Chen has a flight" in stage.store.path.read_bytes() + held.read_bytes()
    _keep(stage, words=1, comments=1, visits=1)
    purge(stage.store, TEN + 3 * DAY, _nothing)
    left = stage.store.path.read_bytes() + held.read_bytes()
    for words in ("Ms Chen has a flight", "Lin was kind", "his bill on paper"):
        assert words.encode() not in left


def test_whoever_waits_tonight_is_not_forgotten(stage: Stage) -> None:
    ticket = stage.issue(member=WANG).ticket
    stage.store.write(lambda conn: members.unlist(conn, [WANG.member_no, OLD_LI.member_no]))
    _keep(stage, visits=1, members=1)
    purge(stage.store, TEN, _nothing)
    assert purge(stage.store, TEN + 2 * DAY, _nothing) == {"members": 1}
    assert stage.ticket(ticket.token).member_no == WANG.member_no


def test_members_who_left_the_list_go_and_those_who_came_back_stay(stage: Stage) -> None:
    stage.store.write(lambda conn: members.unlist(conn, [WANG.member_no, CHEN.member_no]))
    _keep(stage, members=10)
    purge(stage.store, TEN, _nothing)
    stage.store.write(lambda conn: members.put(conn, [CHEN]))
    assert purge(stage.store, TEN + 10 * DAY, _nothing) == {}
    assert purge(stage.store, TEN + 11 * DAY, _nothing) == {"members": 1}
    with stage.store.read() as conn:
        assert set(members.everyone(conn)) == {CHEN.member_no, OLD_LI.member_no}


def test_a_used_perk_still_counts_when_nobody_knows_whose_it_was(stage: Stage) -> None:
    _busy_hour(stage)
    use = (
        "INSERT INTO perk_uses (request_key, member_no, perk, quota, span, used_on, used_at, staff_id, ticket_id,"
        " counter, undone_at, undone_by) SELECT 'k' || ?1, ?2, code, 9, '2026-11', '2026-11-21', ?3, 1, 1, 4,"
        " iif(?1, ?3, NULL), iif(?1, 1, NULL) FROM perks LIMIT 1"
    )
    rows = [(undone, WANG.member_no, TEN) for undone in (0, 1)]
    stage.store.write(lambda conn: conn.executemany(use, rows).rowcount)
    stage.store.write(lambda conn: members.unlist(conn, [WANG.member_no]))
    _keep(stage, visits=1, members=1)
    purge(stage.store, TEN, _nothing)
    purge(stage.store, TEN + 3 * DAY, _nothing)
    [(owner, count)] = _rows(stage, "SELECT member_no, count(*) FROM perk_uses GROUP BY member_no")
    assert (owner[0], count) == ("-", 2)
    assert _rows(stage, f"SELECT name, phone_sealed, birthday, listed FROM members WHERE member_no = '{owner}'") == [
        ("", None, None, 0)
    ]
    assert purge(stage.store, TEN + 9 * DAY, _nothing) == {}  # nothing is left of them to forget


def test_much_goes_in_pieces_between_which_others_have_their_turn(stage: Stage) -> None:
    ticket = stage.issue().ticket
    note = "INSERT INTO ticket_notes (ticket_id, at, staff_id, text) VALUES (?, ?, ?, 'x')"
    rows = [(ticket.id, TEN, stage.lin.id)] * (2 * PIECE + 1)
    stage.store.write(lambda conn: conn.executemany(note, rows).rowcount)
    _keep(stage, visits=1)
    left: list[int] = []
    purge(stage.store, TEN + 3 * DAY, lambda: left.append(_rows(stage, "SELECT count(*) FROM ticket_notes")[0][0]))
    assert [count for count in left if count] == [2 * PIECE + 1, PIECE + 1, 1]


@pytest.mark.parametrize(
    "change",
    [
        "data = json_replace(data, '$.reason', 'for a friend')",
        "data = '{}'",
        "data = json_remove(data, '$.reason')",
        "data = json_replace(data, '$.reason', ''), actor = 'staff:Zhou'",
        "data = json_replace(data, '$.reason', ''), at = at + 1",
    ],
)
def test_the_journal_lets_its_words_be_emptied_and_nothing_else(stage: Stage, change: str) -> None:
    _busy_hour(stage)
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        stage.store.write(lambda conn: conn.execute(f"UPDATE events SET {change} WHERE kind = 'prioritised'").rowcount)


def test_the_words_of_other_lines_are_not_to_be_touched(stage: Stage) -> None:
    stage.open(4, stage.lin)
    with pytest.raises(sqlite3.IntegrityError, match="only grows"):
        stage.store.write(
            lambda conn: conn.execute("UPDATE events SET data = json_replace(data, '$.reason', '')").rowcount
        )


def test_an_administrator_sets_the_days_and_sees_what_goes_tonight(stage: Stage) -> None:
    _busy_hour(stage)
    boss = Staff(99, "Boss", Role.ADMIN)
    context = _context(stage)
    with pytest.raises(Forbidden):
        commands.run(context, "retention-set", {"visits": 5}, stage.mei)
    assert commands.run(context, "retention-set", {"visits": 5, "bookings": 1}, boss)["visits"] == 5
    changes: Any = stage.journal()[-1].data["changes"]
    (changed,) = changes
    assert (changed["key"], changed["before"]) == ("retention", None)
    assert changed["after"] == {**asdict(Periods()), "visits": 5, "bookings": 1}
    stage.now = TEN + DAY
    assert _tonight(stage) == {"visits": 0, "bookings": 1, "comments": 0, "words": 0, "members": 0, "backups": 0}
    stage.now = TEN + 5 * DAY
    tonight = _tonight(stage)
    assert (tonight["visits"], tonight["bookings"]) == (4, 1)
    stage.now = calendar.start_of("2026-11-27", stage.present().settings) + 1
    assert purge(stage.store, stage.now, _nothing) == {"visits": 4, "bookings": 1}


def test_old_backups_and_stores_put_aside_go_with_the_period(tmp_path: Path, stage: Stage) -> None:
    made = backups.make(stage.store.path, tmp_path / "copies", TEN)
    aside = tmp_path / "copies" / f"{backups.ASIDE}20260101-000000"
    aside.mkdir()
    backups.key_of(made.path).write_bytes(b"key")
    month = timedelta(days=30)
    os.utime(aside, (TEN, TEN))
    lately = [backups.make(stage.store.path, tmp_path / "copies", TEN + day * DAY).path for day in (28, 30)]
    assert backups.rotate(tmp_path / "copies", TEN + 29 * DAY, month) == []
    gone = backups.rotate(tmp_path / "copies", TEN + 31 * DAY, month)
    assert set(gone) == {made.path, aside}
    assert sorted((tmp_path / "copies").iterdir()) == lately


def test_a_clock_that_has_jumped_ahead_deletes_no_backup_before_it_has_been_so_for_a_day(
    tmp_path: Path, stage: Stage
) -> None:
    folder, month, ahead = tmp_path / "copies", timedelta(days=30), TEN + 400 * DAY
    kept = [backups.make(stage.store.path, folder, TEN + hours * HOUR).path for hours in (0, 6, 12)]
    for hours in (0, 6, 12, 18):
        kept.append(backups.make(stage.store.path, folder, ahead + hours * HOUR).path)
        assert backups.rotate(folder, ahead + hours * HOUR, month) == []
    assert backups.in_folder(folder) == kept
    assert set(backups.rotate(folder, ahead + DAY, month)) == set(kept[:3])


def test_a_clock_that_has_jumped_ahead_lets_nothing_go_on_its_first_day(stage: Stage) -> None:
    _keep(stage, visits=30)
    _busy_hour(stage)
    before = _personal(stage)
    purging = Purging(Context(stage.store, lambda: stage.now, "http://here"))
    purging._look()
    stage.now += 400 * DAY
    for _ in range(2):
        purging._look()
        assert _personal(stage) == before
    stage.now += DAY
    purging._look()
    assert _personal(stage) == {**before, "visits": 0}


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Five days, every third ticket a member's, some with words."""
    store = Store(tmp_path_factory.mktemp("past"))
    past_store.write(store, date(2026, 11, 9), 5, past_store.Past(load=0.4))

    def people(conn: sqlite3.Connection) -> None:
        members.put(conn, [WANG, CHEN, OLD_LI])
        cast = [WANG.member_no, CHEN.member_no, OLD_LI.member_no]
        conn.executemany(
            "UPDATE tickets SET member_no = ? WHERE id % 9 = ? AND state = 'completed'",
            zip(cast, (0, 3, 6), strict=True),
        )
        conn.execute("UPDATE ratings SET comment = 'said ' || ticket_id")
        conn.execute(
            "INSERT INTO ticket_notes (ticket_id, at, staff_id, text)"
            " SELECT id, issued_at, 1, 'noted' FROM tickets WHERE id % 5 = 0"
        )
        for event in [event for event in events.after(conn, 0, 100_000) if event.kind == EventKind.CANCELLED]:
            events.append(conn, event.at, EventKind.REINSTATED, "staff:Lin", ticket=event.ticket, reason="knows me")

    store.write(people)
    yield store
    store.close()


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.integers(1, 6), min_size=len(Kind), max_size=len(Kind)))
def test_reports_are_the_same_before_and_after_whatever_goes(past: Store, days: list[int]) -> None:
    now = calendar.start_of("2026-11-14", _store_of(past)) + 60
    before = _reports(past, now)
    past.write(lambda conn: retention.save(conn, Periods(*days)))
    past.write(lambda conn: members.unlist(conn, [WANG.member_no]))
    purge(past, now - 6 * DAY, _nothing)
    purge(past, now, _nothing)
    assert _reports(past, now) == before


def _store_of(store: Store) -> Settings:
    with store.read() as conn:
        return store_settings.load(conn)


def _reports(store: Store, now: float) -> str:
    """What is reported of all days, straight from the rows."""
    first, last = date(2026, 11, 9), date(2026, 11, 13)
    with store.read() as conn:
        figures = [read_figures(conn, Wish(first, last, by), now) for by in (By.DAY, By.STAFF, By.TIER)]
        return json.dumps([figures, read_inspection(conn, Wish(first, last, By.DAY), now)], default=str)


def _tonight(stage: Stage) -> dict[str, int]:
    with stage.store.read() as conn:
        return {
            kind.value: count
            for kind, count in retention_settings.due_tonight(conn, stage.now, stage.store.folder).items()
        }


def _context(stage: Stage) -> Context:
    return Context(stage.store, lambda: stage.now, "http://127.0.0.1:8080")
