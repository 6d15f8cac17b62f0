"""Owns a store's link to its head office: telling the journal and the moment, fetching and doing what is asked.

One thing at a time over one line, so order and "once" need no more than a number: lines after the last that the head
office has committed, and mail that has no answer kept here yet. A line that is cut is opened anew, with growing
pauses; the lobby never waits for any of it.
"""

import logging
import random
import time
from collections.abc import Callable
from sqlite3 import Connection
from typing import Any

from pydantic import ValidationError

from chain import moment
from chain.days import Days
from chain.dial import Dial, Line, Signals
from chain.errors import JournalParted, UnknownChainToken
from chain.leaving import leaving
from chain.protocol import ALIVE_S, Hello, Mail, MailState, Standing, Welcome, digest
from chain.sharing import Sharing
from chain.visiting import Visiting
from db import chain, events, settings
from db.chain import ChainLink, MailDone
from db.disk import CannotWrite
from db.errors import LobbyError
from db.event_records import Event
from db.store import Store

AT_ONCE = 200
"""Lines in one batch: encoding more would hold the lobby up for longer than anybody should wait."""
CATCH_UP_REST_S = 0.05
"""Between full batches: a week's journal then takes seconds, and the lobby has nearly all of the machine."""
MOMENT_GAP_S = 1.0
NOTE_EVERY_S = 30.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
DECISION_PAUSE_S = 30.0
"""So often a store asks again whether somebody has decided."""

Work = Callable[[Connection], dict[str, Any]]
Deliver = Callable[[Mail], Work]
"""Turns mail into what it does in the writer's transaction. Both may raise `LobbyError` or `ValidationError`."""

_log = logging.getLogger("lobbyline.chain")


class Link:
    """Keeps the head office told for as long as `run` runs. `program`: our version, as others are told it."""

    def __init__(self, store: Store, clock: Callable[[], float], dial: Dial, deliver: Deliver, program: str) -> None:
        self._store, self._clock, self._dial, self._deliver, self._program = store, clock, dial, deliver, program
        self._signals = Signals()
        self._is_over = False
        self._pause_s = FIRST_PAUSE_S

    def wake(self) -> None:
        """Something was committed, there is mail, or the line is lost."""
        self._signals.news.set()

    def stop(self) -> None:
        """End `run`."""
        self._is_over = True
        self._signals.news.set()

    def run(self) -> None:
        """Until the store belongs to no chain, or `stop`."""
        while not self._is_over:
            with self._store.read() as conn:
                link = chain.link(conn)
            if link is None:
                return
            trouble: LobbyError | None = None
            try:
                self._hold(link)
            except LobbyError as refused:
                trouble = refused
            except Exception:  # noqa: BLE001 — the one place of this loop; the line is opened anew
                _log.exception("the line to the head office failed; it is opened anew")
            self._note(trouble)
            self._wait_before_redial(link, trouble)

    def _note(self, trouble: LobbyError | None) -> None:
        if trouble is None or isinstance(trouble, CannotWrite):
            return
        code = trouble.code
        with self._store.read() as conn:
            known = chain.link(conn)
        if known is not None and known.trouble != code:
            _log.warning("the head office is told nothing now: %s", trouble)
            self._store.write(lambda conn: chain.note_trouble(conn, code))

    def _wait_before_redial(self, link: ChainLink, trouble: LobbyError | None) -> None:
        """Not where somebody has joined the store anew meanwhile, or taken it out."""
        is_for_people = isinstance(trouble, JournalParted | UnknownChainToken)
        pause_s = DECISION_PAUSE_S if is_for_people else self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        deadline = time.monotonic() + random.uniform(0.5, 1.0) * pause_s  # noqa: S311 — so that stores do not come back all at once
        while not self._is_over and (left := deadline - time.monotonic()) > 0 and _is_same(self._store, link):
            self._signals.news.wait(left)
            self._signals.news.clear()

    def _hold(self, link: ChainLink) -> None:
        self._signals.lost.clear()
        line = self._dial(link, self._signals)
        try:
            session = _Session(self._store, self._clock, line, link, self._deliver, self._signals)
            session.introduce(self._program)
            self._pause_s = FIRST_PAUSE_S
            while not (self._is_over or self._signals.lost.is_set()) and session.is_ours():
                session.go_on()
        finally:
            line.hang_up()


class _Session:
    """One open line."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        line: Line,
        link: ChainLink,
        deliver: Deliver,
        signals: Signals,
    ) -> None:
        self._store, self._clock, self._line, self._link = store, clock, line, link
        self._deliver, self._signals = deliver, signals
        self._days = Days(store, line, with_staff_names=link.staff_names)
        self._incarnation = link.incarnation
        self._acked = 0
        self._owes_moment = True
        self._told_at = self._noted_at = -NOTE_EVERY_S
        self._sharing = Sharing(store, clock, line)
        self._visiting = Visiting(store, clock, line)
        signals.mail.set()  # what came meanwhile

    def is_ours(self) -> bool:
        """Whether the store still belongs to this head office."""
        return _is_same(self._store, self._link)

    def introduce(self, program: str) -> None:
        """Say who we are, and look whether we mean the same journal. Raises `JournalParted`."""
        with self._store.read() as conn:
            store, newest = settings.load(conn), events.version(conn)
        hello = Hello(
            incarnation=self._incarnation, newest=newest, name_zh=store.name.zh, name_en=store.name.en,
            timezone=store.timezone, program=program,
        )  # fmt: skip
        welcome = Welcome.model_validate(self._line.ask("hello", hello.model_dump()))
        if not self._is_same(welcome):
            self._line.ask("parted", {"common": self._common(welcome.acked)})
            raise JournalParted
        self._incarnation, self._acked = welcome.incarnation, welcome.acked
        self._keep_note()

    def _is_same(self, welcome: Welcome) -> bool:
        """The last line they have is ours. One incarnation on, that was accepted for a journal restored as ours is."""
        mine = self._incarnation
        is_expected = mine in {0, welcome.incarnation} or welcome.acked == welcome.since
        return (
            welcome.standing == Standing.JOINED
            and is_expected
            and (welcome.acked == 0 or self._digest(welcome.acked) == welcome.digest)
        )

    def _common(self, acked: int) -> int:
        """The last line that both have: after it nothing is the same, so it is found by halving."""
        low, high = 0, min(acked, self._newest())
        while low < high:
            middle = (low + high + 1) // 2
            if self._line.ask("digest", {"seq": middle})["digest"] == self._digest(middle):
                low = middle
            else:
                high = middle - 1
        return low

    def _digest(self, seq: int) -> str | None:
        with self._store.read() as conn:
            found = events.after(conn, seq - 1, 1)
        return digest(self._leaving(found[0])) if found and found[0].seq == seq else None

    def _newest(self) -> int:
        with self._store.read() as conn:
            return events.version(conn)

    def _leaving(self, event: Event) -> Any:
        return leaving(event, with_staff_names=self._link.staff_names)

    def go_on(self) -> None:
        """Tell what is new, do what is asked; past days only when all that is told. Then wait for more."""
        self._signals.news.clear()
        is_behind = self._tell()
        if self._signals.mail.is_set():
            self._fetch()
        if time.monotonic() - self._noted_at >= NOTE_EVERY_S:
            self._keep_note()
        if not is_behind:
            self._visiting.go_on()
            self._sharing.go_on()
            self._days.tell()
            self._signals.news.wait(self._patience_s())

    def _patience_s(self) -> float:
        moment_in_s = self._told_at + self._gap_s() - time.monotonic()
        return max(0.0, min(moment_in_s, self._sharing.due_in_s, self._visiting.due_in_s, self._days.due_in_s()))

    def _tell(self) -> bool:
        """Whether there is more to tell at once."""
        with self._store.read() as conn:
            news = events.after(conn, self._acked, AT_ONCE)
            newest = events.version(conn)
            is_behind = bool(news) and news[-1].seq < newest
            self._owes_moment |= bool(news)
            is_due = not is_behind and time.monotonic() - self._told_at >= self._gap_s()
            present = moment.read(conn, self._clock()) if is_due else None
        if not news and present is None:
            return False
        self._push(news, newest, present)
        if present is not None:
            self._owes_moment, self._told_at = False, time.monotonic()
        if is_behind:
            time.sleep(CATCH_UP_REST_S)
        return is_behind

    def _gap_s(self) -> float:
        return MOMENT_GAP_S if self._owes_moment else ALIVE_S

    def _push(self, news: list[Event], newest: int, present: Any) -> None:
        taken = self._line.ask("push", {
            "incarnation": self._incarnation,
            "newest": newest,
            "lines": [self._leaving(event) for event in news],
            "moment": present and present.model_dump(),
        })  # fmt: skip
        if taken["acked"] is not None:
            self._acked = taken["acked"]
        if taken["has_mail"]:
            self._signals.mail.set()
        if taken["rest_s"]:
            time.sleep(taken["rest_s"])

    def _fetch(self) -> None:
        """Do all that is asked. Answers first: what is answered is not offered again."""
        self._signals.mail.clear()
        self._tell_answers()
        while mail := self._line.ask("fetch", {})["mail"]:
            for one in mail:
                self._do(Mail.model_validate(one))
            self._tell_answers()

    def _do(self, mail: Mail) -> None:
        """Once: what was done is kept in the transaction that did it. Raises `CannotWrite`, which is no answer."""
        with self._store.read() as conn:
            if chain.mail_done(conn, mail.id) is not None:
                return
        try:
            work = self._deliver(mail)
            self._store.write(lambda conn: self._finish(conn, mail, MailState.APPLIED, result=work(conn)))
        except CannotWrite:
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

    def _keep_note(self) -> None:
        self._noted_at = time.monotonic()
        self._store.write(lambda conn: chain.note_acked(conn, self._incarnation, self._acked, self._clock()))


def _is_same(store: Store, link: ChainLink) -> bool:
    """Whether the store still belongs there, as it did."""
    with store.read() as conn:
        now = chain.link(conn)
    return now is not None and (now.url, now.token) == (link.url, link.token)


def _words(refused: LobbyError) -> dict[str, Any]:
    """What was refused, to be said in any language: a text of the catalogue, and what fills its places."""
    return {"text": refused.text, "values": {name: str(value) for name, value in refused.attrs.items()}}


def _said(refused: LobbyError) -> str:
    return " ".join([str(refused), *(f"{fault.field}: {fault}" for fault in refused.faults)])
