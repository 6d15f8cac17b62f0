"""Printers on every screen: what is wrong in words to act on, the roll's end, a slip once more, the settings."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browsing import DESKTOP, KIOSK, SMALL_DESKTOP, TABLET, Screen
from fake_printer import FakePrinter, Mode
from paper import read
from playwright.sync_api import Browser, Page, expect
from serving import Serving

pytestmark = pytest.mark.browser

OPEN = {"zh": "打印机盖未合上，请合上。", "en": "The printer's cover is open. Close it."}
LOW = {"zh": "纸卷快用完了", "en": "The paper roll ends soon."}
REPRINT = "重印 / Reprint"
Make = Callable[..., Screen]
PICTURES = os.environ.get("PICTURES")


def keep_picture(page: Page, name: str) -> None:
    """For whoever wants to look: a picture of the screen in the folder that PICTURES names."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png")


@pytest.fixture(scope="module")
def door() -> Iterator[FakePrinter]:
    with FakePrinter() as device:
        yield device


@pytest.fixture(scope="module")
def desk() -> Iterator[FakePrinter]:
    with FakePrinter() as device:
        yield device


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, door: FakePrinter) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("store")) as serving:
        serving.ask("printer-add", name="门口打印机", address=door.address)
        serving.staff("梅经理", "manager")
        yield serving


@pytest.fixture(scope="module")
def kiosk(chromium: Browser, server: Serving) -> Iterator[Screen]:
    made = Screen(chromium, KIOSK)
    made.go(server.ask("device-add", kind="kiosk", name="door")["link"])
    expect(made.page.locator("[data-service]")).to_have_count(5)
    yield made
    made.close()


@pytest.fixture(scope="module")
def manager(chromium: Browser, server: Serving) -> Iterator[Screen]:
    made = Screen(chromium, TABLET)
    made.sign_in(server.url, "梅经理", "/floor")
    yield made
    made.close()


def touch(kiosk: Screen) -> str:
    """Take a number at the kiosk and leave its scene open."""
    kiosk.page.locator("[data-service=plan]").click()
    number = kiosk.page.locator("[data-ticket-number]")
    expect(number).to_be_visible()
    return number.inner_text().strip()


def done(kiosk: Screen) -> None:
    kiosk.page.locator("[data-action=done]").click()
    expect(kiosk.page.locator("[data-action=vip]")).to_be_visible()


def test_a_fault_is_told_where_it_can_be_mended_and_a_slip_is_printed_again(
    kiosk: Screen, manager: Screen, door: FakePrinter
) -> None:
    floor = manager.page
    floor.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
    number = touch(kiosk)
    expect(kiosk.page.locator("[data-paper=printed]")).to_be_visible()
    done(kiosk)
    door.mode = Mode.COVER_OPEN
    lost = touch(kiosk)
    expect(kiosk.page.locator("[data-paper=failed]")).to_be_visible()
    expect(kiosk.page.locator("[data-action=done]")).to_contain_text("我已记下号码")
    done(kiosk)
    expect(kiosk.page.locator("footer")).to_contain_text(OPEN["zh"])
    keep_picture(kiosk.page, "kiosk-home-zh")
    kiosk.inspect()
    kiosk.page.locator("[data-lang-choice=en]").click()
    expect(kiosk.page.locator("footer")).to_contain_text(OPEN["en"])
    keep_picture(kiosk.page, "kiosk-home-en")
    kiosk.inspect()
    kiosk.page.locator("[data-lang-choice=zh]").click()
    alert = floor.locator(".al [data-printer=门口打印机]")
    expect(alert).to_contain_text(OPEN["zh"])
    expect(alert).to_contain_text("1")
    door.mode = Mode.PAPER_LOW
    expect(floor.locator(".al .low")).to_contain_text(LOW["zh"], timeout=20_000)
    floor.locator(".prt summary").click()
    slip = floor.locator(f"[data-slip={number}]")
    expect(slip).to_contain_text("已打印")
    expect(floor.locator(f"[data-slip={lost}]")).to_contain_text("已打印")
    before = len(door.jobs)
    slip.get_by_role("button").click()
    assert REPRINT in [line.text for line in read(door.wait_for_jobs(before + 1)[-1]).lines]
    floor.locator(".prt").scroll_into_view_if_needed()
    keep_picture(floor, "floor-zh")
    manager.inspect()
    floor.get_by_role("button", name="English").click()
    expect(floor.locator(".al .low")).to_contain_text(LOW["en"])
    keep_picture(floor, "floor-en")
    manager.inspect()
    floor.get_by_role("button", name="中文").click()


def test_at_the_counter_a_customer_without_a_slip_gets_one(
    kiosk: Screen, manager: Screen, server: Serving, door: FakePrinter
) -> None:
    door.mode = Mode.OK
    touch(kiosk)
    done(kiosk)
    page = manager.page
    page.set_viewport_size({"width": SMALL_DESKTOP[0], "height": SMALL_DESKTOP[1]})
    page.goto(f"{server.url}/counter")
    page.locator("[data-choose='4']").click()
    page.locator("[data-action=main]").click()
    expect(page.locator("[data-current-number]")).to_be_visible()
    before = len(door.jobs)
    page.locator("[data-action=print-again]").click()
    expect(page.locator(".again small")).to_have_text("小票在 门口打印机 打印")
    assert REPRINT in [line.text for line in read(door.wait_for_jobs(before + 1)[-1]).lines]
    door.mode = Mode.OVERHEATED
    page.locator("[data-action=print-again]").click()
    expect(page.locator(".printers [data-printer]")).to_contain_text("打印头过热")
    keep_picture(page, "counter-zh")
    manager.inspect()
    page.get_by_role("button", name="English").click()
    expect(page.locator(".printers [data-printer]")).to_contain_text("too hot")
    keep_picture(page, "counter-en")
    manager.inspect()
    page.get_by_role("button", name="中文").click()
    door.mode = Mode.OK


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_manager_adds_tries_out_changes_and_removes_a_printer(
    manager: Screen, server: Serving, desk: FakePrinter, language: str
) -> None:
    says = {
        "zh": ("打印机确认测试页已打印。", "打印机盖未合上", "已保存。", "英文"),
        "en": ("The printer says that the test page is printed.", "cover is open", "Saved.", "English"),
    }[language]
    page = manager.page
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    page.goto(f"{server.url}/settings/printers?lang={language}")
    add = page.locator("form[data-command=printer-add]")
    add.locator("[name=name]").fill("P2")
    add.locator("[name=address]").fill("nowhere")
    add.get_by_role("button").click()
    expect(add.locator(".answer.bad")).to_contain_text("tcp://192.168.1.50:9100")
    add.locator("[name=address]").fill(desk.address)
    add.locator("[name=model]").select_option("TM-T88V")
    add.get_by_role("button").click()
    mine = page.locator("section[data-printer=P2]")
    test = mine.locator("form[data-command=printer-test]")
    desk.mode = Mode.OK
    test.get_by_role("button").click()
    expect(test.locator(".answer.ok")).to_have_text(says[0])
    keep_picture(page, f"settings-{language}")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"settings-full-{language}.png", full_page=True)
    manager.inspect()
    desk.mode = Mode.COVER_OPEN
    test.get_by_role("button").click()
    expect(test.locator(".answer.bad")).to_contain_text(says[1])
    change = mine.locator("form[data-command=printer-set]")
    change.locator("[name=fallback]").select_option("门口打印机")
    change.locator("[name=copies]").fill("2")
    change.locator("[name=cutter]").uncheck()
    change.get_by_role("button").click()
    expect(change.locator(".answer.ok")).to_have_text(says[2])
    (listed,) = [one for one in server.ask("printer-list")["printers"] if one["name"] == "P2"]
    assert (listed["fallback"], listed["copies"], listed["cutter"]) == ("门口打印机", "2", "no")
    use = page.locator("form[data-command=printer-use]").first
    use.locator("select").select_option("P2")
    use.get_by_role("button").click()
    expect(use.locator(".answer.ok")).to_be_visible()
    page.once("dialog", lambda dialog: dialog.accept())
    mine.locator("form[data-command=printer-remove]").get_by_role("button").click()
    expect(mine).to_have_count(0)
    expect(page.locator("html")).to_have_attribute("lang", re.compile(language))


def test_the_model_of_a_printer_is_changed_and_fills_in_what_is_known_of_it(manager: Screen, server: Serving) -> None:
    server.ask("printer-add", name="P3", address="tcp://127.0.0.1:9", model="TM-T88V")
    page = manager.page
    page.goto(f"{server.url}/settings/printers?lang=en")
    change = page.locator("section[data-printer=P3] form[data-command=printer-set]")
    model = change.get_by_label("Model (sets width, cutter and QR code)")
    expect(model).to_have_value("TM-T88V")
    model.select_option("NT-5890K")
    expect(change.get_by_label("Paper width")).to_have_value("58")
    expect(change.locator("[name=qr]")).to_have_value("raster")
    expect(change.get_by_label("Cuts the paper")).not_to_be_checked()
    change.get_by_label("Paper width").select_option("80")  # what is set by hand afterwards counts more
    change.get_by_role("button").click()
    expect(change.locator(".answer.ok")).to_have_text("Saved.")
    (listed,) = [one for one in server.ask("printer-list")["printers"] if one["name"] == "P3"]
    assert [listed[option] for option in ("model", "width_mm", "qr", "cutter")] == ["NT-5890K", "80", "raster", "no"]
    page.goto(f"{server.url}/settings/printers?lang=zh")
    expect(change.locator("[name=model]")).to_have_value("NT-5890K")
    manager.inspect()
    change.locator("[name=model]").select_option("")
    change.get_by_role("button").click()
    expect(change.locator(".answer.ok")).to_have_text("已保存。")
    (listed,) = [one for one in server.ask("printer-list")["printers"] if one["name"] == "P3"]
    assert ("model" in listed, listed["qr"]) == (False, "raster")
    server.ask("printer-remove", name="P3")
