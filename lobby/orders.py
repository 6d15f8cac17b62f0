"""Owns what a set-up command is: its arguments, what it does in the writer's transaction, and who gave it."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from counter import auth
from counter.errors import Forbidden
from counter.web import Body, Context
from db import events
from db.errors import LobbyError
from db.event_records import EventKind
from db.people_records import Role
from lobby.sample import enrolment_path

B = TypeVar("B", bound=Body)
Json = dict[str, Any]


class UnknownStaff(LobbyError):
    """Nobody of this name."""

    code, status, field = "unknown_staff", 404, "name"
    text = "Nobody here is called “{name}”."


@dataclass(slots=True)
class Order:
    """Who gave a command: `actor` for the journal; `role` of one of the staff, None for the command line.

    Carrying it out fills in `needs`, the least role it takes (who may do it may undo it), and `undoes`, the change that
    it takes back.
    """

    context: Context
    actor: str
    role: Role | None
    needs: Role = Role.MANAGER
    undoes: int | None = None

    def journal(self, conn: sqlite3.Connection, kind: EventKind, **data: Any) -> int:
        """Write down what was done; the line's number."""
        return events.append(conn, self.context.clock(), kind, self.actor, **data)

    def require_at_least(self, role: Role) -> None:
        """Nobody hands out more than they have. Raises `Forbidden`."""
        if not auth.includes(self.needs, role):
            self.needs = role
        if self.role is not None and not auth.includes(self.role, role):
            raise Forbidden

    def link(self, token: str) -> str:
        """A one-time link."""
        return self.context.base_url + enrolment_path(token)


@dataclass(frozen=True, slots=True)
class Command(Generic[B]):
    """A command's arguments, what it does in the writer's transaction, what it computes before and tidies up after.

    `needs`: the least role for these arguments, where that has to be known before anything is computed.
    """

    body: type[B]
    run: Callable[[sqlite3.Connection, Order, B], Json]
    prepare: Callable[[Context, B], B] = lambda _, body: body
    tidy: Callable[[Context], object] = lambda _: None
    needs: Callable[[B], Role] = lambda _: Role.MANAGER
