"""The calling rule's settings on a real server: page in a real browser, command line, programs, live screens."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from browsing import DESKTOP, PHONE, TABLET, Make, Screen
from newborn import sample_store
from playwright.sync_api import Page, expect
from serving import Serving

pytestmark = pytest.mark.browser

MEMBERS = "member_no,name,phone,tier,valid_from,valid_until\nV1,王秀英,13800136620,gold,2020-01-01,2099-12-31\n"
SAID = {
    "zh": {
        "bad": "“abc”不是大于 0、小于 100 的百分比。常用值为 3%。",
        "class": "这样没有柜台接待贵宾。请至少让一个柜台接待。",
        "change": "叫号规则：守住时限 → 先到先办",
        "saved": "已保存",
        "stale": "其间有人改过此项",
        "look": "只有管理员可以修改",
    },
    "en": {
        "bad": "“abc” is no percentage above 0 and below 100. Usual is 3%.",
        "class": "No counter would serve VIPs. Let at least one counter serve them.",
        "change": "Calling rule: Keep the promise → First come, first served",
        "saved": "Saved.",
        "stale": "Somebody else has changed this meanwhile.",
        "look": "Only an administrator can change it.",
    },
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("house")
    (folder / "members.csv").write_text(MEMBERS)
    with Serving(folder / "store") as serving:
        serving.command("import", "members", str(folder / "members.csv"))
        for name, role in (("admin", "admin"), ("manager", "manager"), ("clerk", "counter"), ("second", "counter")):
            serving.staff(name, role)
        serving.no_patience()
        yield serving


@pytest.fixture
def admin(house: Serving) -> Iterator[httpx.Client]:
    with house.client(house.session("admin"), language="zh") as client:
        yield client


@pytest.fixture
def server(house: Serving, admin: httpx.Client) -> Serving:
    """With every setting at its default."""
    _set(admin, **dict.fromkeys(_stored(admin)))
    return house


@pytest.fixture(scope="module")
def kiosk(house: Serving) -> Iterator[httpx.Client]:
    with house.client(house.device("kiosk", "door")["token"]) as client:
        yield client


def _page(screen: Make, server: Serving, lang: str, name: str = "admin", size: tuple[int, int] = TABLET) -> Screen:
    made = screen(size)
    made.sign_in(server.url, name, "/settings/rule")
    made.go(f"{server.url}/settings/rule?lang={lang}")
    return made


def _set(admin: httpx.Client, **values: Any) -> None:
    """Somebody else changes settings."""
    assert admin.post("/api/v1/commands/settings-set", json={"values": values}).status_code == 200


def _stored(admin: httpx.Client) -> dict[str, Any]:
    shown = admin.post("/api/v1/commands/settings-show", json={}).json()["settings"]
    return {one["field"]: one["value"] for one in shown}


def _preview(page: Page) -> None:
    page.locator("form .go").click()


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_bad_value_is_refused_at_its_field_and_nothing_typed_is_lost(
    screen: Make, server: Serving, lang: str, admin: httpx.Client
) -> None:
    made = _page(screen, server, lang)
    page, before = made.page, _stored(admin)
    page.locator("[name='rule.epsilon']").fill("abc")
    page.locator("[name='rule.fair_after']").fill("30")
    page.locator("[name='counters.2.skills'][value=device]").check()
    for number in range(1, 7):
        page.locator(f"[name='counters.{number}.vip']").select_option("never")
    _preview(page)

    expect(page.locator("#faults")).to_be_focused()
    expect(page.locator("[id='fault-rule.epsilon']")).to_have_text(SAID[lang]["bad"])
    expect(page.locator("[name='rule.epsilon']")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[id='fault-classes.vip']")).to_have_text(SAID[lang]["class"])
    expect(page.locator("[name='rule.fair_after']")).not_to_have_attribute("aria-invalid", "true")
    page.locator("#faults a").first.click()
    expect(page.locator("[name='rule.epsilon']")).to_be_focused()
    made.inspect()

    expect(page.locator("[name='rule.epsilon']")).to_have_value("abc")
    expect(page.locator("[name='rule.fair_after']")).to_have_value("30")
    expect(page.locator("[name='counters.2.skills'][value=device]")).to_be_checked()
    expect(page.locator("[name='counters.5.vip']")).to_have_value("never")
    assert _stored(admin) == before


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_good_value_is_previewed_and_saved_and_the_next_call_follows(
    screen: Make, server: Serving, lang: str, admin: httpx.Client, kiosk: httpx.Client
) -> None:
    wish = {"request_key": f"first {lang}", "service": "plan"}
    first = kiosk.post("/api/v1/tickets", json=wish).json()["number"]
    wish = {**wish, "request_key": f"vip {lang}", "phone": "13800136620"}
    vip = kiosk.post("/api/v1/tickets", json=wish).json()["number"]
    made = _page(screen, server, lang)
    page = made.page
    page.locator("[value=fifo]").check()
    page.locator("[name='rule.epsilon']").fill("５")
    _preview(page)
    expect(page.locator("dialog li").first).to_have_text(SAID[lang]["change"])
    expect(page.locator("dialog li")).to_have_count(2)
    made.inspect()
    assert _stored(admin)["rule.kind"] == "promise"
    page.locator("[data-close]").click()
    expect(page.locator("[value=fifo]")).to_be_checked()
    _preview(page)
    page.locator("[data-save]").click()
    expect(page.locator("#said")).to_contain_text(SAID[lang]["saved"])
    expect(page.locator("[name='rule.epsilon']")).to_have_value("5")
    expect(page.locator("form .go")).to_be_disabled()
    made.inspect()
    stored = _stored(admin)
    assert (stored["rule.kind"], stored["rule.epsilon"]) == ("fifo", 0.05)
    assert _calls(server) == [first, vip]


def _calls(server: Serving) -> list[str]:
    """Everybody who waits, as they are called at counter 4."""
    numbers = []
    with server.client(server.session("clerk", counter=4)) as clerk:
        while (answer := clerk.post("/api/v1/counters/4/call-next")).status_code == 200:
            numbers.append(answer.json()["current"]["number"])
            clerk.post("/api/v1/counters/4/no-show")
    return numbers


@pytest.mark.browser
def test_a_default_is_one_touch_away(screen: Make, server: Serving, admin: httpx.Client) -> None:
    values = {"rule.fair_after": 20, "rule.kind": "strict", "counters.1.vip": "primary", "services.plan.mean": 30}
    _set(admin, **values)
    made = _page(screen, server, "zh", size=DESKTOP)
    page = made.page
    page.locator("[data-back='rule.fair_after']").click()
    expect(page.locator("[name='rule.fair_after']")).to_have_value("45")
    expect(page.locator("[data-back='rule.fair_after']")).to_be_disabled()
    page.locator("[data-back='services.plan.']").click()
    expect(page.locator("[name='services.plan.mean']")).to_have_value("7")
    page.locator("[type=reset]").click()
    expect(page.locator("[name='rule.fair_after']")).to_have_value("20")
    page.locator("[data-back='']").click()
    _preview(page)
    expect(page.locator("dialog li")).to_have_count(4)
    page.locator("[data-save]").click()
    expect(page.locator("#said")).not_to_be_empty()
    stored = admin.post("/api/v1/commands/settings-show", json={}).json()["settings"]
    assert [one["field"] for one in stored if one["value"] != one["default"]] == []


@pytest.mark.browser
def test_what_somebody_else_has_set_meanwhile_is_not_undone(screen: Make, server: Serving, admin: httpx.Client) -> None:
    made = _page(screen, server, "zh")
    made.page.locator("[name='rule.ratio']").fill("7")
    _preview(made.page)
    expect(made.page.locator("dialog li")).to_have_count(1)
    _set(admin, **{"rule.ratio": 4})
    made.page.locator("[data-save]").click()
    expect(made.page.locator("#faults")).to_contain_text(SAID["zh"]["stale"])
    expect(made.page.locator("[name='rule.ratio']")).to_have_value("7")
    assert _stored(admin)["rule.ratio"] == 4


@pytest.mark.browser
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_manager_reads_everything_and_changes_nothing(screen: Make, server: Serving, lang: str) -> None:
    made = _page(screen, server, lang, "manager", PHONE)
    expect(made.page.locator(".notice").first).to_contain_text(SAID[lang]["look"])
    expect(made.page.locator("[name='rule.fair_after']")).to_be_disabled()
    expect(made.page.locator("form .go")).to_have_count(0)
    made.inspect()
    made.go(f"{server.url}/settings?lang={lang}")
    made.inspect()
    made.page.locator("a[href='/settings/rule']").click()
    made.page.wait_for_url("**/settings/rule")


@pytest.mark.browser
def test_a_counters_screen_follows_a_change_without_being_touched(
    screen: Make, server: Serving, admin: httpx.Client, kiosk: httpx.Client
) -> None:
    number = kiosk.post("/api/v1/tickets", json={"request_key": "b", "service": "device"}).json()["number"]
    counter = screen(DESKTOP)
    counter.sign_in(server.url, "second", "/counter")
    counter.page.locator("[data-choose='2']").click()
    expect(counter.page.locator("[data-action=main]")).to_be_visible()
    expect(counter.page.locator("body")).not_to_contain_text(number)
    _set(admin, **{"counters.2.skills": "plan,device"})
    expect(counter.page.locator("body")).to_contain_text(number)


@pytest.mark.browser
def test_damaged_settings_are_shown_with_what_stands_in_for_them(screen: Make, tmp_path: Path) -> None:
    server = Serving(sample_store(tmp_path / "store"))
    server.command("staff", "add", "--name", "admin", "--role", "admin", "--pin", "2468")
    _damage(server)
    with server:
        assert any("rule.epsilon" in line for line in server.log)
        made = _page(screen, server, "zh")
        expect(made.page.locator("section.notice li")).to_contain_text(["可接受的超时风险"])
        expect(made.page.locator("[name='rule.epsilon']")).to_have_value("3")
        made.inspect()
        made.page.locator("[name='rule.ratio']").fill("3")
        _preview(made.page)
        expect(made.page.locator("dialog li")).to_have_count(2)
        made.page.locator("[data-save]").click()
        expect(made.page.locator("section.notice")).to_have_count(0)


def _damage(server: Serving) -> None:
    with sqlite3.connect(server.folder / "lobbyline.db") as conn:
        conn.execute("UPDATE settings SET value = json_set(value, '$.epsilon', 7) WHERE key = 'rules'")
    conn.close()


def test_the_command_line_shows_changes_and_resets_beside_a_running_server(
    server: Serving, admin: httpx.Client
) -> None:
    preview = server.command("settings", "set", "rule.fair_after=30", "--dry-run")
    assert (preview["changed"], len(preview["changes"])) == (False, 1)
    assert server.command("settings", "set", "rule.fair_after=30", "rule.epsilon=5%")["changed"]
    assert (_stored(admin)["rule.fair_after"], _stored(admin)["rule.epsilon"]) == (30, 0.05)
    assert server.command("settings", "reset", "rule.fair_after", "rule.epsilon")["changed"]
    assert _stored(admin)["rule.fair_after"] == 45
    said = server.command("settings", "set", "rule.fair_after=0", "counters.9.vip=never", fails=True)
    assert "rule.fair_after: “0” is no number of minutes from 1 to 720. Usual is 45." in said
    assert "counters.9.vip: There is no counter 9" in said
    assert "FIELD=VALUE" in server.command("settings", "set", "rule.fair_after", fails=True)


def test_programs_get_every_fault_with_its_field_in_their_language(admin: httpx.Client) -> None:
    bad = '"rule.epsilon": NaN, "rule.lend_within": Infinity, "rule.fair_run": 1e400, "counters.2.skills": ["x"]'
    values = f'{{"values": {{{bad}}}}}'
    answer = admin.post("/api/v1/commands/settings-set", content=values, headers={"Content-Type": "application/json"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "unsound_settings")
    assert problem["detail"] == "未作修改：这样设置无法正常叫号。"
    assert {fault["field"]: fault["detail"][:4] for fault in problem["errors"]} == {
        "rule.epsilon": "“nan",
        "rule.lend_within": "“inf",
        "rule.fair_run": "“inf",
        "counters.2.skills": "没有业务",
    }
    json.loads(answer.text, parse_constant=pytest.fail)


@pytest.mark.parametrize("body", [{}, {"values": {}}, {"values": [1]}, {"values": {"rule.ratio": 2}, "more": 1}])
def test_a_body_without_values_is_refused(admin: httpx.Client, body: dict[str, Any]) -> None:
    assert admin.post("/api/v1/commands/settings-set", json=body).status_code == 422


def test_nobody_else_reads_or_changes_the_rule(server: Serving) -> None:
    with server.client() as nobody:
        assert nobody.post("/api/v1/commands/settings-show", json={}).status_code == 401
        assert nobody.get("/settings/rule").status_code == 302
    with server.client(server.session("clerk")) as clerk:
        assert clerk.post("/api/v1/commands/settings-show", json={}).status_code == 403


def test_a_service_out_of_use_stands_on_the_page_only_where_a_counter_still_has_it(
    server: Serving, screen: Make
) -> None:
    server.command("service", "retire", "other")
    try:
        made = _page(screen, server, "en")
        expect(made.page.locator("[id='services.plan.mean']")).to_be_visible()
        expect(made.page.locator("[id='services.other.mean']")).to_have_count(0)
        boxes = made.page.locator("#counter-1 input[value=other]")
        expect(boxes).to_be_checked()
        boxes.uncheck()
        made.page.get_by_role("button", name="Preview").click()
        made.page.get_by_role("button", name="Save", exact=True).click()
        expect(made.page.locator("#said")).to_contain_text("Saved.")
        made.page.reload()
        expect(boxes).to_have_count(0)
        made.inspect()
    finally:
        server.command("service", "bring-back", "other")
