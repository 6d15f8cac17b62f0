"""Designing slips on a real server: the page in a real browser in both languages, and the command line beside it."""

import base64
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import zxingcpp
from browsing import DESKTOP, PHONE, TABLET, Screen
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from serving import Serving

SAID = {
    "zh": {
        "fault": "第 2 行：没有“txet”这个版块。",
        "unsaved": "尚未保存",
        "saved": "已保存，从下一张号票起生效。",
        "save": "保存",
        "usual": "恢复默认模板",
        "kept": "已保存。",
    },
    "en": {
        "fault": "Line 2: There is no block “txet”.",
        "unsaved": "Not saved yet",
        "saved": "Saved. It counts from the next slip on.",
        "save": "Save",
        "usual": "Back to the usual template",
        "kept": "Saved.",
    },
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("house") / "store") as serving:
        serving.command("staff", "add", "--name", "manager", "--role", "manager", "--pin", "2468")
        yield serving


@pytest.fixture(scope="module")
def logo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("pictures") / "logo.png"
    Image.new("L", (400, 100), 0).save(file)
    return file


@pytest.fixture(scope="module")
def screen(chromium: Browser, server: Serving) -> Iterator[Screen]:
    """A manager at a desk; it must have had nothing to complain of at the end."""
    screen = Screen(chromium, DESKTOP)
    screen.sign_in(server.url, "manager", "/settings/slips")
    yield screen
    assert screen.complaints == []
    screen.close()


def opened(screen: Screen, server: Serving, language: str) -> Page:
    return screen.go(f"{server.url}/settings/slips?lang={language}")


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"input[name={name}][value='{value}']").check(force=True)


def picture(page: Page, width: int) -> Image.Image:
    """The picture beside the editor, once it is one of paper so many dots wide and up to date."""
    shown = page.locator(".paper:not([aria-busy]) img:not(.old)")
    expect(shown).to_have_js_property("naturalWidth", width)
    with Image.open(io.BytesIO(base64.b64decode(str(shown.get_attribute("src")).partition(",")[2]))) as image:
        return image.convert("L")


@pytest.mark.browser
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_manager_changes_a_slip_and_sees_it_before_it_is_saved(
    screen: Screen, server: Serving, language: str
) -> None:
    said, page = SAID[language], opened(screen, server, language)
    choose(page, "language", language)
    choose(page, "ticket_class", "vip")
    editor = page.locator("#template")
    usual = editor.input_value()
    assert "tier" in usual
    before = picture(page, 576)
    assert len(zxingcpp.read_barcodes(before)) == 1
    screen.inspect()

    editor.fill("number\ntxet: 你好\ncut")
    expect(page.locator("#faults button")).to_contain_text(said["fault"])
    expect(page.locator("#numbers .wrong")).to_have_text("2")
    page.locator("#faults button").click()
    assert page.evaluate("() => getSelection().toString()") == "txet: 你好"
    screen.inspect()

    editor.fill("number\ntext: 你好\ncut")
    expect(page.locator("#state")).to_have_text(said["unsaved"])
    assert picture(page, 576).height < before.height
    choose(page, "width_mm", "58")
    picture(page, 384)
    page.get_by_role("button", name=said["save"], exact=True).first.click()
    expect(page.locator("#state")).to_have_text(said["saved"])
    page = opened(screen, server, language)
    choose(page, "ticket_class", "vip")
    expect(editor).to_have_value("number\ntext: 你好\ncut")

    page.get_by_role("button", name=said["usual"]).click()
    page.get_by_role("button", name=said["save"], exact=True).first.click()
    expect(page.locator("#state")).to_have_text(said["saved"])
    expect(editor).to_have_value(usual)


@pytest.mark.browser
def test_a_logo_and_lines_of_the_store_are_on_the_paper_at_once(screen: Screen, server: Serving, logo: Path) -> None:
    page = opened(screen, server, "en")
    before = picture(page, 576).height
    page.locator("#logo input").set_input_files(logo)
    expect(page.locator("#logo .answer")).to_have_text(SAID["en"]["kept"])
    with_logo = picture(page, 576).height
    assert with_logo > before + 80
    page.locator("input[name=where_to_go_en]").fill("")
    page.locator("#texts button").click()
    expect(page.locator("#texts .answer")).to_have_text(SAID["en"]["kept"])
    assert picture(page, 576).height == with_logo - 30
    with page.expect_response(
        lambda answer: answer.url.endswith("/slips/preview")
    ):  # every button is disabled meanwhile
        page.locator("[data-no-logo]").click()
    expect(page.locator("[data-no-logo]")).to_be_disabled()
    assert picture(page, 576).height == before - 30


@pytest.mark.browser
@pytest.mark.parametrize("size", [PHONE, TABLET])
def test_the_page_fits_smaller_screens(screen: Screen, server: Serving, size: tuple[int, int]) -> None:
    width, height = size
    screen.page.set_viewport_size({"width": width, "height": height})
    picture(opened(screen, server, "zh"), 576)
    screen.inspect()


def test_the_command_line_draws_and_changes_slips_beside_the_running_server(
    server: Serving, tmp_path: Path, logo: Path
) -> None:
    file, own = tmp_path / "slip.png", tmp_path / "own.txt"
    own.write_text("number\nqr: https://wechat.example/我们\nlogo\ncut", "utf-8")
    assert server.command("printer", "logo", str(logo)) == {"changed": True}
    arguments = ["--language", "en", "--class", "vip", "--width", "58", "-o", str(file)]
    server.command("printer", "preview", "--template", str(own), *arguments)
    with Image.open(file) as mine:
        assert mine.width == 384
        assert [code.text for code in zxingcpp.read_barcodes(mine.convert("L"))] == ["https://wechat.example/我们"]
    own.write_text("number\nfoo\ncut")
    refusal = server.command("printer", "template", "--set", str(own), fails=True)
    assert "line 2: There is no block “foo”" in refusal


def test_only_managers_design_slips(server: Serving) -> None:
    body: dict[str, Any] = {"text": "number\ncut", "language": "zh", "ticket_class": "vip"}
    with server.client(server.sign_in("clerk")) as clerk, server.client() as nobody:
        for path in ("slips/preview", "commands/slip-template-set", "commands/slips-show"):
            sent = {} if path.endswith("show") else body
            assert clerk.post(f"/api/v1/{path}", json=sent).status_code == httpx.codes.FORBIDDEN
            assert nobody.post(f"/api/v1/{path}", json=sent).status_code == httpx.codes.UNAUTHORIZED
