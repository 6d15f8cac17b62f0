"""Owns the web of alerts and of what the floor manager does at once."""

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter import alert_words, duty_screen
from counter.present import load_with_calls
from counter.web import LARGEST, Body, Context
from db import alerts, settings
from db.alarm_records import ActKind, Alert
from db.counter_records import Permission
from db.ticket_notes import LONGEST
from db.ticket_records import Place, TicketClass
from db.words import Names
from display import acts, alert_book, floor_view

RECENT_S = 24 * 3600.0
MOST = 200


class IdPath(BaseModel):
    """The id that a snapshot gives."""

    id: int = Field(ge=1, le=LARGEST)


class Snooze(Body):
    """For how many minutes an alert is to be out of sight."""

    minutes: int = Field(ge=1, le=240)


class Notice(Body):
    """What the displays are to say, in both languages."""

    zh: str = Field(min_length=1, max_length=60)
    en: str = Field(min_length=1, max_length=120)


class ActBody(Body):
    """What is to be done at once; which of the fields are needed depends on `kind`.

    open_counter: counter, staff; end_pause: counter; permit: counter, class, permission, and length_s unless for good;
    notice: text, and length_s unless for the day; stop_issuing: service; close_day: nothing; page: staff, counter?;
    place_ticket: ticket, place, reason; move_ticket: ticket, service or counter, reason; cancel_ticket and
    reinstate_ticket: ticket, reason
    """

    kind: ActKind
    counter: int | None = Field(default=None, ge=1, le=LARGEST)
    staff: int | None = Field(default=None, ge=1, le=LARGEST)
    ticket_class: TicketClass | None = Field(default=None, alias="class")
    permission: Permission | None = None
    service: str | None = Field(default=None, max_length=64)
    text: Notice | None = None
    length_s: int | None = Field(default=None, ge=60, le=acts.LONGEST_S)
    ticket: str | None = Field(default=None, min_length=1, max_length=8)
    place: Place | None = None
    reason: str | None = Field(default=None, min_length=1, max_length=LONGEST)

    @property
    def wish(self) -> acts.Wish:
        """The same in the room's words."""
        text = Names(self.text.zh, self.text.en) if self.text else None
        return acts.Wish(
            self.kind, self.counter, self.staff, self.ticket_class, self.permission, self.service, text, self.length_s,
            self.ticket, self.place, self.reason,
        )  # fmt: skip


def api(context: Context) -> APIBlueprint:
    """Alerts: read, acknowledge, snooze; acts: do, undo; pages: acknowledge."""
    room = APIBlueprint("alerts_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Floor")])

    @room.get("/alerts", summary="Open alerts, and those of the last 24 hours, newest first")
    def read_alerts() -> dict[str, Any]:
        with context.store.read() as conn:
            rules, store = alerts.rules(conn), settings.load(conn)
            recent = alerts.since(conn, context.clock() - RECENT_S, MOST)
            found = {alert.id: alert for alert in [*alerts.open_ones(conn), *recent]}
            newest = sorted(found.values(), key=lambda alert: -alert.id)
            return {"alerts": [alert_words.view(alert, rules[alert.kind], store) for alert in newest]}

    @room.post("/alerts/<int:id>/acknowledge", summary="Somebody has taken notice of an alert")
    def acknowledge(path: IdPath) -> dict[str, Any]:
        person = context.caller().staff
        return _alert(context.store.write(lambda c: alert_book.see(c, path.id, person.actor, context.clock())))

    @room.post("/alerts/<int:id>/snooze", summary="Put an alert out of sight for some minutes")
    def snooze(path: IdPath, body: Snooze) -> dict[str, Any]:
        person = context.caller().staff
        length_s = body.minutes * 60.0
        return _alert(
            context.store.write(lambda c: alert_book.snooze(c, path.id, length_s, person.actor, context.clock()))
        )

    @room.post("/floor/acts", summary="Do something at once: open a counter, end a pause, lend a permission, …")
    def act(body: ActBody) -> tuple[dict[str, Any], int]:
        person = context.caller().staff
        done = context.store.write(lambda conn: acts.do(conn, body.wish, person, context.clock()))
        with context.store.read() as conn:
            return floor_view.act(done, settings.load(conn), settings.services(conn)), 201

    @room.post("/floor/acts/<int:id>/undo", summary="Take it back, or end what is temporary")
    def undo(path: IdPath) -> dict[str, Any]:
        person = context.caller().staff
        done = context.store.write(lambda conn: acts.undo(conn, path.id, person, context.clock()))
        with context.store.read() as conn:
            return floor_view.act(done, settings.load(conn), settings.services(conn))

    @room.post("/staff-pages/<int:id>/acknowledge", summary="I was paged, and I am coming")
    def coming(path: IdPath) -> dict[str, Any]:
        person = context.caller().staff
        context.store.write(lambda conn: acts.acknowledge(conn, path.id, person, context.clock()))
        with context.store.read() as conn:
            return {**context.frame, **duty_screen.read(conn, person.id, load_with_calls(conn, context.clock()))}

    def _alert(alert: Alert) -> dict[str, Any]:
        with context.store.read() as conn:
            return alert_words.view(alert, alerts.rules(conn)[alert.kind], settings.load(conn))

    return room
