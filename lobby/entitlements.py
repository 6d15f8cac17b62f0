"""Owns setting up what each tier is entitled to, which perks there are, and who is an account manager.

Everything is for administrators.
"""

import re
import sqlite3
from dataclasses import replace
from typing import Any

from pydantic import Field

from counter.web import Body
from db import duty, perks, settings, staff
from db.errors import LobbyError
from db.people_records import Role
from db.perks import Period, Perk, Quota
from db.setting_records import Tier
from db.words import Names
from lobby.orders import Command, Json, Order, UnknownStaff

PROMISE_S = 600
"""A VIP waits no more than ten minutes: the trade's own promise."""

LONGEST_TARGET_S = 3600
LONGEST_HEAD_START_S = 3600
MOST_TIMES = 999
PAGE_MINUTES = range(1, 61)
_CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")
_MANAGER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,15}")


class UnknownTier(LobbyError):
    """No such tier."""

    code, status, field, text = "unknown_tier", 404, "tier", "There is no tier “{tier}”."


class TierNameTaken(LobbyError):
    """Nobody could tell two tiers apart."""

    code, status, field, text = "tier_name_taken", 409, "name_zh", "Another tier is called “{name}” already."


class BadTarget(LobbyError):
    """A wait target that is none."""

    code, status, field = "bad_target", 422, "target_s"
    text = "A wait target is 1 to {longest} seconds."


class TargetBeyondPromise(LobbyError):
    """More than a VIP is promised, without a reason."""

    code, status, field = "target_beyond_promise", 422, "reason"
    text = "A VIP is promised at most {promise} seconds. For a longer target, say why."


class BadHeadStart(LobbyError):
    """A head start that is none."""

    code, status, field = "bad_head_start", 422, "head_start_s"
    text = "A head start is 0 to {longest} seconds."


class BadPerkCode(LobbyError):
    """A perk's code that programs could not use."""

    code, status, field = "bad_perk_code", 422, "code"
    text = "A perk's code has lower-case letters, digits and hyphens, such as sim-replacement."


class BadQuota(LobbyError):
    """A quota that is none."""

    code, status, field = "bad_quota", 422, "quotas"
    text = "The quota of “{tier}” is a number from 1 to {most} a month or a year, or empty for none."


class BadManagerCode(LobbyError):
    """An account manager's code that cannot stand in the carrier's list."""

    code, status, field = "bad_manager_code", 422, "manager"
    text = "An account manager's code is as in the member list, such as M05."


class BadPageTime(LobbyError):
    """A time after which pages go on that is none."""

    code, status, field = "bad_page_time", 422, "minutes"
    text = "An arrival notice goes on after 1 to 60 minutes."


class TierSet(Body):
    """What a tier is called and entitled to; what is absent stays. `reason`: why a target is beyond the promise."""

    tier: str
    name_zh: str | None = Field(default=None, min_length=1, max_length=20)
    name_en: str | None = Field(default=None, min_length=1, max_length=40)
    target_s: int | None = None
    head_start_s: int | None = None
    may_proxy: bool | None = None
    reason: str | None = Field(default=None, max_length=200)


class PerkSet(Body):
    """A perk, new or changed: its names, and per tier how often (`quotas`) in which period (`periods`, else a month).

    Without `quotas` they stay; a tier that is absent from them has none.
    """

    code: str
    name_zh: str = Field(min_length=1, max_length=20)
    name_en: str = Field(min_length=1, max_length=40)
    quotas: dict[str, int | None] | None = None
    periods: dict[str, Period] = Field(default_factory=dict)


class ManagerSet(Body):
    """Which account manager one of the staff is, as the member list names them; None or empty for none."""

    name: str
    manager: str | None = None


class PagingSet(Body):
    """After how many minutes a page that nobody acknowledges goes on."""

    minutes: int


def _tier_set(conn: sqlite3.Connection, order: Order, body: TierSet) -> Json:
    order.require_at_least(Role.ADMIN)
    known = settings.tiers(conn)
    before = known.get(body.tier)
    if before is None:
        raise UnknownTier(tier=body.tier)
    given = body.model_dump(include={"target_s", "head_start_s", "may_proxy"}, exclude_none=True)
    name = Names(body.name_zh or before.name.zh, body.name_en or before.name.en)
    _check_own_name(name, [tier for tier in known.values() if tier.code != before.code])
    after = replace(before, name=name, **given)
    if not 0 < after.target_s <= LONGEST_TARGET_S:
        raise BadTarget(longest=LONGEST_TARGET_S)
    if not 0 <= after.head_start_s <= LONGEST_HEAD_START_S:
        raise BadHeadStart(longest=LONGEST_HEAD_START_S)
    after = replace(after, target_reason=_reason(after.target_s, body.reason or before.target_reason))
    settings.change_tier(conn, after)
    return {"changed": after != before}


def _check_own_name(name: Names, others: list[Tier]) -> None:
    for other in others:
        if taken := {name.zh, name.en} & {other.name.zh, other.name.en}:
            raise TierNameTaken(name=taken.pop())


def _reason(target_s: float, given: str | None) -> str | None:
    """Why a target is beyond the promise; one within it needs none."""
    if target_s <= PROMISE_S:
        return None
    if not given:
        raise TargetBeyondPromise(promise=PROMISE_S)
    return given


def _perk_set(conn: sqlite3.Connection, order: Order, body: PerkSet) -> Json:
    order.require_at_least(Role.ADMIN)
    if not _CODE.fullmatch(body.code):
        raise BadPerkCode
    tiers = settings.tiers(conn)
    for tier in {**(body.quotas or {}), **body.periods}:
        if tier not in tiers:
            raise UnknownTier(tier=tier)
    before = perks.everyone(conn).get(body.code)
    kept = before.quotas if before and body.quotas is None else {}
    asked = {
        tier: _quota(tier, times, body.periods) for tier, times in (body.quotas or {}).items() if times is not None
    }
    after = Perk(body.code, Names(body.name_zh, body.name_en), {**kept, **asked})
    perks.put(conn, after)
    return {"changed": after != before}


def _quota(tier: str, times: int, periods: dict[str, Period]) -> Quota:
    if not 1 <= times <= MOST_TIMES:
        raise BadQuota(tier=tier, most=MOST_TIMES)
    return Quota(times, periods.get(tier, Period.MONTH))


def _manager_set(conn: sqlite3.Connection, order: Order, body: ManagerSet) -> Json:
    order.require_at_least(Role.ADMIN)
    person = staff.staff_by_name(conn, body.name)
    if person is None:
        raise UnknownStaff(name=body.name)
    code = (body.manager or "").upper() or None
    if code is not None and not _MANAGER.fullmatch(code):
        raise BadManagerCode
    if code != person.manager_code:
        duty.link(conn, person.id, code)
    return {"changed": code != person.manager_code}


def _paging_set(conn: sqlite3.Connection, order: Order, body: PagingSet) -> Json:
    order.require_at_least(Role.ADMIN)
    if body.minutes not in PAGE_MINUTES:
        raise BadPageTime
    before = settings.load(conn)
    settings.save(conn, replace(before, page_after_s=body.minutes * 60))
    return {"changed": before.page_after_s != body.minutes * 60}


COMMANDS: dict[str, Command[Any]] = {
    "tier-set": Command(TierSet, _tier_set),
    "perk-set": Command(PerkSet, _perk_set),
    "manager-set": Command(ManagerSet, _manager_set),
    "paging-set": Command(PagingSet, _paging_set),
}
