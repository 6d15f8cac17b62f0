"""Changing the calling rule: at once for the next call, whole or not at all, journalled; damage keeps no store shut."""

import json
from dataclasses import asdict
from typing import Any

import pytest
from lobby_stage import CHEN, WANG, Stage

from counter import desk
from counter.acting import get_counter
from counter.desk_errors import NobodyForSkills
from counter.errors import Forbidden
from counter.faults import SettingsMoved, UnsoundSettings
from counter.web import Context
from db import settings
from db.counter_records import CounterState
from db.event_records import EventKind
from db.people_records import Role, Staff
from db.setting_records import RuleKind, Rules
from lobby import commands, rule_settings

TABLES = ("settings", "counters", "counter_skills", "services", "events")
ADMIN = Staff(90, "Hai", Role.ADMIN)


def run(stage: Stage, name: str, by: Staff | str = ADMIN, **arguments: Any) -> Any:
    """A command as the settings page sends it, or with `by="command"` the command line."""
    context = Context(stage.store, lambda: stage.now, "http://lobby")
    return commands.run(context, name, arguments, by)


def change(stage: Stage, values: dict[str, Any], **more: Any) -> Any:
    return run(stage, "settings-set", values=values, **more)


def value(stage: Stage, field: str) -> Any:
    return next(one["value"] for one in run(stage, "settings-show")["settings"] if one["field"] == field)


def everything(stage: Stage) -> Any:
    """All that a refusal must leave as it is."""
    with stage.store.read() as conn:
        rows = [conn.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES]
    return [[tuple(row) for row in table] for table in rows]


def store_rules(stage: Stage, text: str) -> None:
    """A hand in the database, or an older version's."""
    stage.store.write(lambda conn: conn.execute("UPDATE settings SET value = ? WHERE key = 'rules'", (text,)))


def test_the_next_call_follows_another_rule(stage: Stage) -> None:
    ordinary, vip = stage.issue().ticket.number, stage.issue(member=WANG).ticket.number
    second = stage.issue().ticket.number
    stage.open(4, stage.lin)
    assert stage.call(4, stage.lin)[0] == vip
    stage.serve(4, stage.lin)
    stage.issue(member=CHEN)
    change(stage, {"rule.kind": "fifo"})
    assert stage.call(4, stage.lin)[0] == ordinary
    stage.serve(4, stage.lin)
    assert stage.call(4, stage.lin)[0] == second


def test_the_next_call_follows_a_counters_skills_and_permissions(stage: Stage) -> None:
    stage.issue("device")
    stage.open(2, stage.lin)
    with pytest.raises(NobodyForSkills):
        stage.call(2, stage.lin)
    change(stage, {"counters.2.skills": ["plan", "device"]})
    number, _ = stage.call(2, stage.lin)
    change(stage, {"counters.2.ordinary": "never"})
    assert stage.at(2).number == number
    stage.serve(2, stage.lin)
    stage.issue("device")
    with pytest.raises(NobodyForSkills):
        stage.call(2, stage.lin)


def test_a_counter_at_work_keeps_its_customer_and_its_staff(stage: Stage) -> None:
    stage.issue("plan")
    stage.open(2, stage.lin)
    stage.call(2, stage.lin)
    change(stage, {"counters.2.skills": ["device"], "counters.2.vip": "never"})
    with stage.store.read() as conn:
        counter = get_counter(conn, 2)
    assert (counter.state, counter.staff_name, sorted(counter.skills)) == (CounterState.CALLED, "Lin", ["device"])


def test_a_guessed_service_time_counts_at_once_before_and_after_the_store_has_learnt(stage: Stage) -> None:
    before = stage.present().lobby.service_times["plan"]
    change(stage, {"services.plan.mean": 20})
    guessed = stage.present().lobby.service_times["plan"]
    assert guessed.log_mean > before.log_mean
    stage.open(4, stage.lin)
    for _ in range(3):
        stage.issue("plan")
        stage.call(4, stage.lin)
        stage.serve(4, stage.lin, minutes=5)
    change(stage, {"services.plan.mean": 21})
    learnt = stage.present().lobby.service_times["plan"]
    assert learnt.known == 3
    change(stage, {"services.plan.mean": 3})
    assert stage.present().lobby.service_times["plan"].log_mean < learnt.log_mean


def test_who_changed_what_is_in_the_journal(stage: Stage) -> None:
    change(stage, {"rule.fair_after": "30", "counters.2.vip": "never", "rule.ratio": 2})
    (event,) = [
        event for event in stage.journal() if event.kind == EventKind.SETTINGS_CHANGED and "changes" in event.data
    ]
    assert event.actor == "staff:Hai"
    assert event.data["changes"] == [
        {"table": "settings", "key": "rules", "before": {"fair_after_s": 2700}, "after": {"fair_after_s": 1800}},
        {"table": "counters", "key": "2", "before": {"vip": "backup"}, "after": {"vip": "never"}},
    ]


def test_a_preview_says_in_words_what_would_change_and_changes_nothing(stage: Stage) -> None:
    before = everything(stage)
    answer = change(stage, {"rule.epsilon": "5%", "counters.2.skills": "plan", "services.plan.mean": 9}, preview=True)
    assert not answer["changed"]
    assert [one["said"] for one in answer["changes"]] == [
        {"en": "Accepted risk: 3% → 5%", "zh": "可接受的超时风险：3% → 5%"},
        {
            "en": "Counter 2, Services: Plans & SIM cards, Payments & bills, Questions & other → Plans & SIM cards",
            "zh": "2 号柜台，业务：套餐与号卡、缴费与账单、咨询与其他 → 套餐与号卡",
        },
        {
            "en": "Plans & SIM cards, Mean service time: 7 min → 9 min",
            "zh": "套餐与号卡，平均办理时长：7 分钟 → 9 分钟",
        },
    ]
    assert everything(stage) == before


def test_one_bad_value_keeps_the_good_ones_out_too(stage: Stage) -> None:
    before = everything(stage)
    with pytest.raises(UnsoundSettings) as refusal:
        change(stage, {"rule.ratio": 5, "counters.1.skills": "plan", "services.plan.mean": 9, "rule.fair_after": -1})
    assert [fault.field for fault in refusal.value.faults] == ["rule.fair_after"]
    assert everything(stage) == before


def test_nobody_undoes_unseen_what_somebody_else_has_set(stage: Stage) -> None:
    seen = {one["field"]: one["before"] for one in change(stage, {"rule.ratio": 5}, preview=True)["changes"]}
    change(stage, {"rule.ratio": 3})
    before = everything(stage)
    with pytest.raises(SettingsMoved) as refusal:
        change(stage, {"rule.ratio": 5}, before=seen)
    assert [(fault.field, str(fault)) for fault in refusal.value.faults] == [
        ("rule.ratio", "Somebody else has changed this meanwhile. It is 3 now.")
    ]
    assert everything(stage) == before


def test_null_is_the_way_back_to_the_default(stage: Stage) -> None:
    with stage.store.read() as conn:
        at_first = rule_settings.show(conn)
    fields = {"rule.kind": "strict", "rule.epsilon": 0.2, "counters.1.vip": "primary", "counters.3.skills": "plan"}
    change(stage, {**fields, "services.device.mean": 30})
    change(stage, dict.fromkeys([*fields, "services.device.mean"]))
    assert run(stage, "settings-show") == at_first


def test_only_an_administrator_or_the_command_line_changes_the_rule(stage: Stage) -> None:
    with pytest.raises(Forbidden):
        run(stage, "settings-set", stage.mei, values={"rule.ratio": 3})
    assert run(stage, "settings-set", "command", values={"rule.ratio": 3})["changed"]
    assert run(stage, "settings-show", stage.mei)["settings"]


DAMAGED = [
    "{nonsense", "null", "[]", "7", "{}", '{"kind": "zz"}', '{"kind": ["fifo"], "epsilon": [1]}',
    '{"kind": "promise", "epsilon": 7, "fair_run": "x", "lend_within_s": null, "caution": -1, "older": true}',
]  # fmt: skip


@pytest.mark.parametrize("stored", DAMAGED)
def test_a_store_with_damaged_rules_goes_on_with_the_usual_ones(stage: Stage, stored: str) -> None:
    store_rules(stage, stored)
    number = stage.issue().ticket.number
    stage.open(4, stage.lin)
    assert stage.present().settings.rules == Rules()
    assert stage.call(4, stage.lin)[0] == number
    is_whole = stored == "{}"
    assert (run(stage, "settings-show")["faults"] == []) == is_whole
    change(stage, {"rule.ratio": 3})
    assert run(stage, "settings-show")["faults"] == []
    with stage.store.read() as conn:
        assert settings.load(conn).rules == Rules(ratio=3)


def test_damaged_times_of_services_and_tiers_do_not_stop_a_store(stage: Stage) -> None:
    def damage(conn: Any) -> None:
        conn.execute("UPDATE services SET mean_s = 9e999, cv = 1e-300 WHERE code = 'plan'")
        conn.execute("UPDATE tiers SET target_s = 9e999 WHERE code = 'gold'")

    stage.store.write(damage)
    ticket = stage.issue(member=WANG).ticket
    assert ticket.due_at == stage.now + 600
    stage.issue()
    stage.open(4, stage.lin)
    stage.open(5, stage.zhou)
    assert stage.call(4, stage.lin)[0] == ticket.number
    stage.act(desk.start, 4, stage.lin)
    stage.call(5, stage.zhou)
    faults = [fault["field"] for fault in run(stage, "settings-show")["faults"]]
    assert faults == ["tiers.gold.target", "services.plan.mean", "services.plan.cv"]


def test_rules_stored_before_a_setting_existed_have_its_default(stage: Stage) -> None:
    old = {key: of for key, of in asdict(Rules(kind=RuleKind.FIFO)).items() if key not in {"lend_chance", "ratio"}}
    stage.store.write(
        lambda conn: conn.execute("UPDATE settings SET value = ? WHERE key = 'rules'", (json.dumps(old),))
    )
    assert stage.present().settings.rules == Rules(kind=RuleKind.FIFO)
    assert run(stage, "settings-show")["faults"] == []
