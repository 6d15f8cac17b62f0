"""Issuing: numbers, repeats, VIPs, closed hours, daily caps, and what the journal remembers."""

import threading
from collections import Counter as Tally
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from lobby_stage import CHEN, OLD_LI, WANG, Stage

from counter.card import card_refusal
from counter.errors import ServiceFull, StoreClosed
from db import settings, staff
from db.errors import UnknownService
from db.event_records import EventKind
from db.paper_records import PrintState
from db.people_records import DeviceKind
from db.ticket_records import TicketClass
from kiosk import issuing
from kiosk.errors import MalformedPhone, UnknownMember


def test_numbers_count_up_by_service_letter(stage: Stage) -> None:
    numbers = [stage.issue(service).ticket.number for service in ("plan", "plan", "billing", "plan")]
    assert numbers == ["A001", "A002", "C001", "A003"]


def test_a_repeated_request_gets_the_same_ticket(stage: Stage) -> None:
    first = stage.issue(key="one touch")
    again = stage.issue(key="one touch")
    assert first.created
    assert not again.created
    assert again.ticket == first.ticket
    assert stage.issue().ticket.number == "A002"


def test_a_vip_card_gives_a_place_in_the_vip_queue_with_the_tiers_target(stage: Stage) -> None:
    ticket = stage.issue("billing", member=WANG).ticket
    assert (ticket.number, ticket.ticket_class, ticket.tier) == ("V001", TicketClass.VIP, "gold")
    assert ticket.due_at == stage.now + 600


def test_an_expired_card_gives_an_ordinary_ticket_and_says_why(stage: Stage) -> None:
    issued = stage.issue(member=OLD_LI)
    assert issued.ticket.ticket_class == TicketClass.ORDINARY
    assert issued.ticket.number == "A001"
    assert [note.code for note in issued.notes] == ["card_expired"]
    assert issued.notes[0].values == {"day": "2026-08-31"}


def test_a_repeated_request_is_told_the_same_again(stage: Stage) -> None:
    wish = issuing.Wish("lost answer", "plan", member_no=OLD_LI.member_no)
    twice = [stage.store.write(lambda conn: issuing.issue(conn, wish, None, "device:k", stage.now)) for _ in range(2)]
    assert [[note.code for note in issued.notes] for issued in twice] == [["card_expired"]] * 2


def test_a_card_counts_through_its_last_day_and_through_a_longer_contract() -> None:
    last_day = date(2026, 11, 21)
    gone = date(2026, 11, 20)
    assert card_refusal(replace(WANG, valid_until=last_day), last_day) is None
    assert card_refusal(replace(WANG, valid_until=gone, contract_until=last_day), last_day) is None
    assert card_refusal(replace(WANG, valid_from=date(2026, 11, 22)), last_day) is not None


def test_a_member_who_comes_again_is_given_the_ticket_they_hold(stage: Stage) -> None:
    first = stage.issue(member=WANG)
    again = stage.issue("billing", member=WANG)
    assert again.ticket.number == first.ticket.number
    assert not again.created


def test_a_phone_is_recognised_however_it_is_written(stage: Stage) -> None:
    for n, phone in enumerate(["13800136620", "138 0013 6620", "+86 138-0013-6620", "１３８００１３６６２０"]):
        wish = issuing.Wish(f"phone-{n}", "plan", phone=phone)
        issued = stage.store.write(lambda conn, wish=wish: issuing.issue(conn, wish, None, "device:kiosk", stage.now))  # type: ignore[misc]
        assert issued.ticket.number == "V001"


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        (issuing.Wish("k", "haircut"), UnknownService),
        (issuing.Wish("k", "plan", phone="12345"), MalformedPhone),
        (issuing.Wish("k", "plan", phone="13000000000"), UnknownMember),
        (issuing.Wish("k", "plan", member_no="V99999999"), UnknownMember),
    ],
)
def test_a_wish_that_cannot_be_granted_leaves_nothing_behind(
    stage: Stage, wish: issuing.Wish, error: type[Exception]
) -> None:
    before = stage.journal()
    with pytest.raises(error):
        stage.store.write(lambda conn: issuing.issue(conn, wish, None, "device:kiosk", stage.now))
    assert stage.journal() == before
    assert stage.issue().ticket.number == "A001"


def test_outside_opening_hours_the_refusal_names_todays_hours(stage: Stage) -> None:
    stage.set_hours("11:00", "18:00")
    with pytest.raises(StoreClosed, match="11:00–18:00"):
        stage.issue()
    stage.later(60)
    assert stage.issue().ticket.number == "A001"


def test_a_daily_cap_is_kept_and_other_services_go_on(stage: Stage) -> None:
    stage.store.write(lambda conn: settings.set_daily_cap(conn, "plan", 2))
    stage.issue("plan")
    stage.issue("plan")
    with pytest.raises(ServiceFull):
        stage.issue("plan")
    assert stage.issue("other").ticket.number == "E001"


def test_numbers_start_again_on_a_new_business_day_which_begins_at_four(stage: Stage) -> None:
    stage.issue()
    stage.later(17.9 * 60)  # it is 03:54
    assert stage.issue().ticket.number == "A002"
    stage.later(0.2 * 60)
    assert stage.issue().ticket.number == "A001"


def test_ticket_quote_print_job_and_event_are_written_together(stage: Stage) -> None:
    stage.store.write(lambda conn: staff.add_device(conn, DeviceKind.PRINTER, "P", {"address": "tcp://127.0.0.1:9"}))
    ticket = stage.issue().ticket
    with stage.store.read() as conn:
        quote = conn.execute("SELECT * FROM quotes WHERE ticket_id = ?", (ticket.id,)).fetchone()
        job = conn.execute("SELECT state FROM print_jobs WHERE ticket_id = ?", (ticket.id,)).fetchone()
    assert quote["unknown"] == "no_counter_open"
    assert job["state"] == PrintState.PENDING
    last = stage.journal()[-1]
    assert (last.kind, last.ticket, last.actor) == (EventKind.ISSUED, "A001", "device:kiosk")


def test_people_ahead_are_those_of_the_same_queue(stage: Stage) -> None:
    for service in ("plan", "device", "billing", "plan"):
        stage.issue(service)
        stage.later(1)
    ticket = stage.issue("plan").ticket
    assert stage.present().people_ahead[ticket.id] == 2
    vips = [stage.issue("plan", member=member).ticket for member in (WANG, CHEN)]
    assert [stage.present().people_ahead[vip.id] for vip in vips] == [1, 0]  # diamond has the longer head start
    assert stage.present().people_ahead[ticket.id] == 2


def test_eight_kiosks_at_once_give_400_distinct_consecutive_numbers(stage: Stage) -> None:
    barrier = threading.Barrier(8)

    def kiosk(number: int) -> list[str]:
        barrier.wait()
        return [stage.issue("plan", key=f"{number}-{n}").ticket.number for n in range(50)]

    with ThreadPoolExecutor(8) as kiosks:
        numbers = [number for given in kiosks.map(kiosk, range(8)) for number in given]
    assert sorted(numbers) == [f"A{n:03d}" for n in range(1, 401)]


def test_the_same_touch_sent_by_eight_threads_at_once_gives_one_ticket(stage: Stage) -> None:
    barrier = threading.Barrier(8)

    def touch(_: int) -> tuple[str, bool]:
        barrier.wait()
        issued = stage.issue(key="the same touch")
        return issued.ticket.number, issued.created

    with ThreadPoolExecutor(8) as hands:
        outcomes = Tally(hands.map(touch, range(8)))
    assert outcomes == {("A001", True): 1, ("A001", False): 7}
