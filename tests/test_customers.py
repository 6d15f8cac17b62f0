"""A customer's rights: a copy of all that is kept, and its erasure; figures stay, the journal knows no name."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from lobby_stage import CHEN, MINUTE, TEN, WANG, Stage

from counter import choosing, notes
from counter.errors import Forbidden
from counter.web import Context
from db import members
from db.booking_records import AppointmentState
from db.event_records import EventKind
from db.people_records import Role, Staff
from db.store import Store
from db.ticket_records import Rating
from kiosk import booking, holder, issuing, proxies
from lobby import commands
from lobby.customers import CustomerHere, NobodyKnown, NotTheSame
from lobby.program import main

BOSS = Staff(1, "Boss", Role.ADMIN)
ZHAO = "13512345678"


def _run(stage: Stage, name: str, by: Staff = BOSS, **arguments: str) -> Any:
    context = Context(stage.store, lambda: stage.now, "http://lobby")
    return commands.run(context, f"customer-{name}", arguments, by)


def _wang_was_here(stage: Stage) -> None:
    """Put first with a reason, noted, rated with words; another visit booked; once somebody did business for her."""
    stage.open(4, stage.lin)
    ticket = stage.issue(member=WANG).ticket
    stage.act(partial(choosing.prioritise, wanted=ticket.number, reason="王 has a flight"), 4, stage.mei)
    stage.call(4, stage.lin)
    stage.act(partial(notes.note, text="bill on paper"), 4, stage.lin)
    stage.serve(4, stage.lin)
    stage.store.write(lambda conn: holder.rate(conn, ticket.token, Rating(4, "很快，谢谢小林"), stage.now))
    stage.book(TEN + 300 * MINUTE, phone=WANG.phone)
    wish = issuing.Wish("proxy", "plan")
    stage.store.write(lambda conn: proxies.issue(conn, wish, WANG.member_no, stage.mei, stage.now))
    stage.call(4, stage.lin)
    stage.serve(4, stage.lin)


def _everything(stage: Stage) -> str:
    """The whole database as text."""
    with stage.store.read() as conn:
        return "\n".join(conn.iterdump())


def test_a_copy_holds_all_that_is_kept_and_is_journalled_without_the_person(stage: Stage) -> None:
    _wang_was_here(stage)
    found = _run(stage, "find", customer=" 138 0013 6620")
    assert found == {
        "names": ["王**", "赵*"], "phones": ["138 ···· 6620"], "cards": 1, "bookings": 1, "visits": 2,
    }  # fmt: skip
    for number in (WANG.phone, WANG.member_no.lower()):
        copy = _run(stage, "export", customer=number)["export"]
        assert copy["cards"][0]["phone"] == copy["appointments"][0]["phone"] == WANG.phone
        assert copy["cards"][0]["name"] == WANG.name
        first, by_proxy = copy["visits"]
        assert (first["rating"], first["notes"][0]["text"]) == (
            {"score": 4, "comment": "很快，谢谢小林"},
            "bill on paper",
        )
        assert by_proxy["state"] == "completed"
    told = stage.journal()[-1]
    assert (told.kind, told.actor) == (EventKind.CUSTOMER_EXPORTED, "staff:Boss")
    assert told.data == {"cards": 1, "bookings": 1, "visits": 2}


def test_erasing_leaves_figures_and_nothing_of_the_person(stage: Stage) -> None:
    _wang_was_here(stage)
    stage.issue(member=CHEN)
    before = _everything(stage)
    assert all(words in before for words in (WANG.name, WANG.member_no, "很快", "has a flight", "bill on paper"))
    assert _run(stage, "erase", customer=WANG.phone, confirm="138 0013 6620") == {
        "cards": 1,
        "bookings": 1,
        "visits": 2,
    }
    after = _everything(stage)
    for words in (WANG.name, WANG.member_no, "很快", "has a flight", "bill on paper"):
        assert words not in after
    assert CHEN.name in after
    with stage.store.read() as conn:
        assert members.by_phone(conn, WANG.phone) is None
        assert booking.find(conn, "123456").state == AppointmentState.CANCELLED
        assert [tuple(row) for row in conn.execute("SELECT score, comment FROM ratings")] == [(4, "")]
        assert (
            conn.execute("SELECT count(*) FROM tickets WHERE state = 'completed' AND class = 'vip'").fetchone()[0] == 2
        )
        assert conn.execute("PRAGMA foreign_key_check").fetchall() == []
    told = stage.journal()[-1]
    assert (told.kind, told.data) == (EventKind.CUSTOMER_ERASED, {"cards": 1, "bookings": 1, "visits": 2})
    with pytest.raises(NobodyKnown):
        _run(stage, "find", customer=WANG.phone)


def test_what_erasing_left_in_free_pages_and_the_log_goes_at_once(stage: Stage) -> None:
    _wang_was_here(stage)
    _run(stage, "erase", customer=WANG.phone, confirm=WANG.phone)
    held = stage.store.path.read_bytes() + stage.store.path.with_name("lobbyline.db-wal").read_bytes()
    for words in (WANG.name, WANG.member_no, "很快", "has a flight", "bill on paper"):
        assert words.encode() not in held, words


def test_a_booker_without_a_card_is_found_by_phone_also_what_was_cancelled(stage: Stage) -> None:
    stage.book(TEN + 30 * MINUTE, phone=ZHAO)
    stage.store.write(lambda conn: booking.cancel(conn, "123456", booking.Booker(stage.lin), stage.now))
    assert _run(stage, "find", customer=ZHAO)["bookings"] == 1
    _run(stage, "erase", customer=ZHAO, confirm=ZHAO)
    assert "赵敏" not in _everything(stage)


def test_who_is_here_is_not_erased_and_a_slip_of_the_hand_erases_nobody(stage: Stage) -> None:
    ticket = stage.issue(member=WANG).ticket
    with pytest.raises(NotTheSame):
        _run(stage, "erase", customer=WANG.phone, confirm=CHEN.phone)
    with pytest.raises(CustomerHere, match=ticket.number):
        _run(stage, "erase", customer=WANG.phone, confirm=WANG.phone)
    with pytest.raises(NobodyKnown):
        _run(stage, "export", customer="13599999999")
    for name in ("find", "export"):
        with pytest.raises(Forbidden):
            _run(stage, name, stage.mei, customer=WANG.phone)
    with pytest.raises(Forbidden):
        _run(stage, "erase", stage.mei, customer=WANG.phone, confirm=WANG.phone)
    assert WANG.name in _everything(stage)


def test_the_command_line_copies_erases_and_sets_how_long(tmp_path: Path) -> None:
    store = Store(tmp_path)
    Stage(store)
    store.close()

    def said(*words: str, code: int = 0) -> str:
        outcome = CliRunner().invoke(main, [*words, "--data", str(tmp_path)])
        assert outcome.exit_code == code, outcome.output
        return outcome.output

    said("customer", "export", WANG.phone, "-o", str(tmp_path / "copy.json"))
    assert (tmp_path / "copy.json").stat().st_mode & 0o077 == 0
    assert json.loads((tmp_path / "copy.json").read_text("utf-8"))["cards"][0]["name"] == WANG.name
    assert "--yes" in said("customer", "erase", WANG.phone, code=1)
    assert "cards: 1" in said("customer", "erase", WANG.phone, "--yes")
    assert "Nothing is kept" in said("customer", "export", WANG.phone, code=1)
    said("retention", "--visits", "30")
    assert "visits = 30 days, 0 go tonight" in said("retention")
