"""Undo, the list of changes and the file of settings in a real browser, in both languages."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import DESKTOP, TABLET, Make, Screen
from playwright.sync_api import expect
from serving import Serving

pytestmark = pytest.mark.browser

SAID = {
    "zh": {
        "saved": "已保存。",
        "undo": "撤销",
        "undone": "已撤销。",
        "redo": "恢复",
        "setting": "首次叫号到可判过号",
        "was": "60 秒",
        "fault": "第 3 行：desk.no_show_calls — 数值太小。",
        "one": "将变更 1 项。",
        "taken": "已导入。",
    },
    "en": {
        "saved": "Saved.",
        "undo": "Undo",
        "undone": "Undone.",
        "redo": "Redo",
        "setting": "From the first call to a no-show",
        "was": "60 s",
        "fault": "Line 3: desk.no_show_calls — This is too small.",
        "one": "1 value would change.",
        "taken": "Taken over.",
    },
}
LANGUAGES = pytest.mark.parametrize("lang", ["zh", "en"])


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with Serving(tmp_path_factory.mktemp("house") / "store") as serving:
        serving.staff("boss", "admin")
        serving.staff("floor", "manager")
        yield serving


@pytest.fixture
def server(house: Serving) -> Serving:
    """With the settings of desks as they usually are."""
    house.ask("desk-set", no_show_after_s=60, no_show_calls=2)
    return house


def _open(screen: Make, server: Serving, lang: str, path: str, name: str = "boss") -> Screen:
    made = screen(DESKTOP if lang == "zh" else TABLET)
    made.sign_in(server.url, name, "/settings/file")
    made.go(f"{server.url}{path}?lang={lang}")
    return made


@LANGUAGES
def test_a_setting_is_saved_undone_and_redone_where_it_was_set_and_in_the_list(
    screen: Make, server: Serving, lang: str
) -> None:
    made, said = _open(screen, server, lang, "/settings"), SAID[lang]
    page = made.page
    field = page.locator("form[data-command=desk-set] input[name=no_show_after_s]")
    field.fill("30")
    page.locator("form[data-command=desk-set] button").click()
    toast = page.locator(".toast")
    expect(toast.get_by_role("status")).to_have_text(said["saved"])
    toast.get_by_role("button", name=said["undo"], exact=True).click()
    expect(toast.get_by_role("status")).to_have_text(said["undone"])
    expect(field).to_have_value("60")
    made.inspect()
    toast.get_by_role("button", name=said["redo"], exact=True).click()
    expect(field).to_have_value("30")

    made.go(f"{server.url}/settings/changes")
    newest = page.locator(".change").first
    expect(newest.locator("tbody th")).to_have_text(said["setting"])
    expect(newest.locator("td").first).to_have_text(said["was"])
    made.inspect()
    page.once("dialog", lambda question: question.accept())
    newest.get_by_role("button").click()
    expect(toast.get_by_role("status")).to_have_text(said["undone"])
    expect(page.locator(".change.over").first.locator("tbody th")).to_have_text(said["setting"])
    assert "no_show_after_s = 60" in server.ask("settings-export")["toml"]


@LANGUAGES
def test_a_file_goes_out_is_looked_at_refused_and_taken_over(
    screen: Make, server: Serving, lang: str, tmp_path: Path
) -> None:
    made, said = _open(screen, server, lang, "/settings/file"), SAID[lang]
    page = made.page
    with page.expect_download() as download:
        page.locator("#download button").click()
    text = Path(download.value.path()).read_text()
    file = tmp_path / "store.toml"

    def look(content: str) -> None:
        file.write_text(content)
        page.locator("input[type=file]").set_input_files(file)
        page.locator("#upload button").click()

    look("format = 1\n[desk]\nno_show_calls = 0\n")
    expect(page.locator("#refused li")).to_have_text(said["fault"])
    made.inspect()
    look(text.replace("no_show_calls = 2", "no_show_calls = 3"))
    expect(page.locator("#upload .answer")).to_have_text(said["one"])
    expect(page.locator("#preview td").last).to_have_text("3")
    made.inspect()
    page.locator("[data-apply]").click()
    expect(page.locator("#upload .answer")).to_contain_text(said["taken"])
    page.locator(".toast").get_by_role("button", name=said["undo"], exact=True).click()
    expect(page.locator(".toast").get_by_role("status")).to_have_text(said["undone"])
    assert "no_show_calls = 2" in server.ask("settings-export")["toml"]


def test_a_manager_sees_what_only_an_administrator_may_do(screen: Make, server: Serving) -> None:
    server.ask("settings-set", values={"rule.fair_after": 30})
    server.ask("settings-set", values={"rule.fair_after": None})
    made = _open(screen, server, "en", "/settings/changes", "floor")
    newest = made.page.locator(".change").first
    expect(newest.locator(".why")).to_be_visible()
    expect(newest.get_by_role("button")).to_have_count(0)
    made.go(f"{server.url}/settings/file")
    expect(made.page.get_by_text("Only an administrator can take a file over.")).to_be_visible()
    made.inspect()
