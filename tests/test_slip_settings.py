"""A store designs its slips: the next slip is by the new design, what cannot work is refused and changes nothing."""

import base64
import io
import logging
import sqlite3
from typing import Any

import pytest
import zxingcpp
from lobby_stage import WANG, Stage
from PIL import Image

from counter.web import Context
from db import slips
from db.event_records import EventKind
from db.people_records import Role, Staff
from db.ticket_records import Ticket, TicketClass
from db.words import Names
from lobby import commands, slip_settings
from printer.slip import Logo, Slip, Text
from printer.slip_faults import BadLogo, BadSlip
from printer.slips import default_template, slip_of

HAI = Staff(90, "Hai", Role.MANAGER)
OWN = "text bold: 欢迎 {{ store.zh }}\nnumber\ntext: {{ where_to_go.zh }}\ncut"


def context(stage: Stage) -> Context:
    return Context(stage.store, lambda: stage.now, "http://lobby.example")


def run(stage: Stage, command: str, by: Staff | str = HAI, **arguments: Any) -> Any:
    return commands.run(context(stage), command, arguments, by)


def template_set(stage: Stage, text: str | None, language: str = "zh", ticket_class: str = "ordinary") -> Any:
    return run(stage, "slip-template-set", text=text, language=language, ticket_class=ticket_class)


def slip(stage: Stage, ticket: Ticket) -> Slip:
    with stage.store.read() as conn:
        return slip_of(conn, ticket, "http://lobby.example/t/1")


def said(stage: Stage, ticket: Ticket) -> list[str]:
    return [block.text for block in slip(stage, ticket).blocks if isinstance(block, Text)]


def picture(size: tuple[int, int] = (400, 100), kind: str = "PNG") -> str:
    file = io.BytesIO()
    Image.new("RGB", size, "navy").save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def test_the_next_slip_is_by_the_new_template_and_others_stay(stage: Stage) -> None:
    ordinary, vip = stage.issue().ticket, stage.issue(member=WANG).ticket
    vip_before = said(stage, vip)
    assert template_set(stage, OWN) == {"changed": True}
    assert said(stage, ordinary)[0].startswith("欢迎 ")
    assert said(stage, vip) == vip_before


def test_the_way_back_is_the_usual_template(stage: Stage) -> None:
    ticket = stage.issue().ticket
    usual = said(stage, ticket)
    for back in (None, default_template("zh", TicketClass.ORDINARY) + "\n"):
        template_set(stage, OWN)
        template_set(stage, back)
        assert said(stage, ticket) == usual
        with stage.store.read() as conn:
            assert slips.templates(conn) == {}


def test_nobody_undoes_unseen_what_somebody_else_has_written(stage: Stage) -> None:
    template_set(stage, OWN)
    wish = {"language": "zh", "ticket_class": "ordinary", "text": "number\ncut"}
    with pytest.raises(slip_settings.TemplateMoved):
        run(stage, "slip-template-set", before=default_template("zh", TicketClass.ORDINARY), **wish)
    assert run(stage, "slip-template-set", before=OWN, **wish) == {"changed": True}


def test_a_template_with_a_fault_is_refused_with_its_lines_and_changes_nothing(stage: Stage) -> None:
    template_set(stage, OWN)
    events = len(stage.journal())
    with pytest.raises(BadSlip) as refused:
        template_set(stage, "number\ntxet: a\n\ntext: {{ nmber }}\ncut")
    assert [fault.field for fault in refused.value.faults] == ["line 2", "line 4"]
    with stage.store.read() as conn:
        assert slips.template(conn, "zh", TicketClass.ORDINARY) == OWN
    assert len(stage.journal()) == events


def test_a_fault_that_only_some_tickets_would_show_is_found_when_the_template_is_saved(stage: Stage) -> None:
    with pytest.raises(BadSlip):
        template_set(stage, "number\ntext: {{ 'x' if late and people_ahead < 'x' }}\ncut")


def test_who_changed_what_is_in_the_journal_once(stage: Stage) -> None:
    template_set(stage, OWN)
    assert template_set(stage, OWN) == {"changed": False}
    (event,) = [one for one in stage.journal() if one.data.get("command") == "slip-template-set"]
    assert event.kind is EventKind.SETTINGS_CHANGED
    assert event.actor == HAI.actor
    assert event.data["changes"] == [
        {"table": "slip_templates", "key": "zh/ordinary", "before": None, "after": {"text": OWN}}
    ]


def test_the_stores_lines_are_on_every_slip_and_an_empty_one_is_left_out(stage: Stage) -> None:
    ticket = stage.issue().ticket
    run(stage, "slip-texts-set", where_to_go_zh="请到二楼等候", public_rule_zh="", public_rule_en="")
    words = said(stage, ticket)
    assert "请到二楼等候" in words
    assert "Take a seat, watch the screen." in words
    assert "Not always in number order." not in words


def test_a_damaged_template_costs_nobody_the_slip(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    ticket = stage.issue().ticket
    usual = said(stage, ticket)
    stage.store.write(lambda conn: slips.set_template(conn, "zh", TicketClass.ORDINARY, "{{ nothing"))
    with caplog.at_level(logging.ERROR):
        assert said(stage, ticket) == usual
    assert "template" in caplog.text


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "WEBP"])
def test_a_logo_is_on_top_of_every_slip_until_it_is_taken_off(stage: Stage, kind: str) -> None:
    ticket = stage.issue().ticket
    assert run(stage, "slip-logo-set", image=picture(kind=kind)) == {"changed": True}
    top = slip(stage, ticket).blocks[0]
    assert isinstance(top, Logo)
    with Image.open(io.BytesIO(top.png)) as kept:
        assert (kept.format, kept.mode) == ("PNG", "L")
    run(stage, "slip-logo-set", image=None)
    assert not [block for block in slip(stage, ticket).blocks if isinstance(block, Logo)]


@pytest.mark.parametrize(
    "image",
    [
        "no base64!", base64.b64encode(b"GIF89a but no picture").decode(), base64.b64encode(b"").decode(),
        picture((5000, 4100)), base64.b64encode(b"\x89PNG" + bytes(6_000_000)).decode(), picture()[:200],
        base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode(),
    ],
    ids=["no base64", "no picture", "empty", "too many dots", "too large", "cut off", "svg"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(stage: Stage, image: str) -> None:
    with pytest.raises(BadLogo):
        run(stage, "slip-logo-set", image=image)
    with stage.store.read() as conn:
        assert slips.logo(conn) is None


def test_the_preview_shows_this_store_and_saves_nothing(stage: Stage) -> None:
    wish = slip_settings.Preview(language="zh", ticket_class=TicketClass.VIP, text="number\nqr\ncut")
    drawn = base64.b64decode(slip_settings.draw(context(stage), wish))
    with Image.open(io.BytesIO(drawn)) as page:
        (code,) = zxingcpp.read_barcodes(page.convert("L"))
    assert code.text.startswith("http://lobby.example/t/")
    with stage.store.read() as conn:
        assert slips.templates(conn) == {}


def test_what_the_command_line_shows_is_enough_to_draw_a_slip_elsewhere(stage: Stage) -> None:
    run(stage, "slip-logo-set", image=picture())
    shown = run(stage, "slips-show", by="command")
    assert {(one["language"], one["ticket_class"]) for one in shown["templates"]} == {
        (language, ticket_class) for language in ("zh", "en") for ticket_class in TicketClass
    }
    assert shown["samples"]["vip"]["tier"] == {"zh": "钻石卡", "en": "Diamond"}
    assert base64.b64decode(shown["logo"]).startswith(b"\x89PNG")


def test_a_name_in_both_languages_is_kept(stage: Stage) -> None:
    stage.store.write(lambda conn: slips.set_text(conn, "where_to_go", Names("左", "left")))
    with stage.store.read() as conn:
        assert slips.texts(conn) == {"where_to_go": Names("左", "left")}


@pytest.mark.parametrize("row", ["('fr', 'vip', 'x')", "('zh', 'gold', 'x')"])
def test_the_database_refuses_templates_no_ticket_has(stage: Stage, row: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        stage.store.write(lambda conn: conn.execute(f"INSERT INTO slip_templates VALUES {row}"))
