"""A clerk's day besides calling: limits of recalls and no-shows, wrap-up, pauses, auto-call, notes, care for VIPs."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from lobby_stage import TEN, WANG, Stage

from counter import desk, duty_screen, notes, pauses
from counter.desk_errors import (
    CounterBusy,
    CounterPaused,
    CounterTaken,
    NoShowTooFewCalls,
    NoShowTooSoon,
    PauseTextMissing,
    PhoneUnknown,
    RecallTooSoon,
)
from counter.line import post
from counter.policy import Stand
from counter.present import load_with_calls
from counter.screen import read
from counter.web import Context
from db import duty, members
from db.counter_records import CounterState, PauseReason
from db.errors import LobbyError
from db.event_records import EventKind
from db.people_records import Staff
from db.setting_records import Desk
from db.ticket_records import Outcome
from kiosk import staff_issuing
from lobby import commands
from lobby.calling import Calling
from lobby.script import Summary

SECOND = 1 / 60


def view(stage: Stage, counter: int = 4) -> Any:
    with stage.store.read() as conn:
        return read(conn, counter, load_with_calls(conn, stage.now))


def own(stage: Stage, person: Staff) -> Any:
    with stage.store.read() as conn:
        return duty_screen.read(conn, person.id, load_with_calls(conn, stage.now))["me"]["figures"]


def set_desk(stage: Stage, **given: Any) -> Any:
    context = Context(stage.store, lambda: stage.now, "http://lobby")
    return commands.run(context, "desk-set", given, "command")


def called(stage: Stage) -> None:
    stage.issue()
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)


def at_ten(said: str) -> float:
    """How many seconds after ten o'clock."""
    return datetime.fromisoformat(said).timestamp() - TEN


def test_a_recall_waits_ten_seconds_and_says_until_when(stage: Stage) -> None:
    called(stage)
    stage.later(4 * SECOND)
    with pytest.raises(RecallTooSoon, match="in 6 s"):
        stage.act(desk.recall, 4, stage.lin)
    said = view(stage)["actions"]["recall"]
    assert (said["code"], said["values"]["seconds"], at_ten(said["values"]["possible_at"])) == (
        "recall_too_soon",
        6,
        10,
    )
    stage.later(6 * SECOND)
    assert view(stage)["actions"]["recall"] is None
    stage.act(desk.recall, 4, stage.lin)


def test_nobody_is_given_up_before_two_calls_and_a_minute(stage: Stage) -> None:
    called(stage)
    stage.later(1)
    with pytest.raises(NoShowTooFewCalls, match="1 of 2"):
        stage.act(desk.no_show, 4, stage.lin)
    stage.act(desk.recall, 4, stage.lin)
    stage.act(desk.no_show, 4, stage.lin)


def test_two_quick_calls_are_no_minute(stage: Stage) -> None:
    called(stage)
    assert at_ten(view(stage)["actions"]["no-show"]["values"]["possible_at"]) == 60
    stage.later(15 * SECOND)
    stage.act(desk.recall, 4, stage.lin)
    with pytest.raises(NoShowTooSoon, match="in 45 s"):
        stage.act(desk.no_show, 4, stage.lin)


def test_calls_of_an_earlier_calling_do_not_count(stage: Stage) -> None:
    called(stage)
    stage.later(1)
    stage.act(desk.recall, 4, stage.lin)
    stage.act(desk.put_back, 4, stage.lin)
    stage.call(4, stage.lin)
    with pytest.raises(NoShowTooFewCalls):
        stage.act(desk.no_show, 4, stage.lin)


def test_a_store_sets_its_own_limits_and_damage_gives_the_usual_ones(stage: Stage) -> None:
    assert set_desk(stage, no_show_calls=1, no_show_after_s=0, recall_gap_s=0, auto_call_s=20)["changed"]
    called(stage)
    stage.act(desk.recall, 4, stage.lin)
    stage.act(desk.no_show, 4, stage.lin)
    assert set_desk(stage, auto_call_s=None)["changed"]
    assert stage.present().settings.desk == Desk(recall_gap_s=0, no_show_calls=1, no_show_after_s=0)
    damaged = '{"recall_gap_s": "soon", "no_show_calls": true, "staff_may_call": 1, "auto_call_s": -5, "more": 1}'
    stage.store.write(lambda c: c.execute("UPDATE settings SET value = ? WHERE key = 'desk'", (damaged,)).rowcount)
    assert stage.present().settings.desk == Desk()


def test_wrap_up_has_a_clock_of_its_own_and_ends_with_open_or_the_next_call(stage: Stage) -> None:
    called(stage)
    stage.issue()
    stage.act(desk.start, 4, stage.lin)
    stage.later(3)
    stage.act(lambda c, n, s, t: desk.finish(c, n, s, t, Outcome.NOT_SOLVED, wrap_up=True), 4, stage.lin)
    assert (view(stage)["wrap_up"]["number"], view(stage)["counter"]["state"]) == ("A001", "wrap_up")
    stage.later(1)
    stage.call(4, stage.lin)
    assert own(stage, stage.lin) == {"served": 1, "mean_handling_s": 240}
    stage.act(desk.start, 4, stage.lin)
    stage.act(lambda c, n, s, t: desk.finish(c, n, s, t, wrap_up=True), 4, stage.lin)
    stage.act(desk.open_counter, 4, stage.lin)
    assert view(stage)["counter"]["state"] == "ready"
    ended = [event.data["seconds"] for event in stage.journal() if event.kind == EventKind.WRAP_UP_ENDED]
    assert ended == [60, 0]


def test_ones_own_figures_are_ones_own(stage: Stage) -> None:
    called(stage)
    stage.serve(4, stage.lin, minutes=5)
    stage.act(desk.close_counter, 4, stage.lin)
    stage.issue()
    stage.open(4, stage.zhou)
    stage.call(4, stage.zhou)
    stage.serve(4, stage.zhou, minutes=1)
    assert own(stage, stage.lin) == {"served": 1, "mean_handling_s": 300}
    assert own(stage, stage.zhou) == {"served": 1, "mean_handling_s": 60}
    assert own(stage, stage.mei) == {"served": 0, "mean_handling_s": None}


def test_a_pause_has_a_reason_and_a_planned_return_which_the_rule_knows(stage: Stage) -> None:
    stage.issue()
    stage.open(4, stage.lin)
    with pytest.raises(PauseTextMissing):
        stage.act(lambda c, n, s, t: pauses.pause(c, n, s, t, PauseReason.OTHER), 4, stage.lin)
    stage.act(lambda c, n, s, t: pauses.pause(c, n, s, t, PauseReason.LUNCH, minutes=30), 4, stage.lin)
    assert (view(stage)["pause"]["reason"], at_ten(view(stage)["pause"]["until"])) == ("lunch", 1800)
    counter = next(one for one in stage.present().lobby.counters if one.number == 4)
    seen = post(counter, None, {})
    assert (seen.stand, seen.returns_at) == (Stand.PAUSED, TEN + 1800)
    with pytest.raises(CounterPaused):
        stage.call(4, stage.lin)
    stage.later(35)
    stage.act(desk.open_counter, 4, stage.lin)
    back = stage.journal()[-1]
    assert (back.kind, back.data["late_s"], back.data["seconds"]) == (EventKind.COUNTER_BACK, 300, 2100)
    assert stage.call(4, stage.lin)[0] == "A001"


def test_nobody_pauses_away_from_a_customer_and_a_manager_ends_a_pause(stage: Stage) -> None:
    called(stage)
    rest = lambda c, n, s, t: pauses.pause(c, n, s, t, PauseReason.BREAK)  # noqa: E731
    with pytest.raises(CounterBusy):
        stage.act(rest, 4, stage.lin)
    stage.serve(4, stage.lin)
    stage.act(rest, 4, stage.lin)
    with pytest.raises(CounterTaken):
        stage.act(desk.open_counter, 4, stage.zhou)
    stage.act(desk.open_counter, 4, stage.mei)
    assert (view(stage)["counter"]["state"], view(stage)["counter"]["staff"]) == ("ready", "Lin")


def test_idle_counters_call_by_themselves_where_the_store_wants_it(stage: Stage) -> None:
    calling = Calling(Context(stage.store, lambda: stage.now, "http://lobby"))
    stage.open(4, stage.lin)
    stage.issue()
    stage.later(1)
    assert calling.look() == []
    set_desk(stage, auto_call_s=20)
    assert calling.look() == [4]
    assert (stage.journal()[-1].actor, stage.at(4).number) == ("system", "A001")
    stage.serve(4, stage.lin)
    stage.issue()
    stage.later(19 * SECOND)
    assert calling.look() == []
    stage.later(1 * SECOND)
    assert calling.look() == [4]


def test_auto_call_and_a_key_at_the_same_moment_call_once(stage: Stage) -> None:
    set_desk(stage, auto_call_s=1)
    stage.open(4, stage.lin)
    for _ in range(20):
        stage.issue()
        stage.issue()
        stage.later(1)
        barrier = threading.Barrier(2)

        def press(barrier: threading.Barrier = barrier) -> bool:
            barrier.wait()
            try:
                stage.act(desk.call_next, 4, stage.lin)
            except CounterBusy:
                return False
            return True

        def by_itself(barrier: threading.Barrier = barrier) -> bool:
            barrier.wait()
            return stage.store.write(lambda conn: desk.call_by_itself(conn, 4, stage.now))

        with ThreadPoolExecutor(2) as both:
            pressed, came = both.submit(press), both.submit(by_itself)
            assert pressed.result() != came.result()
        stage.serve(4, stage.lin, minutes=0)


def test_notes_are_for_the_staff_and_the_journal_keeps_no_words(stage: Stage) -> None:
    called(stage)
    stage.act(lambda c, n, s, t: notes.note(c, n, s, t, "hard of hearing"), 4, stage.lin)
    assert [(row["staff"], row["text"]) for row in view(stage)["current"]["notes"]] == [("Lin", "hard of hearing")]
    assert "hearing" not in str(stage.journal())


def test_the_whole_phone_is_shown_on_request_and_that_is_journalled(stage: Stage) -> None:
    called(stage)
    with pytest.raises(PhoneUnknown):
        stage.act(notes.reveal, 4, stage.lin)
    stage.serve(4, stage.lin)
    stage.issue(member=WANG)
    stage.call(4, stage.lin)
    assert WANG.phone not in str(view(stage))
    assert stage.act(notes.reveal, 4, stage.lin) == WANG.phone
    asked = stage.journal()[-1]
    assert (asked.kind, asked.actor, WANG.phone in str(asked)) == (EventKind.PHONE_REVEALED, "staff:Lin", False)


def test_what_is_known_of_a_vip_comes_with_the_call_and_not_before(stage: Stage) -> None:
    soon = replace(WANG, valid_until=date(2026, 12, 1), birthday=date(1980, 11, 23), manager_a="M05")
    stage.store.write(lambda conn: members.put(conn, [soon]))
    stage.issue(member=soon)
    stage.open(4, stage.lin)
    assert "王" not in str(view(stage)["queue"])
    stage.call(4, stage.lin)
    known = view(stage)["current"]["customer"]
    assert (known["manager"], known["birthday"], known["visits_this_month"]) == ("M05", True, 1)
    assert known["card_ends"]["values"] == {"day": "2026-12-01"}
    stage.store.write(lambda conn: duty.link(conn, stage.mei.id, "M05"))
    assert view(stage)["current"]["customer"]["manager"] == "Mei"


def test_a_number_is_given_at_the_counter_once_with_a_note(stage: Stage) -> None:
    stage.open(4, stage.lin)
    wish = staff_issuing.StaffIssue(request_key="once", service="plan", note="came with a child")
    for created in (True, False):
        issued = stage.store.write(lambda c: staff_issuing.at_counter(c, 4, stage.lin, wish, stage.now))
        assert (issued.created, issued.ticket.number) == (created, "A001")
    assert [event.kind for event in stage.journal()].count(EventKind.NOTED) == 1
    with pytest.raises(LobbyError):
        stage.store.write(lambda c: staff_issuing.at_counter(c, 4, stage.zhou, wish, stage.now))


def test_a_days_sum_counts_neither_what_was_undone_nor_a_number_given_back() -> None:
    def line(seq: int, kind: str, **data: object) -> dict[str, Any]:
        return {"seq": seq, "kind": kind, "data": data}

    journal = [
        line(1, "issued"),
        line(2, "completed"),
        line(3, "undone", undid=[{"seq": 2, "kind": "completed"}]),
        line(4, "completed"),
        line(5, "issued"),
        line(6, "no_show"),
        line(7, "reinstated", was="no_show"),
        line(8, "abandoned"),
    ]
    summary = Summary.read(2, 2, journal, 1.0)
    assert (summary.served, summary.no_show, summary.cancelled, summary.is_kept) == (1, 0, 1, True)


def test_a_clerk_who_closes_ends_the_wrap_up(stage: Stage) -> None:
    called(stage)
    stage.act(desk.start, 4, stage.lin)
    stage.act(lambda c, n, s, t: desk.finish(c, n, s, t, wrap_up=True), 4, stage.lin)
    stage.later(2)
    stage.act(desk.close_counter, 4, stage.lin)
    assert [event.kind for event in stage.journal()[-2:]] == [EventKind.WRAP_UP_ENDED, EventKind.COUNTER_CLOSED]
    assert view(stage)["counter"]["state"] == CounterState.CLOSED
