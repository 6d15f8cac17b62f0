"""Owns what a store and its head office say to each other over one open line: who we are, what is new, what is asked.

One thing at a time, so order and "once" need no more than a number: lines after the last that the head office has
committed, and mail that has no answer kept here yet.
"""

import time
from collections.abc import Callable
from typing import Any

from chain import moment
from chain.days import Days
from chain.dial import Line, Signals
from chain.errors import JournalParted
from chain.leaving import leaving
from chain.mailbox import Deliver, Mailbox
from chain.protocol import ALIVE_S, Hello, Moment, Standing, Welcome, digest
from chain.sharing import Sharing
from chain.visiting import Visiting
from db import chain, events, settings
from db.chain import ChainLink
from db.errors import LobbyError
from db.event_records import Event
from db.store import Store

AT_ONCE = 200
"""Lines in one batch: encoding more would hold the lobby up for longer than anybody should wait."""
CATCH_UP_REST_S = 0.05
"""Between full batches: a week's journal then takes seconds, and the lobby has nearly all of the machine."""
MOMENT_GAP_S = 1.0
NOTE_EVERY_S = 30.0


class Session:
    """One open line. `acked`: the last journal line that the head office has committed."""

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
        self._signals = signals
        self._mailbox = Mailbox(store, clock, line, deliver, self._keep_up)
        self._days = Days(store, line, with_staff_names=link.staff_names)
        self._incarnation = link.incarnation
        self.acked = 0
        self._owes_moment = True
        self._told_at = self._noted_at = -NOTE_EVERY_S
        self._sharing = Sharing(store, clock, line)
        self._visiting = Visiting(store, clock, line)
        signals.mail.set()  # what came meanwhile

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
        self._incarnation, self.acked = welcome.incarnation, welcome.acked
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
        is_behind = self.tell()
        if self._signals.mail.is_set():
            self.fetch()
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

    def tell(self) -> bool:
        """Tell the next lines, and the moment where it is due; whether there is more to tell at once."""
        with self._store.read() as conn:
            news = events.after(conn, self.acked, AT_ONCE)
            newest = events.version(conn)
            is_behind = bool(news) and news[-1].seq < newest
            self._owes_moment |= bool(news)
            is_due = not is_behind and time.monotonic() - self._told_at >= self._gap_s()
            present = moment.read(conn, self._clock()) if is_due else None
        if not news and present is None:
            return False
        self.push(news, newest, present)
        if present is not None:
            self._owes_moment, self._told_at = False, time.monotonic()
        if is_behind:
            time.sleep(CATCH_UP_REST_S)
        return is_behind

    def _gap_s(self) -> float:
        return MOMENT_GAP_S if self._owes_moment else ALIVE_S

    def push(self, news: list[Event], newest: int, present: Moment | None) -> None:
        """Tell lines that follow the last one there, and the moment they led to; `newest` is the journal's last."""
        taken = self._line.ask("push", {
            "incarnation": self._incarnation,
            "newest": newest,
            "lines": [self._leaving(event) for event in news],
            "moment": present and present.model_dump(),
        })  # fmt: skip
        if taken["acked"] is not None:
            self.acked = taken["acked"]
        if taken["has_mail"]:
            self._signals.mail.set()
        if taken["rest_s"]:
            time.sleep(taken["rest_s"])

    def fetch(self) -> None:
        """Do all that the head office asks."""
        self._signals.mail.clear()
        self._mailbox.empty()

    def _keep_up(self) -> None:
        """Tell what is new and do what is asked in the midst of something long, so often that it is not held up by it;
        a line that fails is opened anew when that is done.
        """
        is_due = time.monotonic() - self._told_at >= MOMENT_GAP_S
        if is_due and not self._signals.lost.is_set():
            try:
                self.tell()
                self._mailbox.empty_meanwhile()
            except LobbyError:
                self._signals.lose()

    def _keep_note(self) -> None:
        self._noted_at = time.monotonic()
        self._store.write(lambda conn: chain.note_acked(conn, self._incarnation, self.acked, self._clock()))
