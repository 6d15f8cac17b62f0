"""Limited perks: quotas by tier and period, never below zero, undone by who may, kept through new lists."""

import sqlite3
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from lobby_stage import WANG, ZONE, Stage

from counter import desk, perks, screen
from counter.errors import (
    KeyReused,
    NotYoursToUndo,
    NoVipHere,
    PerkBeforeService,
    PerkNotForTier,
    PerkUsedUp,
    UnknownPerk,
)
from counter.present import load_with_calls
from db import members, settings
from db.event_records import EventKind
from db.people_records import Member, Staff
from kiosk import proxies as proxy_issuing
from kiosk.issuing import Wish

SIM, BOOT = "sim-replacement", "reactivation"
DAY = 24 * 60


def _seat(stage: Stage, counter: int = 4, person: Staff | None = None, member: Member = WANG) -> None:
    """A VIP takes a number and is being served."""
    person = person or stage.lin
    stage.open(counter, person)
    stage.issue(member=member)
    stage.call(counter, person)
    stage.act(desk.start, counter, person)


def _use(stage: Stage, code: str, key: str, counter: int = 4, person: Staff | None = None) -> None:
    who = person or stage.lin
    stage.store.write(lambda conn: perks.use(conn, counter, code, key, who, stage.now))


def _undo(stage: Stage, code: str, person: Staff, counter: int = 4) -> None:
    use = _perks(stage, counter)[code]["last"]["use"]
    stage.store.write(lambda conn: perks.undo(conn, counter, code, use, person, stage.now))


def _view(stage: Stage, counter: int = 4) -> Any:
    with stage.store.read() as conn:
        return screen.read(conn, counter, load_with_calls(conn, stage.now))


def _perks(stage: Stage, counter: int = 4) -> dict[str, Any]:
    return {perk["code"]: perk for perk in _view(stage, counter)["current"]["perks"]}


def _left(stage: Stage, counter: int = 4) -> dict[str, int]:
    return {code: perk["left"] for code, perk in _perks(stage, counter).items()}


def _back(stage: Stage, member: Member = WANG) -> None:
    """The same VIP comes once more, to the same counter."""
    stage.act(desk.finish, 4, stage.lin)
    stage.issue(member=member)
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)


def _at(stage: Stage, when: str) -> None:
    """Move the clock to a local time."""
    stage.now = datetime.fromisoformat(when).replace(tzinfo=ZONE).timestamp()


def test_a_vip_at_the_counter_has_what_the_tier_gives_and_it_counts_down(stage: Stage) -> None:
    _seat(stage)
    assert _left(stage) == {BOOT: 2, SIM: 1, "airport-lounge": 2}
    _use(stage, BOOT, "a")
    assert _left(stage)[BOOT] == 1
    used = stage.journal()[-1]
    assert (used.kind, used.actor, used.ticket, used.counter) == (EventKind.PERK_USED, "staff:Lin", "V001", 4)
    assert used.data == {"perk": BOOT, "use": _perks(stage)[BOOT]["last"]["use"], "left": 1}


def test_a_quota_never_goes_below_zero_and_says_when_it_renews(stage: Stage) -> None:
    _seat(stage)
    _use(stage, SIM, "a")
    with pytest.raises(PerkUsedUp) as refused:
        _use(stage, SIM, "b")
    assert refused.value.attrs == {"times": 1, "day": "2027-01-01"}
    assert _left(stage)[SIM] == 0
    assert _perks(stage)[SIM]["why"]["values"] == {"times": 1, "day": "2027-01-01"}


def test_the_database_itself_refuses_one_too_many_and_forgetting(stage: Stage) -> None:
    _seat(stage)
    _use(stage, SIM, "a")
    columns = "member_no, perk, quota, span, used_on, used_at, staff_id, ticket_id, counter"
    again = f"INSERT INTO perk_uses (request_key, {columns}) SELECT 'b', {columns} FROM perk_uses"
    for statement in (again, "DELETE FROM perk_uses"):
        with pytest.raises(sqlite3.IntegrityError, match=r"nothing is left|only grows"):
            stage.store.write(lambda conn, statement=statement: conn.execute(statement).rowcount)  # type: ignore[misc]


def test_a_repeated_request_uses_nothing_more_and_a_reused_key_is_refused(stage: Stage) -> None:
    _seat(stage)
    _use(stage, BOOT, "a")
    _use(stage, BOOT, "a")
    assert _left(stage)[BOOT] == 1
    with pytest.raises(KeyReused):
        _use(stage, SIM, "a")
    stage.act(desk.finish, 4, stage.lin)
    _use(stage, BOOT, "a")  # its answer was lost and the customer has gone: still done once
    with pytest.raises(NoVipHere):
        _use(stage, BOOT, "b")


def test_perks_are_only_for_a_vip_who_is_here_and_whose_tier_has_them(stage: Stage) -> None:
    stage.open(4, stage.lin)
    stage.issue()
    stage.call(4, stage.lin)
    assert _view(stage)["current"]["perks"] == []
    with pytest.raises(NoVipHere):
        _use(stage, SIM, "a")
    stage.miss(4, stage.lin)
    silver = replace(WANG, member_no="V07000009", phone="13800136629", tier="silver")
    stage.store.write(lambda conn: members.put(conn, [silver]))
    stage.issue(member=silver)
    stage.call(4, stage.lin)
    with pytest.raises(PerkBeforeService):
        _use(stage, SIM, "a")
    assert _perks(stage)[SIM]["why"]["code"] == "perk_before_service"
    stage.act(desk.start, 4, stage.lin)
    with pytest.raises(PerkNotForTier):
        _use(stage, "airport-lounge", "a")
    with pytest.raises(UnknownPerk):
        _use(stage, "massage", "a")


def test_the_month_ends_at_midnight_of_the_store(stage: Stage) -> None:
    _at(stage, "2026-11-30T23:59")
    _seat(stage)
    _use(stage, BOOT, "a")
    _use(stage, BOOT, "b")
    with pytest.raises(PerkUsedUp) as refused:
        _use(stage, BOOT, "c")
    assert refused.value.attrs["day"] == "2026-12-01"
    stage.later(2)
    assert _left(stage)[BOOT] == 2
    _use(stage, BOOT, "d")
    assert _left(stage)[BOOT] == 1


def test_the_year_ends_at_midnight_of_the_store_not_of_greenwich(stage: Stage) -> None:
    _at(stage, "2026-12-31T23:59")
    _seat(stage)
    _use(stage, SIM, "a")
    stage.later(2)  # 16:01 UTC on 31 December
    assert _left(stage)[SIM] == 1
    _use(stage, SIM, "b")
    _at(stage, "2027-06-01T10:00")
    assert _left(stage)[SIM] == 0


def test_a_store_elsewhere_has_its_own_midnight(stage: Stage) -> None:
    store = replace(stage.present().settings, timezone="America/New_York")
    stage.store.write(lambda conn: settings.save(conn, store))
    _at(stage, "2026-12-01T12:30")  # 23:30 on 30 November in New York
    _seat(stage)
    _use(stage, BOOT, "a")
    assert _perks(stage)[BOOT]["renews_on"] == "2026-12-01"
    stage.later(40)
    assert _left(stage)[BOOT] == 2


def test_a_new_tier_has_its_own_quota_less_what_was_used(stage: Stage) -> None:
    _seat(stage)
    _use(stage, "airport-lounge", "a")
    _use(stage, "airport-lounge", "b")
    stage.store.write(lambda conn: members.put(conn, [replace(WANG, tier="diamond")]))
    assert _left(stage)["airport-lounge"] == 4
    stage.store.write(lambda conn: members.put(conn, [replace(WANG, tier="silver")]))
    _use(stage, BOOT, "c")
    assert _left(stage) == {BOOT: 0, SIM: 1}


def test_a_lower_tier_with_less_than_was_used_has_nothing_left(stage: Stage) -> None:
    _seat(stage)
    _use(stage, BOOT, "a")
    _use(stage, BOOT, "b")
    stage.store.write(lambda conn: members.put(conn, [replace(WANG, tier="silver")]))
    assert _left(stage)[BOOT] == 0
    with pytest.raises(PerkUsedUp):
        _use(stage, BOOT, "c")
    _undo(stage, BOOT, stage.lin)
    assert _left(stage)[BOOT] == 0


def test_history_outlives_a_new_member_list(stage: Stage) -> None:
    _seat(stage)
    _use(stage, SIM, "a")
    stage.store.write(lambda conn: members.unlist(conn, [WANG.member_no]))
    assert _view(stage)["current"]["perks"] == []
    stage.store.write(lambda conn: members.put(conn, [replace(WANG, tier="diamond")]))
    assert _left(stage)[SIM] == 1


def test_a_use_is_undone_by_who_made_it_on_the_same_day_or_by_a_manager(stage: Stage) -> None:
    _seat(stage)
    _use(stage, SIM, "a")
    with pytest.raises(NotYoursToUndo):
        _undo(stage, SIM, stage.zhou)
    _undo(stage, SIM, stage.lin)
    assert _left(stage)[SIM] == 1
    undone = stage.journal()[-1]
    assert (undone.kind, undone.actor, undone.ticket) == (EventKind.PERK_UNDONE, "staff:Lin", "V001")
    _use(stage, SIM, "b")
    stage.later(DAY)
    with pytest.raises(NotYoursToUndo):
        _undo(stage, SIM, stage.lin)
    _undo(stage, SIM, stage.mei)
    assert _left(stage)[SIM] == 1


def test_undoing_twice_gives_back_once(stage: Stage) -> None:
    _seat(stage)
    _use(stage, BOOT, "a")
    _use(stage, BOOT, "b")
    use = _perks(stage)[BOOT]["last"]["use"]
    for _ in range(2):
        stage.store.write(lambda conn: perks.undo(conn, 4, BOOT, use, stage.lin, stage.now))
    assert _left(stage)[BOOT] == 1


def test_the_views_own_key_is_new_after_every_use_and_undo(stage: Stage) -> None:
    _seat(stage)
    keys = []
    for _ in range(2):
        keys.append(_perks(stage)[SIM]["request_key"])
        _use(stage, SIM, keys[-1])
        keys.append(_perks(stage)[SIM]["request_key"])
        _undo(stage, SIM, stage.lin)
    assert len(set(keys)) == 3
    assert _left(stage)[SIM] == 1


def test_a_customer_and_their_proxy_at_two_counters_share_one_quota(stage: Stage) -> None:
    _seat(stage)
    wish = Wish("proxy", "plan")
    stage.store.write(lambda conn: proxy_issuing.issue(conn, wish, WANG.member_no, stage.zhou, stage.now))
    stage.open(5, stage.zhou)
    stage.call(5, stage.zhou)
    stage.act(desk.start, 5, stage.zhou)
    _use(stage, SIM, "a")
    with pytest.raises(PerkUsedUp):
        _use(stage, SIM, "b", 5, stage.zhou)


def test_a_returning_vip_has_what_other_visits_left_and_a_manager_may_undo_those(stage: Stage) -> None:
    _seat(stage)
    _use(stage, SIM, "a")
    stage.later(DAY)
    _back(stage)
    assert _perks(stage)[SIM]["left"] == 0
    assert (_perks(stage)[SIM]["last"]["staff"], _perks(stage)[SIM]["last"]["today"]) == ("Lin", False)
    _undo(stage, SIM, stage.mei)
    assert (_perks(stage)[SIM]["left"], _perks(stage)[SIM]["last"]) == (1, None)
