"""Every way to a booking's whole phone number is journalled: who asked, for which booking, never the number."""

from sqlite3 import Connection

import pytest
from lobby_stage import MINUTE, TEN, Stage

from counter.desk_errors import PhoneUnknown
from db import appointments, phones
from db.event_records import EventKind
from kiosk import booking
from kiosk.errors import NoSuchAppointment

ZHAO = "13512345678"


def test_one_number_and_a_list_of_numbers_are_told_in_the_journal(stage: Stage) -> None:
    by = booking.Booker(stage.lin)
    stage.book(TEN + 30 * MINUTE, phone=ZHAO)
    assert stage.store.write(lambda conn: booking.reveal(conn, "123456", by, stage.now)) == ZHAO
    one = stage.journal()[-1]
    assert (one.kind, one.actor, one.data) == (EventKind.PHONE_REVEALED, "staff:Lin", {"code": "123456"})

    def whole_day(conn: Connection) -> None:
        shown = appointments.between(conn, TEN, TEN + 60 * MINUTE)
        booking.reveal_many(conn, shown, by, stage.now)

    stage.store.write(whole_day)
    many = stage.journal()[-1]
    assert (many.kind, many.data) == (EventKind.PHONE_REVEALED, {"codes": ["123456"]})
    assert ZHAO not in str(stage.journal())


def test_a_number_that_was_let_go_is_said_to_be_unknown_and_the_booking_still_opens(stage: Stage) -> None:
    by = booking.Booker(stage.lin)
    stage.book(TEN + 30 * MINUTE, phone=ZHAO)
    stage.store.write(
        lambda conn: (
            conn.execute("UPDATE appointments SET phone_hash = NULL, phone_tail = NULL, phone_sealed = NULL").rowcount
        )
    )
    before = len(stage.journal())
    with pytest.raises(PhoneUnknown):
        stage.store.write(lambda conn: booking.reveal(conn, "123456", by, stage.now))
    with pytest.raises(NoSuchAppointment):
        stage.store.write(lambda conn: booking.reveal(conn, "654321", by, stage.now))
    assert len(stage.journal()) == before
    renamed = stage.store.write(lambda conn: booking.change(conn, "123456", {"name": "赵小敏"}, by, stage.now))
    assert (renamed.name, renamed.phone) == ("赵小敏", "")


def test_a_change_keeps_a_number_that_cannot_be_read_now_for_when_the_key_is_back(stage: Stage) -> None:
    stage.book(TEN + 30 * MINUTE, phone=ZHAO)
    sealed = phones.Vault(b"another store's key, 32 bytes ...").seal(ZHAO)
    stage.store.write(lambda conn: conn.execute("UPDATE appointments SET phone_sealed = ?", (sealed,)).rowcount)
    by = booking.Booker(stage.lin)
    renamed = stage.store.write(lambda conn: booking.change(conn, "123456", {"name": "赵小敏"}, by, stage.now))
    assert (renamed.name, renamed.phone) == ("赵小敏", "")
    with stage.store.read() as conn:
        assert bytes(conn.execute("SELECT phone_sealed FROM appointments").fetchone()[0]) == sealed
