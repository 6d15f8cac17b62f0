"""Owns setting up what slips look like: templates per language and class, the store's own lines, its logo."""

import base64
import sqlite3
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from counter.web import Body, Context
from db import settings, slips
from db.errors import LobbyError
from db.ticket_records import TicketClass
from db.words import Names
from lobby.orders import Command, Json, Order
from printer import logo, samples
from printer.facts import Facts, Texts
from printer.paper import Font, Paper, paper_of
from printer.preview import png
from printer.slip_faults import BadLogo
from printer.slips import LANGUAGES, default_template, texts
from printer.template import render

Language = Literal["zh", "en"]
_NO_TIER = Names("贵宾", "VIP")


class TemplateMoved(LobbyError):
    """Nobody undoes unseen what somebody else has written."""

    code, status, field = "template_moved", 409, "text"
    text = "Somebody else has changed this template meanwhile. Load the page again to see it."


class TemplateSet(Body):
    """A template, or null for the usual one; `before` is the text the caller saw."""

    language: Language
    ticket_class: TicketClass
    text: Annotated[str, StringConstraints(strip_whitespace=False)] | None = None
    before: Annotated[str, StringConstraints(strip_whitespace=False)] | None = None


class TextsSet(Body):
    """The store's own lines on every slip; what is absent stays, an empty one is left out of the paper."""

    where_to_go_zh: str | None = Field(default=None, max_length=60)
    where_to_go_en: str | None = Field(default=None, max_length=120)
    public_rule_zh: str | None = Field(default=None, max_length=60)
    public_rule_en: str | None = Field(default=None, max_length=120)


class LogoSet(Body):
    """A picture file in base64, or null for none. What is kept of it is a PNG in greys."""

    image: str | None = None


class Preview(Body):
    """A template as it stands in the editor, for a ticket of its class on some paper."""

    language: Language
    ticket_class: TicketClass
    text: Annotated[str, StringConstraints(strip_whitespace=False)]
    width_mm: Literal[58, 80] = 80
    font: Font = Font.GB18030


def page(conn: sqlite3.Connection) -> Json:
    """What the settings page is drawn from."""
    return {
        "templates": {f"{one['language']}-{one['ticket_class']}": one for one in _templates(conn)},
        "texts": texts(conn),
        "has_logo": slips.logo(conn) is not None,
    }


def draw(context: Context, wish: Preview) -> str:
    """The picture of a template's slip, a PNG in base64. Raises `BadSlip`."""
    with context.store.read() as conn:
        facts, picture = _sample(conn, wish.ticket_class, context.own_url), slips.logo(conn)
    slip = render(wish.text, wish.language, facts, picture)
    paper = paper_for(wish.width_mm, wish.font)
    return str(context.off_loop(lambda: base64.b64encode(png(slip, paper)).decode()))


def paper_for(width_mm: int, font: str) -> Paper:
    """Paper of a width with the usual of everything else."""
    return paper_of({"width_mm": str(width_mm), "font": font})


def _sample(conn: sqlite3.Connection, ticket_class: TicketClass, own_url: str = "") -> Facts:
    """A ticket of this store: its first service, its highest tier; `own_url` unless phones have another address."""
    store = settings.set_up(conn)
    service = next(iter(store.services.values()))
    tiers = list(store.tiers.values())
    tier = tiers[-1].name if tiers else _NO_TIER
    url = store.settings.public_url or own_url or None
    return samples.facts(ticket_class, store.settings.name, service.name, tier, texts(conn), url)


def _templates(conn: sqlite3.Connection) -> list[Json]:
    own = slips.templates(conn)
    return [
        {
            "language": language,
            "ticket_class": ticket_class.value,
            "text": own.get((language, ticket_class)) or default_template(language, ticket_class),
            "default": default_template(language, ticket_class),
        }
        for language in LANGUAGES
        for ticket_class in TicketClass
    ]


def _show(conn: sqlite3.Connection, _: Order, __: Body) -> Json:
    picture = slips.logo(conn)
    return {
        "templates": _templates(conn),
        "texts": asdict(texts(conn)),
        "samples": {one.value: asdict(_sample(conn, one)) for one in TicketClass},
        "logo": base64.b64encode(picture).decode() if picture else None,
    }


def _template_set(conn: sqlite3.Connection, _: Order, body: TemplateSet) -> Json:
    before = slips.template(conn, body.language, body.ticket_class)
    usual = default_template(body.language, body.ticket_class)
    if body.before is not None and body.before.strip() != (before or usual).strip():
        raise TemplateMoved
    after = None if body.text is None or body.text.strip() == usual.strip() else body.text
    if after is not None:
        samples.check(after, body.language, _sample(conn, body.ticket_class))
    slips.set_template(conn, body.language, body.ticket_class, after)
    return {"changed": after != before}


def _texts_set(conn: sqlite3.Connection, _: Order, body: TextsSet) -> Json:
    before = texts(conn)
    given = body.model_dump(exclude_none=True)
    after = Texts(
        **{
            name: Names(given.get(f"{name}_zh", old["zh"]), given.get(f"{name}_en", old["en"]))
            for name, old in asdict(before).items()
        }
    )
    if after != before:
        slips.set_text(conn, "where_to_go", after.where_to_go)
        slips.set_text(conn, "public_rule", after.public_rule)
    return {"changed": after != before}


def _read_logo(context: Context, body: LogoSet) -> LogoSet:
    """A picture is read outside of the transaction, and off the loop where reading a large one holds nobody up."""
    if body.image is None:
        return body
    try:
        given = base64.b64decode(body.image, validate=True)
    except ValueError:  # `binascii.Error`, or letters outside of ASCII
        raise BadLogo from None
    kept = context.off_loop(lambda: _kept_or_none(given))
    if kept is None:
        raise BadLogo
    return body.model_copy(update={"image": base64.b64encode(kept).decode()})


def _kept_or_none(picture: bytes) -> bytes | None:
    try:
        return logo.kept(picture)
    except BadLogo:
        return None


def _logo_set(conn: sqlite3.Connection, _: Order, body: LogoSet) -> Json:
    before, after = slips.logo(conn), base64.b64decode(body.image) if body.image else None
    slips.set_logo(conn, after)
    return {"changed": after != before}


COMMANDS: dict[str, Command[Any]] = {
    "slips-show": Command(Body, _show),
    "slip-template-set": Command(TemplateSet, _template_set),
    "slip-texts-set": Command(TextsSet, _texts_set),
    "slip-logo-set": Command(LogoSet, _logo_set, _read_logo),
}
