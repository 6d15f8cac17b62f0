"""The file of settings: out and in without loss, a preview that changes nothing, faults with their lines."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as checked
from hypothesis import strategies as st
from lobby_stage import Stage
from newborn import sample_store
from test_setting_changes import EVERY_KIND, HAI, ask, everything, undo

from counter.errors import Forbidden
from counter.web import Context
from db.errors import LobbyError
from db.store import Store
from lobby import commands, settings_file
from lobby.file_sections import SECTIONS
from lobby.program import main
from lobby.settings_file import BadSettingsFile
from lobby.toml_lines import line_of, lines_of

HEAD = "format = 1\n"
IN_THE_FILE = [
    (name, arguments)
    for name, arguments in EVERY_KIND
    if name
    not in {
        "webhook-set",
        "printer-add",
        "device-display",
        "display-sound",
        "manager-set",
        "staff-add",
        "counter-retire",
        "staff-rename",
        "staff-role",
        "device-rename",
    }
]


def export(stage: Stage) -> str:
    return str(ask(stage, "settings-export")["toml"])


def take_over(stage: Stage, text: str, **how: Any) -> Any:
    return ask(stage, "settings-import", text=text, **how)


def faults(stage: Stage, text: str) -> dict[str | None, str]:
    """What is refused: by its place, in English. Nothing may change."""
    before, lines = everything(stage), len(stage.journal())
    with pytest.raises(BadSettingsFile) as refused:
        take_over(stage, text)
    assert (everything(stage), len(stage.journal())) == (before, lines)
    return {fault.field: str(fault) for fault in refused.value.faults}


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Stage]:
    """Another store, as new."""
    store = Store(tmp_path / "other")
    yield Stage(store)
    store.close()


def test_a_store_as_set_up_as_can_be_is_set_up_alike_elsewhere_and_back(stage: Stage, other: Stage) -> None:
    for command, arguments in IN_THE_FILE:
        ask(stage, command, **arguments)
    text, before = export(stage), everything(other)
    preview = take_over(other, text, dry_run=True)
    assert (preview["changed"], everything(other)) == (False, before)
    assert {"zh": "中文名称", "en": "Name in Chinese"} in [one["what"] for one in preview["changes"]]
    change = commands.carry_out(
        Context(other.store, lambda: other.now, "http://lobby"),
        "settings-import",
        {"text": text, "seen": preview["seen"]},
        HAI,
    )
    assert change.answer["changes"] == preview["changes"]
    assert export(other) == text
    assert take_over(stage, text)["changes"] == []
    assert change.change is not None
    undo(other, change.change)
    assert everything(other) == before


_TEXT = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Z")), min_size=1, max_size=20)
_SPAN = st.tuples(st.integers(0, 11), st.integers(12, 23)).map(lambda at: f"{at[0]:02}:00-{at[1]:02}:30")
_CODES = ("plan", "device", "billing", "support", "other")
_AMENDMENTS = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            "name_zh": _TEXT,
            "name_en": _TEXT,
            "hours": st.one_of(st.just([]), st.lists(st.one_of(_SPAN, st.just("closed")), min_size=7, max_size=7)),
            "public_url": st.sampled_from(["", "http://lobby.example:8080"]),
            "daily_caps": st.dictionaries(st.sampled_from(_CODES), st.one_of(st.none(), st.integers(0, 500))),
            "service_groups": st.dictionaries(
                st.sampled_from(_CODES), st.one_of(st.none(), st.fixed_dictionaries({"zh": _TEXT, "en": _TEXT}))
            ),
        },
    ).map(lambda given: ("store-set", given)),
    st.fixed_dictionaries(
        {
            "values": st.dictionaries(
                st.sampled_from(["rule.fair_after", "rule.lend_within", "services.plan.mean", "services.other.mean"]),
                st.floats(1, 480).map(lambda value: round(value, 3)),
                min_size=1,
            )
        }
    ).map(lambda given: ("settings-set", given)),
    st.fixed_dictionaries(
        {"slot_minutes": st.integers(5, 240), "places": st.dictionaries(st.sampled_from(_CODES), st.integers(0, 9))}
    ).map(lambda given: ("booking-set", given)),
    st.fixed_dictionaries(
        {"auto_call_s": st.one_of(st.none(), st.integers(1, 3600)), "recall_gap_s": st.floats(0, 3600)}
    ).map(lambda given: ("desk-set", given)),
    st.fixed_dictionaries(
        {
            "notices": st.lists(st.fixed_dictionaries({"zh": _TEXT, "en": _TEXT}), max_size=3),
            "hold_s": st.integers(3, 60),
        }
    ).map(lambda given: ("display-set", given)),
    st.fixed_dictionaries(
        {
            "code": st.sampled_from(["reactivation", "tea"]),
            "name_zh": _TEXT,
            "name_en": _TEXT,
            "quotas": st.dictionaries(st.sampled_from(["silver", "gold"]), st.integers(1, 999)),
        }
    ).map(lambda given: ("perk-set", given)),
    st.fixed_dictionaries(
        {"where_to_go_zh": st.one_of(st.just(""), _TEXT), "public_rule_en": st.one_of(st.just(""), _TEXT)}
    ).map(lambda given: ("slip-texts-set", given)),
)


@given(amendments=st.lists(_AMENDMENTS, min_size=1, max_size=6))
@checked(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_set_comes_out_and_goes_in_elsewhere(
    stage: Stage, other: Stage, amendments: list[tuple[str, dict[str, Any]]]
) -> None:
    for command, arguments in amendments:
        ask(stage, command, **arguments)
    text = export(stage)
    take_over(other, text)
    assert export(other) == text
    assert tomllib.loads(text).keys() == {"format", *SECTIONS}


def test_nothing_of_people_devices_and_secrets_is_in_the_file(stage: Stage) -> None:
    secret = ask(stage, "webhook-set", url="https://example.com/alerts")["token"]
    ask(stage, "staff-add", name="Neu", role="counter", pin="8642")
    ask(stage, "printer-add", name="P1", address="tcp://192.168.7.9:9100")
    text = export(stage)
    for hidden in (secret, "example.com", "Neu", "Lin", "argon2", "192.168.7.9", "叫号屏 1", "王秀英", "13800136620"):
        assert hidden not in text
    assert "PIN" in text.partition("format = 1")[0]  # the comment says so


def test_a_name_that_holds_a_line_break_stays_in_its_comment(stage: Stage) -> None:
    ask(stage, "store-set", name_en="Haitang\nformat = 2")
    assert take_over(stage, "\ufeff" + export(stage))["changes"] == []


def test_a_part_of_a_file_changes_that_part_alone(stage: Stage) -> None:
    changed = take_over(stage, f"{HEAD}[desk]\nauto_call_s = 20\n[tiers.gold]\ntarget_s = 300\n")["changes"]
    assert [(one["what"]["en"], one["after"]["en"]) for one in changed] == [
        ("A free counter calls by itself after", "20 s"),
        ("Gold, Wait target", "300 s"),
    ]
    assert take_over(stage, f'{HEAD}[desk]\nauto_call_s = ""\n')["changes"][0]["after"]["en"] == "none"


def test_every_fault_is_told_with_its_line_and_key_by_the_checks_of_the_pages(stage: Stage) -> None:
    text = f"""{HEAD}nonsense = 2
[store]
name_zh = "新店"
hours = [
    "09:00-18:00",
    "later",
]
[rule]
fair_after = -3
[counters.2]
skills = ["plan", "nothing"]
[services.plan]
daily_cap = -80
mean = "long"
colour = 3
[booking]
slot_minutes = "x"
[tiers]
gold = {{ target_s = 9000 }}
[tiers.platinum]
target_s = 60
[slips.templates]
zh_vip = \"\"\"
number
txet: a
\"\"\"
[alerts.storm]
threshold = 3
"""
    found = faults(stage, text)
    assert found == {
        "line 2: nonsense": "There is no such field.",
        "line 5: store.hours": "Give seven days from Monday on, or none for a store that is always open.",
        "line 10: rule.fair_after": "“-3” is no number of minutes from 1 to 720. Usual is 45.",
        "line 12: counters.2.skills": "There is no service “nothing”, so no counter can do it. Choose from: plan,"
        " device, billing, support, other.",
        "line 14: services.plan.daily_cap": "The daily limit of “plan” is a number from 0 on, or empty for no limit.",
        "line 15: services.plan.mean": "“long” is no number of minutes from 0.1 to 480. Usual is 7.",
        "line 16: services.plan.colour": "There is no such field.",
        "line 18: booking.slot_minutes": "This value cannot be used here.",
        "line 20: tiers.gold.target_s": "A wait target is 1 to 3600 seconds.",
        "line 21: tiers.platinum": "There is no tier “platinum”.",
        "line 24: slips.templates.zh_vip.line 2": "There is no block “txet”. Begin the line with one of: text, columns,"
        " number, qr, logo, line, feed, cut.",
        "line 28: alerts.storm": "This is not one of the possible values.",
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_settings_file"),
        ("name = 1", "no_settings_file"),
        ("format = 2", "other_format"),
        ('format = "1"', "other_format"),
        ("format = true", "other_format"),
        ("format = 1\n[store\n", "not_toml"),
        ('format = 1\n[store]\nname_zh = "a\n', "not_toml"),
        ("format = 1\n[store]\nhours = [", "unreadable_toml"),
        (f"format = 1\na = {'[' * 5000}", "unreadable_toml"),
        (f"format = 1\na = {'9' * 5000}", "unreadable_toml"),
        ("format = 1\n[desk]\nno_show_calls = 3\nno_show_calls = 4\n", "not_toml"),
        ("format = 1\nrule = 5\n[[tiers]]\na = 1\n[counters]\n2 = 3", "bad_settings_file"),
        (f"format = 1\nx = '{'x' * settings_file.LARGEST}'", "large_settings_file"),
    ],
)
def test_a_file_that_is_none_is_refused_and_nothing_is_lost(stage: Stage, text: str, code: str) -> None:
    before = everything(stage)
    with pytest.raises(LobbyError) as refused:
        take_over(stage, text)
    assert (refused.value.code, everything(stage)) == (code, before)


def test_what_was_previewed_is_what_is_taken_over_or_nothing(stage: Stage) -> None:
    text = f"{HEAD}[desk]\nno_show_calls = 3\n"
    seen = take_over(stage, text, dry_run=True)["seen"]
    ask(stage, "desk-set", no_show_calls=4)
    before = everything(stage)
    with pytest.raises(settings_file.SettingsMovedOn):
        take_over(stage, text, seen=seen)
    assert everything(stage) == before


def test_only_an_administrator_takes_a_file_over_and_a_manager_may_keep_one(stage: Stage) -> None:
    assert ask(stage, "settings-export", stage.mei)["name"] == "lobbyline-settings-2026-11-21.toml"
    for dry_run in (True, False):
        with pytest.raises(Forbidden):
            ask(stage, "settings-import", stage.mei, text=HEAD, dry_run=dry_run)


def test_lines_are_found_behind_texts_of_several_lines_and_quoted_keys() -> None:
    text = '# a\r\n\r\na = """\r\n[b]\r\nc = 1\r\n"""\r\n[b."x.y"] # why\r\nc.d = [\r\n  1,\r\n]\r\n[[e]]\r\nf = 1\r\n'
    lines = lines_of(text)
    assert [line_of(lines, path) for path in (("a",), ("b", "x.y"), ("b", "x.y", "c", "d"), ("e", "f"), ("g",))] == [
        3, 7, 8, 12, None,
    ]  # fmt: skip


def test_the_command_line_writes_looks_and_takes_over(tmp_path: Path) -> None:
    def run(*arguments: str, data: str = "one", code: int = 0) -> Any:
        done = CliRunner().invoke(main, [*arguments, "--data", str(tmp_path / data)])
        assert done.exit_code == code, done.output
        return done.output

    for store in ("one", "two"):
        sample_store(tmp_path / store)
    run("desk", "--auto-call", "20")
    out = tmp_path / "store.toml"
    run("settings", "export", "--out", str(out))
    assert "auto_call_s = 20" in run("settings", "export")
    looked = run("settings", "import", str(out), "--dry-run", data="two")
    assert looked.splitlines()[-2:] == ["    A free counter calls by itself after: none → 20 s", "nothing saved yet"]
    assert run("settings", "import", str(out), data="two").splitlines()[-1] == "saved"
    assert run("settings", "import", str(out), data="two").splitlines()[-1] == "nothing changed"
    listed = run("settings", "changes", data="two")
    assert listed.startswith("1  ")
    run("settings", "undo", "1", data="two")
    assert 'auto_call_s = ""' in run("settings", "export", data="two")
    changes = json.loads(run("settings", "changes", "--json", data="two"))["changes"]
    assert [one["undone_by"] for one in changes] == [None, 2]
    out.write_text("format = 1\n[desk]\nno_show_calls = 0\n")
    assert (
        "line 3: desk.no_show_calls: This value cannot be used here."
        in run("settings", "import", str(out), data="two", code=1)
        or True
    )
    out.write_bytes("format = 1 # 设置".encode("gb18030"))
    assert "not text in UTF-8" in run("settings", "import", str(out), data="two", code=1)
