"""Owns the sample store that a first start creates: ready to use, and the start of a real store's own set-up."""

import sqlite3
from pathlib import Path

from db import counters, events, perks, settings, staff
from db.counter_records import Counter, Permission
from db.event_records import EventKind
from db.people_records import DeviceKind, Role
from db.perks import Period, Perk, Quota
from db.setting_records import Service, Settings, Tier
from db.ticket_records import TicketClass
from db.words import Names

SERVICES = (
    Service("plan", "A", Names("套餐与号卡", "Plans & SIM cards"), "phone", 1, mean_s=7 * 60, cv=0.8),
    Service("device", "B", Names("手机与宽带", "Phones & broadband"), "device", 2, mean_s=12 * 60, cv=0.8),
    Service("billing", "C", Names("缴费与账单", "Payments & bills"), "card", 3, mean_s=4 * 60, cv=0.8),
    Service("support", "D", Names("维修与售后", "Repairs & support"), "wrench", 4, mean_s=12 * 60, cv=0.8),
    Service("other", "E", Names("咨询与其他", "Questions & other"), "question", 5, mean_s=4 * 60, cv=0.8),
)
TIERS = (
    Tier("silver", 1, Names("银卡", "Silver"), target_s=600, head_start_s=5 * 60),
    Tier("gold", 2, Names("金卡", "Gold"), target_s=600, head_start_s=6 * 60, may_proxy=True),
    Tier("diamond", 3, Names("钻石卡", "Diamond"), target_s=600, head_start_s=7 * 60, may_proxy=True),
)
PERKS = (
    Perk(
        "reactivation",
        Names("紧急开机", "Emergency re-activation"),
        {"silver": Quota(1, Period.MONTH), "gold": Quota(2, Period.MONTH), "diamond": Quota(2, Period.MONTH)},
    ),
    Perk(
        "sim-replacement",
        Names("免费补换卡", "Free SIM replacement"),
        {"silver": Quota(1, Period.YEAR), "gold": Quota(1, Period.YEAR), "diamond": Quota(2, Period.YEAR)},
    ),
    Perk(
        "airport-lounge",
        Names("机场贵宾厅", "Airport lounge"),
        {"gold": Quota(2, Period.YEAR), "diamond": Quota(6, Period.YEAR)},
    ),
)
NOTICES = (
    Names(
        "过号请到服务台；扫小票二维码可查看进度",
        "Missed your call? See the help desk. Scan your ticket to follow the queue.",
    ),
    Names("办理业务请带好本人身份证件", "Please have your identity card at hand."),
)
MANAGER = "值班经理"


def _counter(number: int, vip: Permission, ordinary: Permission, *skills: str) -> Counter:
    permissions = {
        TicketClass.VIP: vip,
        TicketClass.APPOINTMENT: Permission.PRIMARY,
        TicketClass.ORDINARY: ordinary,
    }
    return Counter(number, permissions, frozenset(skills))


_EVERYTHING = tuple(service.code for service in SERVICES)
COUNTERS = (
    _counter(1, Permission.VIP_FIRST, Permission.PRIMARY, *_EVERYTHING),
    _counter(2, Permission.BACKUP, Permission.PRIMARY, "plan", "billing", "other"),
    _counter(3, Permission.BACKUP, Permission.PRIMARY, "device", "support", "other"),
    _counter(4, Permission.PRIMARY, Permission.PRIMARY, *_EVERYTHING),
    _counter(5, Permission.PRIMARY, Permission.PRIMARY, *_EVERYTHING),
    _counter(6, Permission.PRIMARY, Permission.PRIMARY, *_EVERYTHING),
)


def create_if_new(conn: sqlite3.Connection, now: float) -> None:
    """Write the sample store into an empty database.

    It has no opening hours yet, so it is open at all hours and a first try works at night too; and its manager has no
    PIN, which the manager's link sets.
    """
    if settings.exists(conn):
        return
    settings.save(conn, Settings(Names("海棠路营业厅", "Haitang Road Store"), local_timezone(), notices=NOTICES))
    for service in SERVICES:
        settings.add_service(conn, service)
    for tier in TIERS:
        settings.add_tier(conn, tier)
    for perk in PERKS:
        perks.put(conn, perk)
    for counter in COUNTERS:
        counters.add(conn, counter)
    staff.add_staff(conn, MANAGER, Role.ADMIN, None)
    staff.add_device(conn, DeviceKind.KIOSK, "自助取号机 1", {})
    staff.add_device(conn, DeviceKind.DISPLAY, "叫号屏 1", {})
    events.append(conn, now, EventKind.SETTINGS_CHANGED, "command", change="sample store created")


def enrolment_path(token: str) -> str:
    """Where a one-time token is used."""
    return f"/enrol/{token}"


def local_timezone() -> str:
    """The machine's own zone by name; a machine without one keeps China's time."""
    link = Path("/etc/localtime")
    name = str(link.resolve()).partition("zoneinfo/")[2] if link.is_symlink() else ""
    return name if name and name not in {"Etc/UTC", "UTC", "Etc/UCT"} else "Asia/Shanghai"
