"""Proxy handling: business for an absent gold or diamond customer, with its two clocks."""

from dataclasses import replace
from typing import Any

import pytest
from lobby_stage import CHEN, MINUTE, OLD_LI, TEN, WANG, Stage

from counter import duty_screen, proxies, screen
from counter.errors import ProxyNotDone, UnknownProxy
from counter.present import load_with_calls
from db import members
from db.event_records import EventKind
from db.people_records import Staff
from db.ticket_records import Ticket, TicketClass
from kiosk import proxies as issuing_proxies
from kiosk.errors import ProxyCardInvalid, ProxyNoRight, ProxyOpen, UnknownProxyMember
from kiosk.issuing import Issued, Wish

SILVER = replace(WANG, member_no="V07000009", phone="13800136629", tier="silver")


def _issue(stage: Stage, proxy_for: str = WANG.member_no, key: str = "proxy") -> Issued:
    wish = Wish(key, "plan")
    return stage.store.write(lambda conn: issuing_proxies.issue(conn, wish, proxy_for, stage.lin, stage.now))


def _running(stage: Stage, person: Staff) -> list[dict[str, Any]]:
    with stage.store.read() as conn:
        rows = duty_screen.read(conn, person.id, load_with_calls(conn, stage.now))["proxies"]
    return list(rows)


def _answer(stage: Stage, ticket: Ticket) -> None:
    stage.store.write(lambda conn: proxies.answered(conn, ticket.id, stage.lin, stage.now))


def _done(stage: Stage) -> None:
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.serve(4, stage.lin, minutes=10)


def test_a_proxy_goes_through_the_vip_queue_without_paper(stage: Stage) -> None:
    issued = _issue(stage)
    ticket = issued.ticket
    assert (ticket.number, ticket.ticket_class, ticket.tier) == ("V001", TicketClass.VIP, "gold")
    assert ticket.due_at == TEN + 600
    assert issued.paper == "none"
    stage.issue()
    stage.open(4, stage.zhou)
    assert stage.call(4, stage.zhou)[0] == "V001"
    with stage.store.read() as conn:
        current = screen.read(conn, 4, load_with_calls(conn, stage.now))["current"]
    assert current["proxy"]["staff"] == "Lin"
    assert current["customer"]["name"]["zh"] == "王先生/女士"
    assert [perk["left"] for perk in current["perks"]] == [2, 1, 2]


def test_by_phone_as_well_and_once_for_a_repeated_request(stage: Stage) -> None:
    first = _issue(stage, " 138 0013 6620 ")
    again = _issue(stage, " 138 0013 6620 ")
    assert (first.created, again.created) == (True, False)
    assert first.ticket.number == again.ticket.number
    assert len(_running(stage, stage.lin)) == 1


def test_who_has_no_right_gets_none_and_is_told_why(stage: Stage) -> None:
    stage.store.write(lambda conn: members.put(conn, [SILVER]))
    for given, refusal in [
        (SILVER.member_no, ProxyNoRight),
        (OLD_LI.member_no, ProxyCardInvalid),
        ("V09999999", UnknownProxyMember),
        ("13000000000", UnknownProxyMember),
    ]:
        with pytest.raises(refusal):
            _issue(stage, given)
    assert _running(stage, stage.mei) == []


def test_a_customer_who_comes_meanwhile_has_a_number_of_their_own(stage: Stage) -> None:
    _issue(stage)
    own = stage.issue(member=WANG)
    assert own.created
    assert own.ticket.number == "V002"
    with pytest.raises(ProxyOpen) as refused:
        _issue(stage, key="second")
    assert refused.value.attrs == {"number": "V001"}


def test_three_hours_to_do_it_then_half_an_hour_to_tell(stage: Stage) -> None:
    ticket = _issue(stage).ticket
    (row,) = _running(stage, stage.lin)
    assert (row["clock"], row["limit_s"], row["due_at"]) == ("done", 3 * 3600, "2026-11-21T13:00:00.000+08:00")
    with pytest.raises(ProxyNotDone):
        _answer(stage, ticket)
    stage.later(20)
    _done(stage)
    (row,) = _running(stage, stage.lin)
    assert (row["clock"], row["limit_s"], row["due_at"]) == ("told", 1800, "2026-11-21T11:00:00.000+08:00")
    for _ in range(2):
        _answer(stage, ticket)
    assert _running(stage, stage.lin) == []
    answered = [event for event in stage.journal() if event.kind == EventKind.PROXY_ANSWERED]
    assert [(event.actor, event.ticket) for event in answered] == [("staff:Lin", "V001")]
    with pytest.raises(UnknownProxy):
        _answer(stage, stage.issue().ticket)


def test_it_stays_on_the_screens_until_the_customer_is_told_even_the_day_after(stage: Stage) -> None:
    _issue(stage)
    _done(stage)
    stage.now += 24 * 60 * MINUTE
    assert len(_running(stage, stage.lin)) == 1


def test_who_took_it_on_and_managers_see_it_the_name_only_the_first(stage: Stage) -> None:
    _issue(stage, CHEN.member_no)
    (mine,), (theirs,) = _running(stage, stage.lin), _running(stage, stage.mei)
    assert mine["customer"]["zh"] == "陈先生/女士"
    assert (theirs["customer"], theirs["staff"]) == (None, "Lin")
    assert _running(stage, stage.zhou) == []


def test_a_proxy_that_was_given_up_is_over(stage: Stage) -> None:
    _issue(stage)
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)
    stage.miss(4, stage.lin)
    assert _running(stage, stage.lin) == []
    assert _issue(stage, key="again").created
