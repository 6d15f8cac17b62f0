"""Setting up entitlements: what an administrator may change, what is refused, and what the journal keeps."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from lobby_stage import CHEN, TEN, WANG, Stage
from sqlite_utils import Database

from counter import desk, screen, views
from counter.errors import Forbidden
from counter.present import load_with_calls
from counter.web import Context
from db import migrations, settings
from db.connection import open_writer
from db.errors import LobbyError
from db.event_records import EventKind
from db.paper_records import PrintState
from db.people_records import Role
from db.setting_records import Settings
from db.words import Names
from lobby import commands, entitlements
from lobby.orders import UnknownStaff

Run = Callable[..., Any]


@pytest.fixture
def run(stage: Stage) -> Run:
    """Runs a command as one of the staff; Mei is made the administrator."""
    context = Context(stage.store, lambda: stage.now, "http://here")

    def go(command: str, role: Role = Role.ADMIN, /, **arguments: Any) -> Any:
        return commands.run(context, command, arguments, replace(stage.mei, role=role))

    return go


def test_an_administrator_changes_a_tier_and_the_journal_keeps_both(stage: Stage, run: Run) -> None:
    assert run("tier-set", tier="diamond", target_s=360, head_start_s=480) == {"changed": True}
    event = stage.journal()[-1]
    assert (event.kind, event.actor, event.data["command"]) == (EventKind.SETTINGS_CHANGED, "staff:Mei", "tier-set")
    assert event.data["changes"] == [
        {
            "table": "tiers",
            "key": "diamond",
            "before": {"target_s": 600, "head_start_s": 420},
            "after": {"target_s": 360, "head_start_s": 480},
        }
    ]
    ticket = stage.issue(member=CHEN).ticket
    assert ticket.due_at == TEN + 360
    assert ticket.head_start_s == 480
    assert run("tier-set", tier="diamond", target_s=360) == {"changed": False}


def test_a_tier_is_called_what_the_store_says_on_its_tickets_too(stage: Stage, run: Run) -> None:
    assert run("tier-set", tier="diamond", name_zh="黑钻卡", name_en="Black Diamond") == {"changed": True}
    assert run("tier-set", tier="diamond", name_en="Black") == {"changed": True}
    assert stage.present().tiers["diamond"].name == Names("黑钻卡", "Black")
    ticket = stage.issue(member=CHEN).ticket
    assert views.ticket(ticket, stage.present(), PrintState.PENDING)["tier_name"] == {"zh": "黑钻卡", "en": "Black"}


@pytest.mark.parametrize(
    ("command", "arguments", "refusal"),
    [
        ("tier-set", {"tier": "gold", "name_zh": "钻石卡"}, entitlements.TierNameTaken),
        ("tier-set", {"tier": "platinum"}, entitlements.UnknownTier),
        ("tier-set", {"tier": "gold", "target_s": 0}, entitlements.BadTarget),
        ("tier-set", {"tier": "gold", "target_s": 601}, entitlements.TargetBeyondPromise),
        ("tier-set", {"tier": "gold", "head_start_s": -1}, entitlements.BadHeadStart),
        ("perk-set", {"code": "Free SIM", "name_zh": "卡", "name_en": "SIM"}, entitlements.BadPerkCode),
        ("perk-set", {"code": "sim", "name_zh": "卡", "name_en": "SIM", "quotas": {"gold": 0}}, entitlements.BadQuota),
        ("perk-set", {"code": "sim", "name_zh": "卡", "name_en": "SIM", "quotas": {"x": 1}}, entitlements.UnknownTier),
        ("manager-set", {"name": "Nobody", "manager": "M01"}, UnknownStaff),
        ("manager-set", {"name": "Lin", "manager": "客户经理"}, entitlements.BadManagerCode),
        ("paging-set", {"minutes": 0}, entitlements.BadPageTime),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    stage: Stage, run: Run, command: str, arguments: dict[str, Any], refusal: type[LobbyError]
) -> None:
    before = stage.journal()
    with pytest.raises(refusal):
        run(command, **arguments)
    assert stage.journal() == before


def test_a_longer_target_needs_a_reason_that_is_kept(stage: Stage, run: Run) -> None:
    run("tier-set", tier="silver", target_s=900, reason="two counters under repair")
    run("tier-set", tier="silver", target_s=840)
    assert stage.present().tiers["silver"].target_reason == "two counters under repair"
    run("tier-set", tier="silver", target_s=600)
    assert stage.present().tiers["silver"].target_reason is None


def test_only_an_administrator_sets_entitlements(run: Run) -> None:
    orders: list[tuple[str, dict[str, Any]]] = [
        ("tier-set", {"tier": "gold"}),
        ("perk-set", {"code": "sim", "name_zh": "卡", "name_en": "SIM"}),
        ("manager-set", {"name": "Lin"}),
        ("paging-set", {"minutes": 3}),
    ]
    for command, arguments in orders:
        with pytest.raises(Forbidden):
            run(command, Role.MANAGER, **arguments)


def test_a_new_perk_is_at_the_counter_at_once_and_renaming_keeps_its_quotas(stage: Stage, run: Run) -> None:
    stage.open(4, stage.lin)
    stage.issue(member=WANG)
    stage.call(4, stage.lin)
    stage.act(desk.start, 4, stage.lin)
    run(
        "perk-set",
        code="valet",
        name_zh="代客泊车",
        name_en="Valet parking",
        quotas={"gold": 3},
        periods={"gold": "year"},
    )
    run("perk-set", code="valet", name_zh="泊车", name_en="Parking")
    valet = _perks(stage)["valet"]
    assert (valet["name"], valet["left"], valet["period"]) == ({"zh": "泊车", "en": "Parking"}, 3, "year")
    run("perk-set", code="valet", name_zh="泊车", name_en="Parking", quotas={"gold": None, "diamond": 1})
    assert "valet" not in _perks(stage)


def test_a_store_of_before_keeps_its_settings_and_gains_the_rest(tmp_path: Path) -> None:
    conn = open_writer(tmp_path / "old.db")
    migrations.steps.apply(Database(conn), stop_before="entitlements_and_managers")
    conn.execute(
        "INSERT INTO tiers (code, rank, name_zh, name_en, target_s, head_start_s)"
        " VALUES ('gold', 1, '金', 'Gold', 480, 60)"
    )
    rows = {**asdict(Settings(Names("旧店", "Old Store"), "Asia/Shanghai"))}
    rows.pop("page_after_s")
    conn.executemany("INSERT INTO settings VALUES (?, ?)", [(key, json.dumps(value)) for key, value in rows.items()])
    migrations.apply(conn)
    store, gold = settings.load(conn), settings.tiers(conn)["gold"]
    conn.close()
    assert (store.name.en, store.page_after_s) == ("Old Store", 120)
    assert (gold.target_s, gold.may_proxy, gold.target_reason) == (480, True, None)


def _perks(stage: Stage) -> dict[str, Any]:
    with stage.store.read() as conn:
        view = screen.read(conn, 4, load_with_calls(conn, stage.now))
    return {perk["code"]: perk for perk in view["current"]["perks"]}
