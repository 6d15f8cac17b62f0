"""Owns a store's link to its head office: an open line for as long as the store belongs there.

A line that is cut is opened anew, with growing pauses; the lobby never waits for any of it.
"""

import logging
import random
import time
from collections.abc import Callable

from chain.dial import Dial, Signals
from chain.errors import JournalParted, UnknownChainToken
from chain.mailbox import Deliver
from chain.session import Session
from db import chain
from db.chain import ChainLink
from db.disk import CannotWrite
from db.errors import LobbyError
from db.store import Store

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
DECISION_PAUSE_S = 30.0
"""So often a store asks again whether somebody has decided."""

_log = logging.getLogger("lobbyline.chain")


class Link:
    """Keeps the head office told for as long as `run` runs. `program`: our version, as others are told it."""

    def __init__(self, store: Store, clock: Callable[[], float], dial: Dial, deliver: Deliver, program: str) -> None:
        self._store, self._clock, self._dial, self._deliver, self._program = store, clock, dial, deliver, program
        self._signals = Signals()
        self._pause_s = FIRST_PAUSE_S

    def wake(self) -> None:
        """Something was committed, there is mail, or the line is lost."""
        self._signals.news.set()

    def run(self) -> None:
        """Until the store belongs to no chain."""
        while True:
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
        while (left := deadline - time.monotonic()) > 0 and _is_same(self._store, link):
            self._signals.news.wait(left)
            self._signals.news.clear()

    def _hold(self, link: ChainLink) -> None:
        self._signals.lost.clear()
        line = self._dial(link, self._signals)
        try:
            session = Session(self._store, self._clock, line, link, self._deliver, self._signals)
            session.introduce(self._program)
            self._pause_s = FIRST_PAUSE_S
            while not self._signals.lost.is_set() and _is_same(self._store, link):
                session.go_on()
        finally:
            line.hang_up()


def _is_same(store: Store, link: ChainLink) -> bool:
    """Whether the store still belongs there, as it did."""
    with store.read() as conn:
        now = chain.link(conn)
    return now is not None and (now.url, now.token) == (link.url, link.token)
