"""Undo where the store could be left without what it needs, and the file of settings between two different stores."""

import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as checked
from hypothesis import strategies as st
from lobby_stage import ZONE, Stage
from newborn import new_store
from test_setting_changes import HAI, ask, do, everything, listed, undo
from test_settings_file import HEAD, export, faults, take_over

from counter import auth
from counter.web import Context
from db import settings, staff
from db.errors import LobbyError
from lobby import commands

DAY = "2026-11-24"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Stage]:
    """Another store, as new."""
    store = new_store(tmp_path / "other")
    yield Stage(store)
    store.close()


def refused(stage: Stage, change: int) -> str:
    """Why an undo is refused; nothing may change."""
    before = everything(stage)
    with pytest.raises(LobbyError) as error:
        undo(stage, change)
    assert everything(stage) == before
    return error.value.code


def book(stage: Stage, hour: int) -> None:
    stage.book(datetime.fromisoformat(f"{DAY}T{hour}:00").replace(tzinfo=ZONE).timestamp())


def test_who_leaves_and_who_is_let_in_again_is_not_a_matter_of_undo(stage: Stage) -> None:
    ask(stage, "staff-add", name="Neu", role="counter", pin="8642")
    left = do(stage, "staff-retire", name="Neu")
    assert listed(stage, left)["refused"]["zh"] == (
        "“Neu”的加入或退出连同 PIN、链接和登录一并处理，请在“员工”或“设备”页操作。"
    )
    assert {"zh": "Neu，已离职", "en": "Neu, Has left the store"} in [
        one["what"] for one in listed(stage, left)["lines"]
    ]
    assert refused(stage, left) == "comes_with_a_link"
    back = do(stage, "staff-return", name="Neu")
    assert refused(stage, back) == "comes_with_a_link"
    kiosk = ask(stage, "device-add", kind="kiosk", name="door")
    assert refused(stage, do(stage, "device-revoke", name="door", kind="kiosk")) == "comes_with_a_link"
    assert "link" in kiosk


def test_a_role_goes_back_with_its_sign_ins_but_never_the_last_administrator(stage: Stage) -> None:
    ask(stage, "staff-add", name="Ada", role="admin", pin="8642")
    ask(stage, "staff-add", name="Bo", role="manager", pin="8642")
    made = do(stage, "staff-role", name="Bo", role="admin")

    def sign_in(conn: Any) -> str:
        person = staff.staff_by_name(conn, "Bo")
        assert person is not None
        return auth.open_session(conn, person, stage.now)

    stage.store.write(sign_in)
    down = do(stage, "staff-role", name="Ada", role="manager")
    assert refused(stage, made) == "last_administrator"
    undo(stage, down)
    undo(stage, made)
    assert [one["sessions"] for one in ask(stage, "staff-list")["staff"] if one["name"] == "Bo"] == [0]


def test_a_counter_at_work_and_the_last_service_stay(stage: Stage) -> None:
    added = do(stage, "counter-add", number=9)
    stage.open(9, stage.lin)
    assert refused(stage, added) == "counter_in_use"
    new = do(stage, "service-add", name_zh="挂失", name_en="Lost card", letter="L", counters=[1])
    for code in ("plan", "device", "billing", "support", "other"):
        ask(stage, "service-retire", code=code)
    assert refused(stage, new) == "last_service"


def test_visits_booked_since_keep_an_undo_from_closing_the_door_on_them(stage: Stage) -> None:
    ask(stage, "hours-set", hours=["09:00-12:00"] * 7)
    longer = do(stage, "hours-set", hours=["09:00-18:00"] * 7)
    ask(stage, "service-retire", code="plan")
    offered = do(stage, "service-bring-back", code="plan")
    book(stage, 15)
    assert refused(stage, longer) == "bookings_outside"
    assert refused(stage, offered) == "bookings_of_service"


def test_times_of_sign_ins_that_come_back_hold_for_who_is_signed_in(stage: Stage) -> None:
    ask(stage, "sign-ins-set", idle_minutes=10, longest_hours=1)
    longer = do(stage, "sign-ins-set", idle_minutes=600, longest_hours=20)
    stage.store.write(lambda conn: auth.open_session(conn, stage.lin, stage.now))
    undo(stage, longer)
    with stage.store.read() as conn:
        (row,) = conn.execute("SELECT idle_s, expires_at FROM sessions").fetchall()
    assert (row["idle_s"], row["expires_at"] <= stage.now + 3600) == (600, True)


def test_a_special_day_is_told_as_people_say_it(stage: Stage) -> None:
    change = do(stage, "special-days-set", days=[
        {"date": "2027-01-01", "name_zh": "元旦", "name_en": "New Year"},
        {"date": "2027-02-16", "name_zh": "除夕", "name_en": "New Year's Eve", "hours": "09:00-12:00"},
    ])  # fmt: skip
    assert [(one["what"]["zh"], one["after"]["zh"], one["after"]["en"]) for one in listed(stage, change)["lines"]] == [
        ("2027-01-01，特殊日期", "元旦，全天休息", "New Year, closed all day"),
        ("2027-02-16，特殊日期", "除夕，09:00–12:00", "New Year's Eve, 09:00–12:00"),
    ]
    kept = do(stage, "retention-set", visits=30)
    assert [(one["before"]["zh"], one["after"]["zh"]) for one in listed(stage, kept)["lines"]] == [("180 天", "30 天")]


def test_letters_are_exchanged_and_what_the_file_does_not_name_stays(stage: Stage) -> None:
    ask(stage, "service-add", name_zh="挂失", name_en="Lost card", letter="L", counters=[1])
    text = f'{HEAD}[services.plan]\nletter = "B"\n[services.device]\nletter = "A"\nposition = 1\n'
    take_over(stage, text)
    known = stage.present().services
    assert [(code, one.letter) for code, one in known.items()][:2] == [("device", "A"), ("plan", "B")]
    assert "lost-card" in known


def test_a_new_service_comes_with_the_counters_that_do_it(stage: Stage) -> None:
    service = '[services.lost-card]\nletter = "L"\nname_zh = "挂失"\nname_en = "Lost card"\n'
    counter = '[counters.9]\nname_zh = "贵宾室"\nname_en = "VIP room"\nskills = ["lost-card"]\n'
    assert faults(stage, HEAD + service) == {"line 2: services.lost-card": NOBODY}
    change = commands.carry_out(
        Context(stage.store, lambda: stage.now, "http://lobby"),
        "settings-import",
        {"text": HEAD + service + counter},
        HAI,
    ).change
    assert (stage.present().services["lost-card"].letter, change is not None) == ("L", True)
    assert 'skills = [\n    "lost-card",\n]' in export(stage)


NOBODY = "No counter can do “Lost card”. Give it to at least one counter."


def test_faults_of_services_counters_and_days_have_their_lines(stage: Stage) -> None:
    text = f"""{HEAD}[services.lost-card]
icon = "phone"
[services.plan]
letter = "C"
[services."Bad Code"]
letter = "K"
name_zh = "坏"
name_en = "Bad"
[counters.100]
name_zh = "远"
[counters.1]
where_zh = "二楼"
[special_days."2026-13-01"]
name_zh = "无"
name_en = "None"
[special_days."2026-12-25"]
name_zh = "节"
name_en = "Day"
hours = "noon"
[special_days."2020-01-01"]
name_zh = "旧"
name_en = "Old"
[texts.kiosk_welcome]
zh = "你好"
en = ""
"""
    assert faults(stage, text).keys() == {
        "line 2: services.lost-card",
        "line 5: services.plan.letter",
        "line 6: services.Bad Code.code",
        "line 10: counters.100",
        "line 12: counters.1.where_en",
        "line 14: special_days.2026-13-01",
        "line 20: special_days.2026-12-25.hours",
        "line 26: texts.kiosk_welcome.en",
    }


def test_what_is_retired_in_the_file_is_retired_and_days_that_are_over_are_left_out(stage: Stage, other: Stage) -> None:
    ask(stage, "service-retire", code="other")
    ask(stage, "special-days-set", days=[{"date": DAY, "name_zh": "盘点", "name_en": "Stock-taking"}])
    text = export(stage)
    take_over(other, text)
    assert (other.present().services["other"].retired, export(other)) == (True, text)
    other.now += 30 * 86_400
    ask(other, "special-days-set", remove=[DAY])
    take_over(other, text)
    with other.store.read() as conn:
        assert settings.load(conn).special_days == {}
    book(other, 10)
    assert take_over(other, f"{HEAD}[services.other]\nretired = false\n")["changed"]


_WORD = st.text(st.characters(categories=("Lu", "Ll", "Lo", "Nd")), min_size=1, max_size=8)
_SERVICES = st.lists(
    st.tuples(_WORD, _WORD, st.booleans(), st.lists(st.integers(1, 6), min_size=1, unique=True)), max_size=4
)


@given(services=_SERVICES, numbers=st.sets(st.integers(7, 30), max_size=3), seed=st.randoms(use_true_random=False))
@checked(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_store_of_any_services_and_counters_is_laid_out_alike_elsewhere(
    tmp_path_factory: pytest.TempPathFactory, services: Any, numbers: set[int], seed: Any
) -> None:
    with (
        closing(new_store(tmp_path_factory.mktemp("here"))) as one,
        closing(new_store(tmp_path_factory.mktemp("there"))) as two,
    ):
        here, there = Stage(one), Stage(two)
        letters = iter("FGHIJK")
        for zh, en, shown, desks in services:
            words = {"name_zh": zh, "name_en": en, "shown": shown, "letter": next(letters), "counters": desks}
            ask(here, "service-add", **words)
        for number in sorted(numbers):
            ask(here, "counter-add", number=number, name_zh="室", name_en="Room", ordinary="never")
        codes = list(here.present().services)
        seed.shuffle(codes)
        ask(here, "services-order", codes=codes)
        text = export(here)
        take_over(there, text)
        assert export(there) == text
        assert list(tomllib.loads(text)["services"]) == codes
