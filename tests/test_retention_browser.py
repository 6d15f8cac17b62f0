"""The page of personal data in both languages: days and tonight's figures; a customer's copy and erasure."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from browsing import Make, Screen
from playwright.sync_api import expect
from serving import Serving

pytestmark = pytest.mark.browser
PEOPLE = {"zh": ("V0700001", "王秀英", "13800136620"), "en": ("V0700002", "陈静", "13900136621")}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("privacy")
    lines = [f"{card},{name},{phone},gold,2020-01-01,2099-12-31" for card, name, phone in PEOPLE.values()]
    (folder / "members.csv").write_text("\n".join(["member_no,name,phone,tier,valid_from,valid_until", *lines]))
    past = date.today() - timedelta(days=3)  # noqa: DTZ011 — the machine's own day, as the server's clock has it
    (folder / "visits.csv").write_text(
        f"code,phone,name,service,date,time\n440001,13512345678,赵敏,plan,{past:%Y-%m-%d},10:00\n"
    )
    with Serving(folder / "store") as serving:
        serving.command("import", "members", str(folder / "members.csv"))
        serving.command("import", "appointments", str(folder / "visits.csv"))
        serving.staff("admin", "admin")
        yield serving


def _page(screen: Make, server: Serving, lang: str, size: tuple[int, int]) -> Screen:
    made = screen(size)
    made.sign_in(server.url, "admin", "/settings/retention")
    made.go(f"{server.url}/settings/retention?lang={lang}")
    return made


@pytest.mark.parametrize(("lang", "size"), [("zh", (1366, 768)), ("en", (1024, 768))])
def test_an_administrator_sets_the_days_and_answers_a_customer(
    server: Serving, screen: Make, lang: str, size: tuple[int, int], tmp_path: Path
) -> None:
    card, name, phone = PEOPLE[lang]
    made = _page(screen, server, lang, size)
    page = made.page
    made.inspect()
    days = page.locator("input[name=bookings]")
    days.fill("0")
    page.locator("form.kept button").click()
    expect(page.locator("form.kept .answer")).to_be_empty()  # the browser itself says what is wrong with 0
    for wanted, going in (("365", "0"), ("1", "1")):
        days.fill(wanted)
        page.locator("form.kept button").click()
        expect(page.locator("#tonight li:nth-child(2) b")).to_have_text(going)

    page.locator("form.find input").fill("13500000000")
    page.locator("form.find button").click()
    expect(page.locator("form.find .answer.bad")).to_contain_text("未保存" if lang == "zh" else "Nothing is kept")
    page.locator("form.find input").fill(phone)
    page.locator("form.find button").click()
    expect(page.locator(".who")).to_contain_text(f"{name[0]}*")
    expect(page.locator(".who")).to_contain_text(f"{phone[:3]} ···· {phone[-4:]}")
    assert phone not in page.locator("main").inner_text()
    made.inspect()
    with page.expect_download() as download:
        page.locator(".copy").click()
    download.value.save_as(tmp_path / "copy.json")
    assert json.loads((tmp_path / "copy.json").read_text("utf-8"))["cards"][0]["name"] == name

    page.locator("input[name=confirm]").fill(phone[:-1] + "9")
    page.locator("form.erase button").click()
    expect(page.locator(".outcome.bad")).to_be_visible()
    page.locator("input[name=confirm]").fill(phone)
    page.locator("form.erase button").click()
    expect(page.locator("form.find .answer.ok")).to_contain_text("已删除" if lang == "zh" else "Erased")
    expect(page.locator(".found")).to_be_hidden()
    made.inspect()
    page.locator("form.find input").fill(card)
    page.locator("form.find button").click()
    expect(page.locator("form.find .answer.bad")).to_be_visible()


def test_others_do_not_see_the_page(server: Serving, screen: Make) -> None:
    server.staff("manager", "manager")
    made = screen((1366, 768))
    made.sign_in(server.url, "manager", "/settings")
    expect(made.page.locator("a[href='/settings/retention']")).to_have_count(0)
    answer = made.page.request.get(f"{server.url}/settings/retention")
    assert answer.status == 403
