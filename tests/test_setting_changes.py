"""Changes of settings: each is kept with who, before, after; told in words; undone and redone, or why not."""

import base64
import io
import json
import sqlite3
import threading
from dataclasses import replace
from typing import Any

import pytest
from lobby_stage import CHEN, Stage
from PIL import Image

from counter.errors import Forbidden
from counter.faults import UnsoundSettings
from counter.web import Context
from db import events, perks, setting_changes, setting_rows, settings, staff, webhooks
from db.errors import LobbyError
from db.event_records import EventKind
from db.people_records import DeviceKind, Role, Staff
from lobby import commands, setting_undo
from lobby.change_words import Words

HAI = Staff(90, "Hai", Role.ADMIN)
NOT_SETTINGS = {
    "services": {"log_mean", "log_sd", "known"},
    "counters": {"state", "since", "staff_id", "returns_at", "pause_reason", "pause_text"},
    "staff": {"pin_hash", "on_duty_since", "signed_in_at"},
    "devices": {"token_hash"},
}
"""What the tables of settings hold beside settings: what was learnt, states, secrets."""


def do(stage: Stage, command: str, by: Staff | str = HAI, /, **arguments: Any) -> int:
    """A command that changes settings; the number of its change."""
    change = commands.carry_out(Context(stage.store, lambda: stage.now, "http://lobby"), command, arguments, by).change
    assert change is not None
    return change


def ask(stage: Stage, command: str, by: Staff | str = HAI, /, **arguments: Any) -> Any:
    return commands.run(Context(stage.store, lambda: stage.now, "http://lobby"), command, arguments, by)


def undo(stage: Stage, change: int, by: Staff | str = HAI) -> int:
    return do(stage, "settings-undo", by, id=change)


def everything(stage: Stage) -> Any:
    with stage.store.read() as conn:
        return setting_rows.snapshot(conn)


def listed(stage: Stage, change: int, by: Staff | str = HAI) -> Any:
    return next(one for one in ask(stage, "settings-changes", by)["changes"] if one["id"] == change)


def picture() -> str:
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


EVERY_KIND: list[tuple[str, dict[str, Any]]] = [
    ("store-set", {"name_zh": "新店", "hours": ["09:00-18:00"] * 6 + ["closed"], "daily_caps": {"plan": 80}}),
    ("store-set", {"service_groups": {"plan": {"zh": "办理", "en": "Sales"}}}),
    ("settings-set", {"values": {"rule.fair_after": 30, "counters.2.skills": "plan", "services.plan.mean": 9}}),
    ("booking-set", {"slot_minutes": 30, "places": {"plan": 3}, "rights": {"silver": "free"}}),
    ("desk-set", {"auto_call_s": 20, "staff_may_call": True}),
    ("display-set", {"accent": "#FFAA00", "logo": picture(), "notices": []}),
    ("voice-set", {"languages": "both", "hours": [{"from": "20:00", "to": "08:00", "volume": 0}]}),
    ("tier-set", {"tier": "gold", "target_s": 300, "may_proxy": False}),
    ("perk-set", {"code": "tea", "name_zh": "茶", "name_en": "Tea", "quotas": {"gold": 2}}),
    ("paging-set", {"minutes": 5}),
    ("alert-rule-set", {"kind": "queue_longer", "threshold": 20, "sound": True}),
    ("webhook-set", {"url": "https://example.com/alerts"}),
    ("slip-template-set", {"language": "zh", "ticket_class": "vip", "text": "number\ncut"}),
    ("slip-texts-set", {"where_to_go_zh": "请到二楼"}),
    ("slip-logo-set", {"image": picture()}),
    ("printer-add", {"name": "P1", "address": "tcp://127.0.0.1:9100"}),
    ("device-display", {"name": "叫号屏 1", "queues": "A,B"}),
    ("display-sound", {"name": "叫号屏 1", "sound": "off"}),
    ("manager-set", {"name": "Lin", "manager": "M05"}),
    ("staff-add", {"name": "Neu", "role": "counter"}),
    ("backup-set", {"every_h": 2}),
    ("services-order", {"codes": ["other", "plan", "device", "billing", "support"]}),
    ("service-add", {"name_zh": "挂失", "name_en": "Lost card", "letter": "L", "counters": [1, 2]}),
    ("service-set", {"code": "plan", "hint_zh": "带身份证", "hint_en": "Bring your ID", "shown": False, "minutes": 9}),
    ("service-retire", {"code": "other"}),
    ("counter-add", {"number": 9, "name_zh": "贵宾室", "name_en": "VIP room"}),
    ("counter-set", {"number": 2, "vip": "vip_first", "where_zh": "二楼", "where_en": "Upstairs", "skills": ["plan"]}),
    ("counter-retire", {"number": 6}),
    ("hours-set", {"hours": ["09:00-12:00 13:30-18:00"] * 6 + ["closed"]}),
    ("special-days-set", {"days": [{"date": "2027-01-01", "name_zh": "元旦", "name_en": "New Year"}]}),
    ("store-text-set", {"name": "kiosk_welcome", "zh": "欢迎", "en": "Welcome"}),
    ("sign-ins-set", {"idle_minutes": 30, "longest_hours": 9, "managers_need_code": True}),
    ("retention-set", {"visits": 30, "backups": 14}),
    ("staff-rename", {"name": "Lin", "new_name": "Lin Na"}),
    ("staff-role", {"name": "Lin", "role": "manager"}),
    ("device-rename", {"name": "叫号屏 1", "new_name": "大屏"}),
]


@pytest.mark.parametrize(("command", "arguments"), EVERY_KIND, ids=[name for name, _ in EVERY_KIND])
def test_every_kind_of_change_is_kept_once_told_undone_and_redone(
    stage: Stage, command: str, arguments: dict[str, Any]
) -> None:
    before = everything(stage)
    change = do(stage, command, **arguments)
    after = everything(stage)
    assert after != before
    line = stage.journal()[-1]
    assert (line.kind, line.actor, line.data["command"]) == (EventKind.SETTINGS_CHANGED, "staff:Hai", command)
    told = listed(stage, change)
    assert told["who"]["en"] == "Hai"
    assert told["refused"] is None
    assert told["lines"]
    for said in told["lines"]:
        assert said["before"] != said["after"]
        assert all("_" not in name for name in said["what"].values()), said  # words, not names of columns
    undone = undo(stage, change)
    assert everything(stage) == before
    assert (listed(stage, change)["undone_by"], listed(stage, undone)["undoes"]) == (undone, change)
    if command not in {"printer-add", "staff-add"}:  # they come in by a link, and are added anew
        undo(stage, undone)
        assert everything(stage) == after


def test_what_it_was_and_what_it_is_are_told_in_both_languages(stage: Stage) -> None:
    change = do(stage, "settings-set", values={"rule.fair_after": 30, "services.plan.mean": 9})
    more = do(stage, "desk-set", "command", auto_call_s=20)
    assert [(one["what"]["zh"], one["before"]["zh"], one["after"]["zh"]) for one in listed(stage, change)["lines"]] == [
        ("公平轮候：等候满", "45 分钟", "30 分钟"),
        ("套餐与号卡，平均办理时长", "7 分钟", "9 分钟"),
    ]
    said = listed(stage, more)
    assert (said["who"], said["what"]["zh"]) == ({"zh": "命令行", "en": "the command line"}, "柜台操作")
    (line,) = said["lines"]
    assert (line["what"]["en"], line["before"]["en"], line["after"]["en"]) == (
        "A free counter calls by itself after", "none", "20 s",
    )  # fmt: skip


def test_what_has_no_words_of_its_own_is_still_told(stage: Stage) -> None:
    def of_tomorrow(conn: sqlite3.Connection) -> None:
        conn.execute("INSERT INTO settings VALUES ('parking', '{\"free_min\": 30}')")

    before = everything(stage)
    stage.store.write(of_tomorrow)
    rows = setting_rows.differences(before, everything(stage))
    with stage.store.read() as conn:
        (line,) = Words(conn).lines(rows)
    assert (line.what.en, line.before.en, line.after.en) == ("settings parking.free_min", "none", "30")


def test_no_secret_and_no_pin_reaches_the_journal_or_the_list(stage: Stage) -> None:
    secret = ask(stage, "webhook-set", url="https://example.com/alerts")["token"]
    again = ask(stage, "webhook-set", url="https://example.com/alerts")["token"]
    person = ask(stage, "staff-add", name="Neu", role="counter", pin="8642")
    device = ask(stage, "device-add", kind="api", name="hotline")
    with stage.store.read() as conn:
        pin_hash = staff.staff_by_id(conn, person["id"])
        stored = conn.execute("SELECT group_concat(token_hash) FROM devices").fetchone()[0]
        kept = json.dumps([dict(row) for row in conn.execute("SELECT changes FROM settings_changes")])
    assert pin_hash is not None
    told = json.dumps([event.data for event in stage.journal()]) + json.dumps(ask(stage, "settings-changes"))
    assert "https://example.com/alerts" in told
    for hidden in (secret, again, "8642", pin_hash.pin_hash, device["token"], *stored.split(",")):
        assert hidden not in told
    assert str(pin_hash.pin_hash) not in kept
    assert device["token"] not in kept


def test_the_secret_of_the_webhook_comes_back_with_its_address(stage: Stage) -> None:
    first = ask(stage, "webhook-set", url="https://example.com/alerts")["token"]
    undo(stage, do(stage, "webhook-set", url="https://example.org/other"))
    with stage.store.read() as conn:
        assert webhooks.target(conn) == webhooks.Webhook("https://example.com/alerts", first)


def test_a_change_on_top_has_to_be_undone_first_and_is_named(stage: Stage) -> None:
    first = do(stage, "tier-set", tier="gold", target_s=300)
    second = do(stage, "tier-set", "command", tier="gold", target_s=240)
    with pytest.raises(setting_undo.SettingChangedBy) as refused:
        undo(stage, first)
    assert str(refused.value) == (
        "“Gold, Wait target” has been changed since, by the command line. Undo that change first, or set it anew."
    )
    assert listed(stage, first)["refused"]["zh"] == (
        "“金卡，等候时限”之后又被命令行改过。请先撤销那次变更，或重新设置。"
    )
    undo(stage, second)
    undo(stage, first)
    assert stage.present().tiers["gold"].target_s == 600


def test_what_the_floor_changed_since_is_not_undone_over_its_head(stage: Stage) -> None:
    change = do(stage, "store-set", daily_caps={"plan": 80})
    stage.store.write(lambda conn: settings.set_daily_cap(conn, "plan", 3))
    with pytest.raises(setting_undo.SettingMovedOn, match="Most numbers a day” has been changed since, so"):
        undo(stage, change)


def test_what_is_in_use_by_now_stays(stage: Stage) -> None:
    perk = do(stage, "perk-set", code="tea", name_zh="茶", name_en="Tea", quotas={"diamond": 2})
    door = do(stage, "device-add", kind="printer", name="P1", address="tcp://127.0.0.1:9100")
    ticket = stage.issue(member=CHEN).ticket
    stage.open(4, stage.lin)
    stage.call(4, stage.lin)

    def use(conn: sqlite3.Connection) -> None:
        tea = perks.everyone(conn)["tea"]
        at = replace(ticket, counter=4)
        assert perks.use(
            conn, "k", CHEN.member_no, tea, tea.quotas["diamond"], CHEN.valid_from, stage.lin, at, stage.now
        )
        kiosk, printer = (staff.devices(conn, kind)[0].id for kind in (DeviceKind.KIOSK, DeviceKind.PRINTER))
        staff.use_printer(conn, kiosk, printer)

    stage.store.write(use)
    before = everything(stage)
    for change, what in ((perk, "Tea"), (door, "P1")):
        with pytest.raises(setting_undo.SettingInUse, match=what):
            undo(stage, change)
    assert everything(stage) == before


def test_an_undo_that_would_leave_a_service_without_a_counter_is_refused(stage: Stage) -> None:
    nobody_else = {f"counters.{number}.skills": "plan,billing,support,other" for number in (4, 5, 6)}
    do(stage, "settings-set", values=nobody_else)
    added = do(stage, "settings-set", values={"counters.2.skills": "plan,device"})
    rest = {"counters.1.skills": "plan,support", "counters.3.skills": "plan,other"}
    do(stage, "settings-set", values=rest)
    before = everything(stage)
    with pytest.raises(UnsoundSettings) as refused:
        undo(stage, added)
    assert [fault.field for fault in refused.value.faults] == ["services.device"]
    assert everything(stage) == before


def test_managers_undo_what_managers_may_set_and_read_the_rest(stage: Stage) -> None:
    theirs = do(stage, "desk-set", stage.mei, staff_may_call=True)
    admins = do(stage, "settings-set", values={"rule.fair_after": 30})
    undo(stage, theirs, stage.mei)
    with pytest.raises(Forbidden):
        undo(stage, admins, stage.mei)
    assert listed(stage, admins, stage.mei)["refused"]["en"] == str(Forbidden())
    assert listed(stage, admins, stage.mei)["lines"]
    redo = undo(stage, admins)
    with pytest.raises(Forbidden):
        undo(stage, redo, stage.mei)


def test_a_double_tap_and_two_managers_undo_once(stage: Stage) -> None:
    change = do(stage, "desk-set", no_show_calls=3)
    outcomes: list[str] = []
    barrier = threading.Barrier(4)

    def tap() -> None:
        barrier.wait()
        try:
            undo(stage, change)
            outcomes.append("done")
        except LobbyError as refused:
            outcomes.append(refused.code)

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    assert sorted(outcomes) == ["change_undone"] * 3 + ["done"]
    with stage.store.read() as conn:
        assert settings.load(conn).desk.no_show_calls == 2


def test_the_database_itself_keeps_a_change_from_being_undone_twice_or_rewritten(stage: Stage) -> None:
    change = do(stage, "desk-set", no_show_calls=3)
    undo(stage, change)

    def again(conn: sqlite3.Connection) -> None:
        seq = events.append(conn, stage.now, EventKind.SETTINGS_CHANGED, "staff:Hai", command="x")
        setting_changes.add(conn, seq, Role.ADMIN, (), change)

    with pytest.raises(sqlite3.IntegrityError):
        stage.store.write(again)
    with pytest.raises(sqlite3.IntegrityError):
        stage.store.write(lambda conn: conn.execute("UPDATE settings_changes SET changes = '[]'"))


def test_what_changes_no_settings_leaves_no_change(stage: Stage) -> None:
    context = Context(stage.store, lambda: stage.now, "http://lobby")
    quiet: list[tuple[str, dict[str, Any]]] = [
        ("settings-show", {}),
        ("voice-show", {}),
        ("backup", {}),
        ("staff-link", {"name": "Lin"}),
        ("desk-set", {"no_show_calls": 2}),
        ("settings-changes", {}),
        ("settings-export", {}),
    ]
    for name, arguments in quiet:
        assert commands.carry_out(context, name, arguments, HAI).change is None
    assert not [one for one in stage.journal() if one.data.get("command")]
    assert ask(stage, "settings-changes") == {"changes": [], "older": None}


def test_a_refused_command_leaves_nothing(stage: Stage) -> None:
    before, lines = everything(stage), len(stage.journal())
    with pytest.raises(LobbyError):
        ask(stage, "store-set", name_zh="新店", daily_caps={"plan": -1})
    assert (everything(stage), len(stage.journal())) == (before, lines)


def test_older_changes_are_on_the_next_page(stage: Stage) -> None:
    for minutes in range(1, 24):
        do(stage, "paging-set", minutes=minutes if minutes != 2 else 30)
    first = ask(stage, "settings-changes")
    assert [one["id"] for one in first["changes"]] == list(range(23, 3, -1))
    second = ask(stage, "settings-changes", before=first["older"])
    assert ([one["id"] for one in second["changes"]], second["older"]) == ([3, 2, 1], None)


def test_a_printer_that_was_taken_out_comes_back_and_one_added_by_mistake_goes(stage: Stage) -> None:
    added = do(stage, "printer-add", name="P1", address="tcp://127.0.0.1:9100")
    gone = do(stage, "printer-remove", name="P1")
    undo(stage, gone)
    assert [one["name"] for one in ask(stage, "printer-list")["printers"]] == ["P1"]
    undone = undo(stage, added)
    assert ask(stage, "printer-list")["printers"] == []
    with pytest.raises(setting_undo.AddAnew):
        undo(stage, undone)


def test_the_letters_of_two_services_exchange_and_go_back(stage: Stage) -> None:
    before = everything(stage)

    def exchange(conn: sqlite3.Connection) -> None:
        for code, letter in (("plan", "x"), ("device", "A"), ("plan", "B")):
            conn.execute("UPDATE services SET letter = ? WHERE code = ?", (letter, code))

    stage.store.write(exchange)
    rows = setting_rows.differences(before, everything(stage))
    stage.store.write(lambda conn: setting_rows.put_back(conn, rows))
    assert everything(stage) == before


def test_every_column_of_a_table_of_settings_is_kept_or_named_as_none(stage: Stage) -> None:
    with stage.store.read() as conn:
        for kept in setting_rows.TABLES:
            columns = {row["name"] for row in conn.execute(f"PRAGMA table_info({kept.table})")}
            assert columns == {*kept.key, *kept.columns, *NOT_SETTINGS.get(kept.table, ())}, kept.table


def test_a_guess_that_comes_back_counts_again_at_once(stage: Stage) -> None:
    at_first = stage.present().lobby.service_times["plan"]
    change = do(stage, "settings-set", values={"services.plan.mean": 20})
    assert stage.present().lobby.service_times["plan"] != at_first
    undo(stage, change)
    assert stage.present().lobby.service_times["plan"] == at_first
