"""Owns the carrier's VIP list: what a line of it means, and what a new list changes.

Members no longer listed become ordinary customers; a faulty line ends nobody's card.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from counter import card
from counter.customer import masked
from db import members, settings
from db.event_records import EventKind
from db.people_records import Member
from db.plans import Change
from db.setting_records import Tier
from db.words import Message
from kiosk import cells as values
from kiosk.cells import Cells
from kiosk.errors import NoUsableLine
from kiosk.headings import Columns
from kiosk.lists import Reading

event = EventKind.MEMBERS_IMPORTED

_LANGUAGES = {
    "zh": ("中文", "汉语", "普通话", "Chinese", "zh-CN"),
    "en": ("英文", "英语", "English", "en-US"),
}
_STATUSES = {
    "active": ("在网", "正常", "有效", "正常在网", "停机", "valid", "normal", "in network", "suspended"),
    "churned": (
        "离网",
        "已离网",
        "销户",
        "已销户",
        "拆机",
        "退网",
        "注销",
        "已注销",
        "携出",
        "left",
        "cancelled",
        "closed",
    ),
}
_language, _status = values.one_of(_LANGUAGES), values.one_of(_STATUSES)


class MemberList:
    """The list as it is compared with the members of a moment."""

    columns = Columns(
        required=("member_no", "name", "phone", "tier", "valid_from", "valid_until"),
        optional=("assessed", "contract_until", "birthday", "manager_a", "manager_b", "language", "status"),
        instead={"assessed": ("valid_from", "valid_until")},
    )

    def __init__(self, conn: sqlite3.Connection) -> None:
        self._tier = values.one_of({tier.code: _words(tier) for tier in settings.tiers(conn).values()})
        self._known = members.everyone(conn)
        self._conn = conn

    def key(self, cells: Cells) -> str:
        """The card's number."""
        return values.plain(cells.raw("member_no")).upper()

    def record(self, cells: Cells) -> Member:
        """A member."""
        valid_from, valid_until = _term(cells)
        return Member(
            member_no=cells.take("member_no", values.key),
            name=cells.take("name", values.given),
            phone=cells.take("phone", values.phone),
            tier=cells.take("tier", self._tier),
            valid_from=valid_from,
            valid_until=valid_until,
            contract_until=cells.take_any("contract_until", values.day),
            birthday=cells.take_any("birthday", values.day),
            manager_a=cells.take_any("manager_a", values.given),
            manager_b=cells.take_any("manager_b", values.given),
            language=cells.take_any("language", _language) or "zh",
            churned=cells.take_any("status", _status) == "churned",
        )

    def unique(self, record: Member) -> Mapping[str, str | None]:
        """A number that somebody left behind may be another's by now."""
        phone = {} if record.churned else {"phone": record.phone}
        return {"member_no": record.member_no, **phone}

    def changes(self, reading: Reading[Member]) -> Iterator[Change]:
        """Additions, changes and ends. Raises `NoUsableLine`: such a list would end everybody's card."""
        if not reading.found:
            raise NoUsableLine
        for number, member in reading.found.items():
            old = self._known.get(number)
            if old != member:
                same_phone = old is not None and old.phone == member.phone
                yield _change(old, member, members.row_of(self._conn, member, same_phone=same_phone))
        for number, member in self._known.items():
            if member.listed and not member.churned and number not in reading.mentioned:
                yield Change("ended", number, member.name, {"tier": member.tier, "reason": "unlisted"})


def put(conn: sqlite3.Connection, changes: Iterable[Change]) -> None:
    """Write some of the changes."""
    chunk = list(changes)
    members.put_rows(conn, [change.row for change in chunk if change.row is not None])
    members.unlist(conn, [change.key for change in chunk if change.row is None])


def _words(tier: Tier) -> tuple[str, ...]:
    """Gold is 金卡, Gold, 金卡会员, 金, gold card."""
    chinese, english = tier.name.zh, tier.name.en
    short = chinese.removesuffix("卡")
    return (chinese, english, short, *(f"{chinese}{who}" for who in ("会员", "客户", "用户")), f"{english} card")


def _term(cells: Cells) -> tuple[date, date]:
    """First and last day, as the list says or as they follow from the assessment."""
    if not cells.raw("valid_from") and not cells.raw("valid_until") and cells.raw("assessed"):
        assessed = cells.take("assessed", values.day)
        return (assessed, assessed) if cells.faults else card.term(assessed)
    before = len(cells.faults)
    first, last = cells.take("valid_from", values.day), cells.take("valid_until", values.day)
    if len(cells.faults) == before and last < first:
        cells.refuse("valid_until", Message("before_start", "before the first day, {day}", {"day": first.isoformat()}))
    return first, last


def _change(old: Member | None, new: Member, row: list[object]) -> Change:
    if old is None:
        return Change("added", new.member_no, new.name, {"tier": new.tier, "churned": new.churned}, row)
    if new.churned and old.listed and not old.churned:
        return Change("ended", new.member_no, new.name, {"tier": old.tier, "reason": "churned"}, row)
    return Change("changed", new.member_no, new.name, {"tier": new.tier, "fields": _fields(old, new)}, row)


def _fields(old: Member, new: Member) -> list[list[str | None]]:
    """Each field that differs: its name, what it was, what it becomes."""
    pairs = ((name, getattr(old, name), getattr(new, name)) for name in Member.__slots__)
    return [[name, _shown(name, before), _shown(name, after)] for name, before, after in pairs if before != after]


def _shown(name: str, value: object) -> str | None:
    if value is None:
        return None
    return masked(str(value)) if name == "phone" else str(value)
