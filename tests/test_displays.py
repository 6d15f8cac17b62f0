"""What each lobby display shows, how it looks, and what stands beside the calls: commands, board, files."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from lobby_stage import Stage
from newborn import sample_store
from PIL import Image
from pydantic import ValidationError

from counter.present import load_with_calls
from counter.web import Context
from db import pictures, settings, staff
from db.errors import LobbyError
from db.people_records import DeviceKind
from db.setting_records import Theme
from display import media, screens, theme
from display.theme import contrast, palette
from lobby import commands
from lobby.app import create_app
from lobby.program import main

ROOM = "叫号屏 1"


def command(stage: Stage, name: str, /, **arguments: Any) -> Any:
    return commands.run(Context(stage.store, lambda: stage.now, "http://lobby"), name, arguments, stage.mei)


def board(stage: Stage) -> dict[str, Any]:
    with stage.store.read() as conn:
        return screens.read_board(conn, stage.present())


def refusal(stage: Stage, name: str, /, **arguments: Any) -> LobbyError:
    with pytest.raises(LobbyError) as refused:
        command(stage, name, **arguments)
    return refused.value


@pytest.fixture
def web(stage: Stage) -> FlaskClient:
    return create_app(Context(stage.store, lambda: stage.now, "http://lobby"), "control").test_client()


def png(width: int = 40, height: int = 20) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#FFC83D").save(out, "PNG")
    return out.getvalue()


def test_a_display_is_added_for_some_queues_and_given_others_later(stage: Stage) -> None:
    command(stage, "device-add", kind="display", name="zone A", queues="v, A", counters="1-2,4")
    (added,) = [shown for shown in board(stage)["displays"] if shown["name"] == "zone A"]
    assert (added["layout"], added["queues"], added["counters"]) == ("full", ["plan", "vip"], [1, 2, 4])
    said = command(stage, "device-display", name="zone A", queues="", counters="3", layout="sign")
    assert said == {"changed": True, "layout": "sign", "queues": "", "counters": "3"}
    (after,) = [shown for shown in board(stage)["displays"] if shown["name"] == "zone A"]
    assert (after["layout"], after["queues"], after["counters"]) == ("sign", [], [3])


def test_setting_a_display_to_what_it_shows_already_is_no_news(stage: Stage) -> None:
    command(stage, "device-display", name=ROOM, queues="A")
    journal = len(stage.journal())
    assert not command(stage, "device-display", name=ROOM, queues="plan")["changed"]
    assert len(stage.journal()) == journal


def test_what_a_display_cannot_show_is_refused_and_changes_nothing(stage: Stage) -> None:
    before = board(stage)
    assert refusal(stage, "device-display", name="nowhere").code == "unknown_display"
    assert refusal(stage, "device-display", name=ROOM, queues="A,Z").attrs["given"] == "Z"
    assert refusal(stage, "device-display", name=ROOM, counters="4-99,x").code == "bad_counters"
    assert refusal(stage, "device-display", name=ROOM, counters="7").code == "bad_counters"
    assert refusal(stage, "device-display", name=ROOM, layout="sign").code == "sign_needs_one_counter"
    assert refusal(stage, "device-add", kind="kiosk", name="door", queues="A").code == "not_a_display"
    with pytest.raises(ValidationError):
        command(stage, "device-display", name=ROOM, layout="upside down")
    assert board(stage) == before


def test_options_that_a_hand_in_the_database_has_spoilt_count_as_all(stage: Stage) -> None:
    with stage.store.read() as conn:
        (device,) = staff.devices(conn, DeviceKind.DISPLAY)
    spoilt = {"layout": "round", "counters": "3,x", "queues": ",,plan"}
    stage.store.write(lambda conn: staff.set_options(conn, device.id, spoilt))
    (shown,) = board(stage)["displays"]
    assert (shown["layout"], shown["queues"], shown["counters"]) == ("full", ["plan"], [3])


def test_the_board_tells_each_calls_queue_and_each_counters_state_but_no_name(stage: Stage) -> None:
    stage.issue("device")
    stage.open(3, stage.lin)
    stage.call(3, stage.lin)
    with stage.store.read() as conn:
        told = screens.read_board(conn, load_with_calls(conn, stage.now))
    assert [(call["number"], call["queue"]) for call in told["calls"]] == [("B001", "device")]
    assert told["serving"][0]["queue"] == "device"
    assert {row["number"]: row["state"] for row in told["counters"]}[3] == "called"
    assert "Lin" not in str(told)


def test_the_usual_colours_are_those_of_the_style_sheet_and_read_well(stage: Stage) -> None:
    tokens = (Path(__file__).parent.parent / "lobby/static/lobby/tokens.css").read_text()
    for name, colour in (palette(Theme(accent=theme.USUAL_ACCENT)) | {"--amber": theme.USUAL_ACCENT}).items():
        assert f"{name}:{colour};" in tokens, name
    theme.require_readable(Theme())
    assert board(stage)["store"]["theme"] == {"colours": {}, "logo": None}


def test_contrast_is_wcags() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_colours_that_do_not_read_are_refused_with_one_near_by_that_does(stage: Stage) -> None:
    before = stage.journal()
    dark = refusal(stage, "display-set", accent="#8a1a1a")
    assert (dark.code, dark.field) == ("accent_too_dark", "accent")
    light = refusal(stage, "display-set", ground="#9fb7c9")
    assert (light.code, light.field) == ("ground_too_light", "ground")
    assert refusal(stage, "display-set", accent="gold").code == "bad_colour"
    assert stage.journal() == before
    command(stage, "display-set", accent=dark.attrs["better"])
    assert command(stage, "display-set", accent="", ground=light.attrs["better"])["changed"]


@pytest.mark.parametrize(("accent", "ground"), [("#FD4", "#0B2E6B"), ("#FFFFFF", "#7A0019"), ("#7FE0C3", "")])
def test_a_stores_own_colours_reach_every_surface_and_read_on_it(stage: Stage, accent: str, ground: str) -> None:
    command(stage, "display-set", accent=accent, ground=ground)
    colours = board(stage)["store"]["theme"]["colours"]
    surfaces = [colours[name] for name in ("--night", "--night-2", "--night-3", "--night-high", "--night-low")]
    assert all(contrast(colours["--amber"], under) >= 4.5 for under in [*surfaces, colours["--amber-ink"]])
    assert all(contrast(text, under) >= 4.5 for text in ("#F5F7F4", "#A8BFC4", "#F6D78B") for under in surfaces)


def test_colours_a_hand_in_the_database_has_spoilt_leave_the_usual() -> None:
    assert palette(Theme(accent="url(//x)", ground="red")) == {}
    assert palette(Theme(accent="#FFFFFF", ground="};"))["--night"] == theme.USUAL_GROUND


def test_a_logo_is_drawn_anew_small_kept_in_the_database_and_taken_off(stage: Stage, web: FlaskClient) -> None:
    command(stage, "display-set", logo=base64.b64encode(png(3000, 1000)).decode())
    address = board(stage)["store"]["theme"]["logo"]
    answer = web.get(address)
    assert answer.mimetype == "image/png"
    assert Image.open(io.BytesIO(answer.data)).size == (720, 240)
    command(stage, "display-set", logo="")
    assert board(stage)["store"]["theme"]["logo"] is None
    assert web.get(address).status_code == 404
    with stage.store.read() as conn:
        assert pictures.get(conn, pictures.LOGO) is None


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", png()[:60], b"GIF89a" + bytes(40)])
def test_what_is_no_picture_is_no_logo(stage: Stage, content: bytes) -> None:
    logo = base64.b64encode(content or b"x").decode()
    assert refusal(stage, "display-set", logo=logo).code == "bad_logo"
    assert refusal(stage, "display-set", logo="no base64!").code == "bad_logo"


def test_notices_and_how_long_a_call_stays_are_set_and_bounded(stage: Stage) -> None:
    command(stage, "display-set", hold_s=9, notices=[{"zh": "今日闭店盘点", "en": "Closed for stock-taking"}])
    store = board(stage)["store"]
    assert (store["hold_s"], store["notices"]) == (9, [{"zh": "今日闭店盘点", "en": "Closed for stock-taking"}])
    with pytest.raises(ValidationError):
        command(stage, "display-set", hold_s=1)
    with pytest.raises(ValidationError):
        command(stage, "display-set", notices=[{"zh": "只有中文", "en": ""}])
    with stage.store.read() as conn:
        assert settings.load(conn).hold_s == 9


def _fill(folder: Path) -> Path:
    shown = folder / media.FOLDER
    shown.mkdir()
    for name in ("b.PNG", "a 促销.jpg", "c.mp4", ".hidden.png", "page.html", "drawing.svg", "script.js"):
        (shown / name).write_bytes(png())
    (shown / "folder.png").mkdir()
    (shown / "link.png").symlink_to(folder / "lobbyline.db")
    return shown


def test_only_pictures_and_videos_of_the_folder_are_shown_in_order(stage: Stage, web: FlaskClient) -> None:
    assert web.get("/api/v1/media").json == {"media": []}
    _fill(stage.store.folder)
    told = web.get("/api/v1/media").json
    assert told is not None
    assert [(one["name"], one["kind"]) for one in told["media"]] == [
        ("a 促销.jpg", "image"), ("b.PNG", "image"), ("c.mp4", "video"),
    ]  # fmt: skip
    for one, kept in zip(told["media"], ("image/jpeg", "image/png", "video/mp4"), strict=True):
        with web.get(one["url"]) as answer:
            assert (answer.mimetype, answer.data) == (kept, png())
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with web.get(told["media"][2]["url"], headers={"Range": "bytes=0-9"}) as part:
        assert (part.status_code, part.data) == (206, png()[:10])


@pytest.mark.parametrize(
    "name",
    ["../lobbyline.db", "..%2Flobbyline.db", "%2e%2e/secret", "..%5Csecret", "/etc/passwd", "link.png", ".hidden.png",
     "page.html", "drawing.svg", "script.js", "folder.png", "missing.png", "b.PNG%00.jpg"],
)  # fmt: skip
def test_nothing_else_leaves_the_folder(stage: Stage, web: FlaskClient, name: str) -> None:
    _fill(stage.store.folder)
    assert web.get(f"/media/{name}").status_code == 404


def run(folder: Path, *words: str) -> Any:
    return CliRunner().invoke(main, [*words, "--data", str(folder), "--json"])


def test_the_command_line_sets_displays_up_and_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(png())
    store = sample_store(tmp_path / "store")
    assert run(store, "device", "add", "display", "--name", "VIP", "--queues", "V").exit_code == 0
    changed = run(store, "device", "display", "--name", "VIP", "--queues", "", "--counters", "2-3")
    assert json.loads(changed.output) == {"changed": True, "layout": "full", "queues": "", "counters": "2,3"}
    words = ("--ground", "#0B2E6B", "--logo", str(logo), "--hold", "8", "--notice", "今日盘点/Stock-taking")
    assert json.loads(run(store, "theme", *words).output) == {"changed": True}
    assert json.loads(run(store, "theme", "--no-logo").output) == {"changed": True}
    refused = run(store, "theme", "--accent", "#0B2E6C")
    assert refused.exit_code == 1
    assert "4.5" in refused.output
    assert refused.output.count("\n") == 1
