"""Owns what a browser's signed cookie remembers of signing in: who has done so here, who is between PIN and code."""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from flask import request, session

from counter.errors import SignInAgain
from counter.lockout import Place
from counter.web import SESSION_KEY, Context
from db import staff
from db.people_records import Staff

PATIENCE_S = 300.0
"""From the PIN to the code."""
MOST_KNOWN = 50
_KNOWN, _PENDING = "known_staff", "pending"


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody whose PIN was right, and where they were going."""

    person: Staff
    target: str


def place(person: Staff | None) -> Place:
    """Where this request signs in from: a browser that the person has signed in with before, else its address."""
    known = session.get(_KNOWN)
    if person is not None and known is not None and person.id in known["staff"]:
        return Place(known["id"], is_known=True)
    return Place(request.remote_addr or "")


def let_in(person: Staff, token: str) -> None:
    """The browser is signed in, and knows this person from now on."""
    known = session.get(_KNOWN) or {"id": secrets.token_urlsafe(9), "staff": []}
    others = [one for one in known["staff"] if one != person.id]
    session[_KNOWN] = {"id": known["id"], "staff": [*others, person.id][-MOST_KNOWN:]}
    session[SESSION_KEY] = token
    session.pop(_PENDING, None)
    session.permanent = True


def keep_pending(person: Staff, target: str, now: float) -> None:
    """Remember who was let through by the PIN, for some minutes."""
    session[_PENDING] = {"staff": person.id, "until": now + PATIENCE_S, "pin": _mark(person), "target": target}


def pending(context: Context) -> Pending:
    """Who is between PIN and code. Raises `SignInAgain` if nobody is, it took too long, or the PIN has changed."""
    kept = session.get(_PENDING)
    if kept is None or kept["until"] < context.clock():
        raise SignInAgain
    with context.store.read() as conn:
        person = staff.staff_by_id(conn, kept["staff"])
    if person is None or person.pin_hash is None or _mark(person) != kept["pin"]:
        raise SignInAgain
    return Pending(person, kept["target"])


def _mark(person: Staff) -> str:
    """Changes with the PIN; the hash it is made of has a salt, so the cookie tells nothing."""
    return sha256((person.pin_hash or "").encode()).hexdigest()[:16]
