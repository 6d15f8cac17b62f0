"""Owns doing in the store what its head office asks for: each thing once, in order, and telling what became of it.

Only a list that takes long lets what comes after it pass: a customer who has booked hears of it while the list is read.
"""

from collections.abc import Callable
from dataclasses import dataclass
from sqlite3 import Connection
from typing import Any

from pydantic import ValidationError

from chain.dial import Line, Refused
from chain.errors import UnreachableHeadOffice
from chain.protocol import Kind, Mail, MailState
from db import chain, events
from db.chain import MailDone
from db.disk import CannotWrite
from db.errors import LobbyError
from db.store import Store

TAKE_LONG = frozenset({Kind.MEMBERS})
MOST_FAULTS = 20
"""So many things that are wrong with a file are told; the count is told anyway."""
Work = Callable[[Connection], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class OpenLine:
    """The line while mail is done. `ask`: as `Line` has it. `keep_up` tells what is new, does what else is asked, and
    raises nothing: whoever takes long calls it now and then, so that the store is not thought to be cut off.
    """

    ask: Callable[[str, dict[str, Any]], dict[str, Any]]
    keep_up: Callable[[], None]


Deliver = Callable[[Mail, OpenLine], Work]
"""Turns mail into what it does in the writer's transaction. Both may raise `LobbyError` or `ValidationError`."""
NO_ANSWER = (CannotWrite, UnreachableHeadOffice, Refused)
"""What failed so is done when it can be: the disk or the line did not hold."""


class Mailbox:
    """What is asked over one open line."""

    def __init__(
        self, store: Store, clock: Callable[[], float], line: Line, deliver: Deliver, keep_up: Callable[[], None]
    ) -> None:
        self._store, self._clock, self._line, self._deliver = store, clock, line, deliver
        self._open = OpenLine(line.ask, keep_up)

    def empty(self) -> None:
        """Do all that is asked, and tell what became of it. Answers first: what is answered is not offered again."""
        self._tell_answers()
        while mail := self._fetch():
            for one in mail:
                self._do(one)
            self._tell_answers()

    def empty_meanwhile(self) -> None:
        """Do what is asked in the midst of what takes long, but for such things: they wait for their turn."""
        for one in self._fetch():
            if one.kind not in TAKE_LONG:
                self._do(one)
        self._tell_answers()

    def _fetch(self) -> list[Mail]:
        return [Mail.model_validate(one) for one in self._line.ask("fetch", {})["mail"]]

    def _do(self, mail: Mail) -> None:
        """Once: what was done is kept in the transaction that did it. Raises what is `NO_ANSWER`."""
        with self._store.read() as conn:
            if chain.mail_done(conn, mail.id) is not None:
                return
        try:
            work = self._deliver(mail, self._open)
            self._store.write(lambda conn: self._finish(conn, mail, MailState.APPLIED, result=work(conn)))
        except NO_ANSWER:
            raise
        except LobbyError as refused:
            self._refuse(mail, refused.code, _said(refused), _words(refused))
        except ValidationError as invalid:
            places = (".".join(map(str, fault["loc"])) for fault in invalid.errors())
            self._refuse(mail, "invalid_request", ", ".join(places))

    def _refuse(self, mail: Mail, code: str, reason: str, words: dict[str, Any] | None = None) -> None:
        said = {"code": code, "reason": reason[:2000], "result": words or {}}
        self._store.write(lambda conn: self._finish(conn, mail, MailState.REFUSED, **said))

    def _finish(self, conn: Connection, mail: Mail, state: MailState, **said: Any) -> None:
        answer = {"seq": events.version(conn), **said}
        chain.finish_mail(conn, MailDone(mail.id, state, answer), mail.kind, self._clock())

    def _tell_answers(self) -> None:
        with self._store.read() as conn:
            untold = chain.untold_mail(conn)
        for done in untold:
            self._line.ask("answer", {"id": done.id, "state": done.state, **done.answer})
            self._store.write(lambda conn, mail_id=done.id: chain.told_mail(conn, mail_id))  # type: ignore[misc]


def _words(refused: LobbyError) -> dict[str, Any]:
    """What was refused, to be said in any language: a text, what fills its places, each fault so."""
    said: dict[str, Any] = {"text": refused.text, "values": {name: str(value) for name, value in refused.attrs.items()}}
    if refused.faults:
        said["faults"] = [{"field": fault.field, **_words(fault)} for fault in refused.faults[:MOST_FAULTS]]
    return said


def _said(refused: LobbyError) -> str:
    return " ".join([str(refused), *(f"{fault.field}: {fault}" for fault in refused.faults)])
