"""Owns who may do what: one table of every route and every socket event, and the least that may use it.

What has no entry here is refused, and a server with such a route does not start (`lobby/gate.py`). Finer checks stand
where the facts are: one's own counter, one's own ticket, what a role may hand out.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from counter.errors import DeviceNeeded, Forbidden, SignInNeeded
from counter.web import Caller
from db.errors import LobbyError
from db.people_records import DeviceKind, Role


class Who(StrEnum):
    """The kinds of callers."""

    CUSTOMER = "customer"
    KIOSK = "kiosk"
    DISPLAY = "display"
    AGENT = "print agent"
    COUNTER = "counter staff"
    MANAGER = "floor manager"
    ADMIN = "administrator"
    INTEGRATION = "integration"
    COMMAND = "command line"


@dataclass(frozen=True, slots=True)
class Right:
    """Who may use something; without `who`, anybody, and cookies are not looked at.

    `otherwise` is told to whoever is not signed in. `of_browsers`: signs a browser in or out, so it always needs the
    page's CSRF token.
    """

    name: str
    who: frozenset[Who] = frozenset()
    otherwise: type[LobbyError] = SignInNeeded
    of_browsers: bool = False

    @property
    def is_open(self) -> bool:
        """Whether nobody has to say who they are."""
        return not self.who

    def allows(self, caller: Caller) -> bool:
        """Whether this caller may."""
        return self.is_open or not self.who.isdisjoint(kinds(caller))

    def require(self, caller: Caller) -> None:
        """Raise `SignInNeeded` or `DeviceNeeded` for somebody who has to say who they are, `Forbidden` for whom it is
        not enough.
        """
        if self.allows(caller):
            return
        if caller.person is not None and not self.who.isdisjoint(_RANKS):
            raise Forbidden
        caller.require_not_revoked()
        raise self.otherwise


def kinds(caller: Caller) -> set[Who]:
    """What a caller is: a browser may be a kiosk and have somebody signed in."""
    found = {Who.COMMAND} if caller.is_command else set()
    if caller.device is not None:
        found.add(_DEVICES[caller.device.kind])
    if caller.person is not None:
        found.add(_STAFF[caller.person.role])
    return found or {Who.CUSTOMER}


_DEVICES = {
    DeviceKind.KIOSK: Who.KIOSK,
    DeviceKind.DISPLAY: Who.DISPLAY,
    DeviceKind.PRINTER: Who.AGENT,
    DeviceKind.API: Who.INTEGRATION,
}
_STAFF = {Role.COUNTER: Who.COUNTER, Role.MANAGER: Who.MANAGER, Role.ADMIN: Who.ADMIN}
_RANKS = (Who.COUNTER, Who.MANAGER, Who.ADMIN)


def _from(least: Who, *others: Who) -> frozenset[Who]:
    """One of the staff's roles and those above it, and others."""
    return frozenset((*_RANKS[_RANKS.index(least) :], *others))


ANYBODY = Right("anybody")
HOLDER = Right("whoever has the ticket's token")
ENTERING = Right("floor manager, or who is between PIN and code")
BROWSER = Right("anybody, from a page of this server", of_browsers=True)
KIOSKS = Right("kiosk", frozenset({Who.KIOSK}), DeviceNeeded)
AGENTS = Right("print agent", frozenset({Who.AGENT}), DeviceNeeded)
ISSUERS = Right("kiosk, integration, counter staff", _from(Who.COUNTER, Who.KIOSK, Who.INTEGRATION), DeviceNeeded)
LISTENERS = Right("display, counter staff", _from(Who.COUNTER, Who.DISPLAY), DeviceNeeded)
BOOKERS = Right("integration, counter staff", _from(Who.COUNTER, Who.INTEGRATION), DeviceNeeded)
READERS = Right("integration, floor manager", _from(Who.MANAGER, Who.INTEGRATION))
STAFF = Right("counter staff", _from(Who.COUNTER))
MANAGERS = Right("floor manager", _from(Who.MANAGER))
SETTERS = Right("floor manager, command line", _from(Who.MANAGER, Who.COMMAND))
ADMINS = Right("administrator", _from(Who.ADMIN))

ROUTES: dict[str, Right] = {
    # What anybody in the lobby may see
    "GET /": ANYBODY,
    "GET /display": ANYBODY,
    "GET /display/logo.png": ANYBODY,
    "GET /media/<name>": ANYBODY,
    "GET /static/<room>/<path:name>": ANYBODY,
    "GET /texts/zh.json": ANYBODY,
    "GET /healthz": ANYBODY,
    "GET /metrics": ANYBODY,
    "GET /api/v1/": ANYBODY,
    "GET /api/v1/openapi.json": ANYBODY,
    "GET /api/v1/static/<path:filename>": ANYBODY,
    "GET /api/v1/board": ANYBODY,
    "GET /api/v1/media": ANYBODY,
    # A customer with a ticket
    "GET /t/<token>": HOLDER,
    "GET /t/<token>/qr.svg": HOLDER,
    "GET /api/v1/tickets/<token>": HOLDER,
    "POST /api/v1/tickets/<token>/cancel": HOLDER,
    "POST /api/v1/tickets/<token>/let-pass": HOLDER,
    "POST /api/v1/tickets/<token>/rate": HOLDER,
    # Signing in
    "GET /enrol/<token>": ANYBODY,
    "POST /enrol/<token>": BROWSER,
    "GET /counter/sign-in": ANYBODY,
    "POST /counter/sign-in": BROWSER,
    "POST /counter/sign-out": BROWSER,
    "GET /counter/sign-in/code": ANYBODY,
    "POST /counter/sign-in/code": BROWSER,
    "GET /enrol/<token>/qr.svg": ANYBODY,
    # Somebody's own sign-in; a second factor may be set up on the way in
    "GET /me": STAFF,
    "POST /me/sign-out-everywhere": STAFF,
    "GET /me/second-factor": ENTERING,
    "GET /me/second-factor/qr.svg": ENTERING,
    "POST /me/second-factor": BROWSER,
    "POST /me/second-factor/off": STAFF,
    "POST /api/v1/sessions": ANYBODY,
    # Kiosk, and whoever else gives out numbers
    "GET /kiosk": KIOSKS,
    "POST /api/v1/help-calls": KIOSKS,
    "POST /api/v1/tickets": ISSUERS,
    "POST /api/v1/check-ins": ISSUERS,
    "POST /api/v1/identify": ISSUERS,
    # Displays
    "GET /api/v1/calls/<int:version>/audio": LISTENERS,
    # Booking
    "GET /appointments": STAFF,
    "GET /api/v1/slots": BOOKERS,
    "GET /api/v1/appointments": BOOKERS,
    "POST /api/v1/appointments": BOOKERS,
    "POST /api/v1/appointments/customer": BOOKERS,
    "GET /api/v1/appointments/<code>": BOOKERS,
    "PATCH /api/v1/appointments/<code>": BOOKERS,
    "DELETE /api/v1/appointments/<code>": BOOKERS,
    "POST /api/v1/appointments/<code>/reveal": BOOKERS,
    "POST /api/v1/appointments/<code>/reminder": BOOKERS,
    "DELETE /api/v1/appointments/<code>/reminder": BOOKERS,
    "GET /api/v1/reminders": BOOKERS,
    "POST /api/v1/reminders": BOOKERS,
    "GET /api/v1/reminders.csv": BOOKERS,
    # Counters
    "GET /counter": STAFF,
    "GET /counter/strip": STAFF,
    "POST /api/v1/counters/<int:number>/open": STAFF,
    "POST /api/v1/counters/<int:number>/close": STAFF,
    "POST /api/v1/counters/<int:number>/call-next": STAFF,
    "POST /api/v1/counters/<int:number>/call": STAFF,
    "POST /api/v1/counters/<int:number>/recall": STAFF,
    "POST /api/v1/counters/<int:number>/start": STAFF,
    "POST /api/v1/counters/<int:number>/finish": STAFF,
    "POST /api/v1/counters/<int:number>/no-show": STAFF,
    "POST /api/v1/counters/<int:number>/hold": STAFF,
    "POST /api/v1/counters/<int:number>/resume": STAFF,
    "POST /api/v1/counters/<int:number>/step-done": STAFF,
    "POST /api/v1/counters/<int:number>/transfer": STAFF,
    "POST /api/v1/counters/<int:number>/add-service": STAFF,
    "POST /api/v1/counters/<int:number>/return": STAFF,
    "POST /api/v1/counters/<int:number>/cancel": STAFF,
    "POST /api/v1/counters/<int:number>/reinstate": STAFF,
    "POST /api/v1/counters/<int:number>/prioritise": STAFF,
    "POST /api/v1/counters/<int:number>/note": STAFF,
    "POST /api/v1/counters/<int:number>/reveal": STAFF,
    "POST /api/v1/counters/<int:number>/pause": STAFF,
    "POST /api/v1/counters/<int:number>/undo": STAFF,
    "POST /api/v1/counters/<int:number>/issue": STAFF,
    "POST /api/v1/counters/<int:number>/perks/<code>/use": STAFF,
    "POST /api/v1/counters/<int:number>/perks/<code>/undo": STAFF,
    "POST /api/v1/tickets/<token>/reprint": STAFF,
    "GET /api/v1/duty": STAFF,
    "POST /api/v1/account-managers/<code>/duty": STAFF,
    "POST /api/v1/pages/<int:id>/acknowledge": STAFF,
    "POST /api/v1/proxies/<int:id>/answered": STAFF,
    "POST /api/v1/staff-pages/<int:id>/acknowledge": STAFF,
    # The floor
    "GET /floor": MANAGERS,
    "GET /api/v1/floor": MANAGERS,
    "POST /api/v1/floor/acts": MANAGERS,
    "POST /api/v1/floor/acts/<int:id>/undo": MANAGERS,
    "POST /api/v1/help-calls/<int:id>/answer": MANAGERS,
    "POST /api/v1/what-if": MANAGERS,
    "GET /api/v1/alerts": READERS,
    "POST /api/v1/alerts/<int:id>/acknowledge": MANAGERS,
    "POST /api/v1/alerts/<int:id>/snooze": MANAGERS,
    "GET /api/v1/events": READERS,
    # Reports
    "GET /reports": MANAGERS,
    "GET /reports/inspection": MANAGERS,
    "GET /reports/staffing": MANAGERS,
    "GET /reports/replay": MANAGERS,
    "GET /api/v1/reports/forecast": MANAGERS,
    "GET /api/v1/reports/figures": MANAGERS,
    "GET /api/v1/reports/figures.csv": MANAGERS,
    "GET /api/v1/reports/figures.xlsx": MANAGERS,
    "GET /api/v1/reports/inspection": MANAGERS,
    "GET /api/v1/reports/inspection.csv": MANAGERS,
    "GET /api/v1/reports/inspection.xlsx": MANAGERS,
    "GET /api/v1/reports/staffing": MANAGERS,
    "POST /api/v1/reports/staffing": MANAGERS,
    "GET /api/v1/reports/replay": MANAGERS,
    "POST /api/v1/reports/replay": MANAGERS,
    "GET /api/v1/reports/replay/choices": MANAGERS,
    # Set-up
    "GET /settings": MANAGERS,
    "GET /settings/rule": MANAGERS,
    "GET /settings/alerts": MANAGERS,
    "GET /settings/voice": MANAGERS,
    "GET /settings/display": MANAGERS,
    "GET /settings/printers": MANAGERS,
    "GET /settings/slips": MANAGERS,
    "GET /settings/services": MANAGERS,
    "GET /settings/counters": MANAGERS,
    "GET /settings/hours": MANAGERS,
    "GET /settings/texts": MANAGERS,
    "GET /settings/staff": MANAGERS,
    "GET /settings/devices": MANAGERS,
    "GET /settings/changes": MANAGERS,
    "GET /settings/file": MANAGERS,
    "GET /settings/retention": ADMINS,
    "GET /settings/entitlements": ADMINS,
    "GET /api/v1/holidays": SETTERS,
    "GET /api/v1/devices": MANAGERS,
    "GET /api/v1/voice/sample": MANAGERS,
    "POST /api/v1/slips/preview": SETTERS,
    "POST /api/v1/commands/<name>": SETTERS,
    "GET /members": MANAGERS,
    "GET /api/v1/members": SETTERS,
    "POST /api/v1/imports": SETTERS,
    "GET /api/v1/imports/<id>": SETTERS,
    "DELETE /api/v1/imports/<id>": SETTERS,
    "GET /api/v1/imports/<id>/changes": SETTERS,
    "GET /api/v1/imports/<id>/faults": SETTERS,
    "GET /api/v1/imports/<id>/faults.csv": SETTERS,
    "POST /api/v1/imports/<id>/apply": SETTERS,
}
"""By method and rule. `HEAD` is `GET`; `OPTIONS` tells the methods of an address and is anybody's."""

EVENTS: dict[str, dict[str, Right]] = {
    "/": {"connect": ANYBODY, "disconnect": ANYBODY, "watch": ANYBODY},
    "/agent": {"connect": AGENTS, "disconnect": AGENTS, "hello": AGENTS, "report": AGENTS, "condition": AGENTS},
}
"""By Socket.IO namespace and event. Who was not let in by `connect` has no line to send the others on."""

SCREENS: dict[str, Right] = {
    "display": ANYBODY,
    "kiosk": ANYBODY,
    "ticket": HOLDER,
    "counter": STAFF,
    "duty": STAFF,
    "floor": MANAGERS,
}
"""What the event `watch` may ask for."""


def missing(known: Collection[str], table: Collection[str]) -> list[str]:
    """What there is without an entry, and entries of what there is no more: nothing where the table is true."""
    return sorted([f"{one} has no entry" for one in set(known) - set(table)]
                  + [f"{one} does not exist" for one in set(table) - set(known)])  # fmt: skip
