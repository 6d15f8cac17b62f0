"""Owns the web of booking: the staff page, appointments, slots and reminders for the hotline, the web and the staff."""

import datetime as dt
import sqlite3
from typing import Annotated, Any, Literal

from flask import Response, render_template
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import AwareDatetime, BaseModel, Field

from counter import auth, views
from counter.web import Answer, Body, Context, note_miss
from db import appointments, calendar, settings
from db.booking_records import Appointment, AppointmentState
from db.people_records import Role
from kiosk import booking, booking_places, booking_views, slots
from kiosk.booking_views import AppointmentList, AppointmentView, CustomerView, SlotList, WholePhone
from kiosk.identify import normalise_phone

Language = Literal["zh", "en"]
TAIL = range(4, 11)
"""So many last digits of a phone are enough to look for."""


_FIRST_DAY, _LAST_DAY = dt.date(2000, 1, 1), dt.date(2199, 12, 31)
Day = Annotated[dt.date, Field(ge=_FIRST_DAY, le=_LAST_DAY, description="A day of the store, YYYY-MM-DD")]
Moment = Annotated[
    AwareDatetime,
    Field(
        ge=dt.datetime.combine(_FIRST_DAY, dt.time(), dt.UTC),
        le=dt.datetime.combine(_LAST_DAY, dt.time(), dt.UTC),
        description="Where a slot begins, RFC 3339 with offset",
    ),
]


class CodePath(BaseModel):
    """A booking's code."""

    code: str = Field(min_length=1, max_length=32)


class SlotQuery(BaseModel):
    """Which service, and which day of the store."""

    service: str = Field(min_length=1, max_length=64)
    date: Day


class DayQuery(BaseModel):
    """A day of the store; tomorrow where none is given."""

    date: Day | None = None


class ReminderDay(Body):
    """A day of the store; tomorrow where none is given."""

    date: Day | None = None


class AppointmentQuery(BaseModel):
    """A day (today where nothing is given), or what to find: a code, a phone, or a phone's last four digits or more."""

    date: Day | None = None
    find: str | None = Field(default=None, min_length=1, max_length=32)


class AppointmentRequest(Body):
    """A visit to book. Take `slot_at` from the slots."""

    service: str = Field(min_length=1, max_length=64)
    slot_at: Moment
    phone: str = Field(max_length=32)
    name: str = Field(min_length=1, max_length=40)
    language: Language = "zh"
    channel: str | None = Field(default=None, min_length=1, max_length=20, description="hotline, web, manager …")
    request_key: str | None = Field(
        default=None, min_length=1, max_length=128, description="Made by the caller; a repeat gets the same booking"
    )
    permission: str | None = Field(
        default=None, min_length=1, max_length=200, description="For a tier that books by permission: why it was given"
    )


class AppointmentChange(Body):
    """What becomes different; what is absent stays."""

    service: str | None = Field(default=None, min_length=1, max_length=64)
    slot_at: Moment | None = None
    phone: str | None = Field(default=None, max_length=32)
    name: str | None = Field(default=None, min_length=1, max_length=40)
    language: Language | None = None


class Phone(Body):
    """Somebody's phone."""

    phone: str = Field(max_length=32)


def pages(context: Context) -> APIBlueprint:
    """The staff's page of appointments."""
    room = APIBlueprint("booking", __name__, template_folder="templates", doc_ui=False)

    @room.get("/appointments")
    def appointments_page() -> Answer:
        person = context.caller().staff
        with context.store.read() as conn:
            store = settings.set_up(conn)
        page = {
            "staff": person.name,
            "manager": auth.has(person, Role.MANAGER),
            "timezone": store.settings.timezone,
            "horizon_days": store.settings.booking.horizon_days,
            "services": [
                {"code": one.code, "name": views.names(one.name), "icon": one.icon}
                for one in store.services.values()
                if not one.retired
            ],
        }
        return render_template("kiosk/appointments.html", page=page, csrf_needed=True)

    return room


def api(context: Context) -> APIBlueprint:
    """Slots, bookings, reminders."""
    room = APIBlueprint("booking_api", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="Appointments")])
    _reads(room, context)
    _changes(room, context)
    _reminders(room, context)
    return room


def _reads(room: APIBlueprint, context: Context) -> None:
    @room.get("/slots", summary="The slots of a service on a day", responses={200: SlotList})
    def read_slots(query: SlotQuery) -> dict[str, Any]:
        with context.store.read() as conn:
            offers = booking_places.offers(conn, query.service, query.date, context.clock())
            return booking_views.slot_list(conn, query.service, query.date.isoformat(), offers)

    @room.get("/appointments", summary="Bookings of a day, or those found", responses={200: AppointmentList})
    def read_appointments(query: AppointmentQuery) -> dict[str, Any]:
        with context.store.read() as conn:
            today = _today(conn, context)
            shown = _found(conn, query.find, today) if query.find else _of_day(conn, query.date or today)
            if query.find and not shown:
                note_miss()
            return AppointmentList(appointments=booking_views.many(conn, shown)).model_dump()

    @room.get("/appointments/<code>", summary="One booking, its phone masked", responses={200: AppointmentView})
    def read_appointment(path: CodePath) -> dict[str, Any]:
        with context.store.read() as conn:
            return booking_views.appointment(conn, booking.find(conn, path.code))

    @room.post("/appointments/<code>/reveal", summary="The whole phone, journalled", responses={200: WholePhone})
    def reveal(path: CodePath) -> dict[str, Any]:
        by, now = _booker(context), context.clock()
        return {"phone": context.store.write(lambda conn: booking.reveal(conn, path.code, by, now))}

    @room.post("/appointments/customer", summary="Who books with this phone", responses={200: CustomerView})
    def recognise(body: Phone) -> dict[str, Any]:
        phone, now = normalise_phone(body.phone), context.clock()
        with context.store.read() as conn:
            known, right = booking.customer(conn, phone, now, settings.load(conn))
            visits = [one for one in appointments.of_phone(conn, phone) if one.ends_at > now and _is_booked(one)]
            if known is None and not visits:
                note_miss()
            return booking_views.customer(conn, known, right, visits)


def _changes(room: APIBlueprint, context: Context) -> None:
    @room.post("/appointments", summary="Book a visit", responses={201: AppointmentView, 200: AppointmentView})
    def book(body: AppointmentRequest) -> Answer:
        by = _booker(context)
        given = body.model_dump(exclude={"slot_at", "channel"})
        channel = body.channel or ("staff" if by.person else "api")
        wish = booking.Wish(slot_at=body.slot_at.timestamp(), channel=channel, **given)
        booked, is_new = context.store.write(lambda conn: booking.book(conn, wish, by, context.clock()))
        return _answer(context, booked), 201 if is_new else 200

    @room.patch("/appointments/<code>", summary="Change time, service or customer", responses={200: AppointmentView})
    def change(path: CodePath, body: AppointmentChange) -> dict[str, Any]:
        by, changes = _booker(context), body.model_dump(exclude_none=True)
        if body.slot_at is not None:
            changes["slot_at"] = body.slot_at.timestamp()
        now = context.clock()
        return _answer(context, context.store.write(lambda conn: booking.change(conn, path.code, changes, by, now)))

    @room.delete("/appointments/<code>", summary="Cancel a booking", responses={200: AppointmentView})
    def cancel(path: CodePath) -> dict[str, Any]:
        by, now = _booker(context), context.clock()
        return _answer(context, context.store.write(lambda conn: booking.cancel(conn, path.code, by, now)))


def _reminders(room: APIBlueprint, context: Context) -> None:
    @room.get("/reminders", summary="Whom to remind, phones masked", responses={200: AppointmentList})
    def read_reminders(query: DayQuery) -> dict[str, Any]:
        with context.store.read() as conn:
            shown = _to_remind(conn, query.date or _tomorrow(conn, context))
            return AppointmentList(appointments=booking_views.many(conn, shown)).model_dump()

    @room.post("/reminders", summary="Whom to call, with whole phones; journalled", responses={200: AppointmentList})
    def read_phones(body: ReminderDay) -> dict[str, Any]:
        shown = revealed(body.date)
        with context.store.read() as conn:
            return AppointmentList(appointments=booking_views.many(conn, shown, whole_phones=True)).model_dump()

    @room.get("/reminders.csv", summary="The same as a spreadsheet; journalled")
    def read_reminders_csv(query: DayQuery) -> Response:
        with context.store.read() as conn:
            day = query.date or _tomorrow(conn, context)
        shown = revealed(day)
        with context.store.read() as conn:
            text = booking_views.as_csv(conn, shown)
        name = f"attachment; filename=reminders-{day.isoformat()}.csv"
        return Response(text, mimetype="text/csv", headers={"Content-Disposition": name})

    def revealed(day: dt.date | None) -> list[Appointment]:
        by, now = _booker(context), context.clock()

        def work(conn: sqlite3.Connection) -> list[Appointment]:
            shown = _to_remind(conn, day or _tomorrow(conn, context))
            booking.reveal_many(conn, shown, by, now)
            return shown

        return context.store.write(work)

    @room.post("/appointments/<code>/reminder", summary="Reminded", responses={200: AppointmentView})
    def remind(path: CodePath) -> dict[str, Any]:
        return set_reminded(path.code, reminded=True)

    @room.delete("/appointments/<code>/reminder", summary="Not reminded after all", responses={200: AppointmentView})
    def take_reminder_back(path: CodePath) -> dict[str, Any]:
        return set_reminded(path.code, reminded=False)

    def set_reminded(code: str, *, reminded: bool) -> dict[str, Any]:
        by, now = _booker(context), context.clock()
        work = context.store.write(lambda conn: booking.remind(conn, code, by, now, reminded=reminded))
        return _answer(context, work)


def _booker(context: Context) -> booking.Booker:
    caller = context.caller()
    return booking.Booker(caller.person, caller.device)


def _answer(context: Context, shown: Appointment) -> dict[str, Any]:
    with context.store.read() as conn:
        return booking_views.appointment(conn, shown)


def _found(conn: sqlite3.Connection, wanted: str, today: dt.date) -> list[Appointment]:
    """By code, by phone, or from today on by the last digits of one."""
    text = "".join(wanted.split()).upper()
    by_code = appointments.by_code(conn, text)
    if by_code is not None:
        return [by_code]
    if text.isdecimal() and len(text) in TAIL:
        return appointments.of_phone_ending(conn, text, slots.day_span(today, settings.load(conn)).begins)
    return appointments.of_phone(conn, normalise_phone(text))


def _of_day(conn: sqlite3.Connection, day: dt.date) -> list[Appointment]:
    span = slots.day_span(day, settings.load(conn))
    return appointments.between(conn, span.begins, span.ends)


def _to_remind(conn: sqlite3.Connection, day: dt.date) -> list[Appointment]:
    return [one for one in _of_day(conn, day) if _is_booked(one)]


def _is_booked(shown: Appointment) -> bool:
    return shown.state == AppointmentState.BOOKED


def _today(conn: sqlite3.Connection, context: Context) -> dt.date:
    return calendar.local(context.clock(), settings.load(conn)).date()


def _tomorrow(conn: sqlite3.Connection, context: Context) -> dt.date:
    return _today(conn, context) + dt.timedelta(days=1)
