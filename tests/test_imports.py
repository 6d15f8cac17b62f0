"""The carrier's lists: what is right goes in, each fault is named with its place, and strict means nothing at all."""

from pathlib import Path

import importing
import pytest
from lobby_stage import OLD_LI, WANG, Stage

from db import appointments, members
from db.booking_records import AppointmentState
from db.ticket_records import TicketClass
from kiosk.errors import BadFile

SHARED = Path(__file__).parents[2] / "shared" / "data"
HEADING = "member_no,name,phone,tier,valid_from,valid_until,contract_until,birthday,manager_a,manager_b,language\n"
GOOD = "V1,周一,13800000001,gold,2026-01-01,2027-12-31,,1980-01-02,M01,M02,zh\n"


def _members(stage: Stage, text: str, *, dry_run: bool = False, strict: bool = False) -> importing.Outcome:
    return importing.take(stage, "members", text.encode(), dry_run=dry_run, strict=strict)


def _names(stage: Stage) -> set[str]:
    with stage.store.read() as conn:
        return {member.name for member in members.everyone(conn).values() if member.listed}


def test_a_new_list_replaces_the_old_one_and_a_repeat_changes_nothing(stage: Stage) -> None:
    assert _members(stage, HEADING + GOOD) == importing.Outcome(added=1, changed=0, unchanged=0, ended=3, faults=())
    assert _names(stage) == {"周一"}
    assert _members(stage, HEADING + GOOD) == importing.Outcome(added=0, changed=0, unchanged=1, ended=0, faults=())
    assert _members(stage, HEADING + GOOD.replace("gold", "diamond")).changed == 1


def test_who_is_no_longer_listed_is_an_ordinary_customer_and_keeps_the_ticket_they_hold(stage: Stage) -> None:
    held = stage.issue(member=WANG).ticket
    _members(stage, HEADING + GOOD)
    assert stage.ticket(held.token) == held
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.serve(4, stage.lin)
    again = stage.issue(member=WANG)
    assert (again.ticket.ticket_class, again.notes[0].code) == (TicketClass.ORDINARY, "card_void")


@pytest.mark.parametrize(
    ("line", "column", "value"),
    [
        (GOOD.replace("13800000001", "1380000"), "phone", "1380000"),
        (GOOD.replace("gold", "bronze"), "tier", "bronze"),
        (GOOD.replace("2026-01-01", "2026-02-30"), "valid_from", "2026-02-30"),
        (GOOD.replace("2027-12-31", "2025-12-31"), "valid_until", "2025-12-31"),
        (GOOD.replace("周一", ""), "name", ""),
        (GOOD.replace("V1,", ","), "member_no", ""),
        (GOOD.replace(",zh", ",fr"), "language", "fr"),
    ],
)
def test_a_fault_is_named_with_line_column_and_value_and_the_other_lines_are_taken(
    stage: Stage, line: str, column: str, value: str
) -> None:
    right = GOOD.replace("V1", "V2").replace("周一", "孙二").replace("0001", "0002")
    outcome = _members(stage, HEADING + right + "\n" + line)
    (fault,) = outcome.faults
    assert (fault.line, fault.column, fault.value) == (4, column, value)
    assert fault.reason
    assert outcome.added == 1
    assert _names(stage) == {"孙二"}


def test_a_number_given_twice_is_a_fault_of_the_second_line(stage: Stage) -> None:
    outcome = _members(stage, HEADING + GOOD + GOOD.replace("V1", "V2"))
    (fault,) = outcome.faults
    assert (fault.line, fault.column, fault.value) == (3, "phone", "13800000001")
    assert fault.reason == "the same as in line 2"


def test_strict_changes_nothing_if_anything_is_wrong_and_a_dry_run_never_does(stage: Stage) -> None:
    before = _names(stage)
    assert _members(stage, HEADING + GOOD + GOOD, strict=True).added == 1
    assert _members(stage, HEADING + GOOD, dry_run=True).ended == 3
    assert _names(stage) == before
    assert OLD_LI.name in before


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "lacks"),
        ("a,b\n1,2\n", "lacks member_no"),
        (HEADING.replace("phone", "telephone"), "lacks phone"),
        (HEADING, "no line that can be used"),
        (HEADING + GOOD.replace("gold", "bronze"), "no line that can be used"),
        (HEADING + '"' + "x" * 200_000, "no line of a CSV file"),
    ],
)
def test_a_file_that_is_no_list_is_refused_and_ends_nobodys_card(stage: Stage, text: str, reason: str) -> None:
    before = _names(stage)
    with pytest.raises(BadFile, match=reason):
        _members(stage, text)
    assert _names(stage) == before


def test_a_typo_in_a_members_line_does_not_end_their_card(stage: Stage) -> None:
    wang = f"{WANG.member_no},王秀英,1380013,gold,2026-01-01,2027-12-31,,,,,\n"
    outcome = _members(stage, HEADING + GOOD + wang)
    assert (len(outcome.faults), outcome.ended) == (1, 2)
    assert WANG.name in _names(stage)


def test_the_same_number_written_differently_is_still_the_same(stage: Stage) -> None:
    outcome = _members(
        stage,
        HEADING
        + GOOD
        + GOOD.replace("V1,", "v1,")
        + GOOD.replace("V1,", "V2,").replace("13800000001", "138 0000 0001"),
    )
    assert [(fault.line, fault.column) for fault in outcome.faults] == [(3, "member_no"), (4, "phone")]


def test_appointments_are_added_changed_and_never_ended_by_absence(stage: Stage) -> None:
    heading = "code,phone,name,service,date,time,channel\n"
    one = "598656,15500248445,崔萍,billing,2026-12-07,11:45,manager\n"

    def take(text: str) -> importing.Outcome:
        return importing.take(stage, "appointments", (heading + text).encode())

    assert take(one).added == 1
    assert take(one).unchanged == 1
    assert take(one.replace("11:45", "12:00")).changed == 1
    assert take("").ended == 0
    stage.store.write(
        lambda conn: appointments.move(conn, "598656", AppointmentState.BOOKED, AppointmentState.COMPLETED)
    )
    assert take(one.replace("11:45", "12:00")).unchanged == 1
    assert "already completed" in take(one.replace("11:45", "16:00")).faults[0].reason
    one = one.replace("598656", "598657")
    faults = take(one.replace("billing", "haircut") + one.replace("11:45", "25:00")).faults
    assert [(fault.line, fault.column) for fault in faults] == [(2, "service"), (3, "time")]


def test_the_carriers_sample_lists_are_taken_whole(stage: Stage) -> None:
    if not SHARED.exists():
        pytest.skip(f"the sample lists are not in {SHARED}")
    outcome = _members(stage, (SHARED / "members.csv").read_text("utf-8"))
    assert (outcome.added + outcome.changed, outcome.faults) == (3000, ())
    bookings = (SHARED / "appointments.csv").read_text("utf-8")
    assert importing.take(stage, "appointments", bookings.encode()).added == 60
