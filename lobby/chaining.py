"""Owns a store's belonging to a chain while it serves: its link, and doing what the head office asks for.

Nothing of a chain is loaded where a store belongs to none.
"""

from __future__ import annotations

from sqlite3 import Connection
from typing import TYPE_CHECKING, Annotated, Any

import gevent
from pydantic import Field, StringConstraints

from counter.web import Body, Context
from db import chain
from db.words import Names
from display import acts
from lobby import __version__, commands, visit_mail
from lobby.visit_mail import HEAD_OFFICE

if TYPE_CHECKING:
    from chain.link import Link
    from chain.mailbox import OpenLine, Work
    from chain.protocol import Mail

LOOK_EVERY_S = 2.0
DAY_S = 86_400


class NoticeMail(Body):
    """A line for every lobby display of the store, for so long or to the end of the day."""

    zh: str = Field(min_length=1, max_length=80)
    en: str = Field(min_length=1, max_length=120)
    length_s: int | None = Field(default=None, ge=60, le=DAY_S)


class SettingsMail(Body):
    """A file of settings to take over, or with `dry_run` to look at; `seen`: of the preview that was agreed to."""

    toml: Annotated[str, StringConstraints(strip_whitespace=False)]
    dry_run: bool = False
    seen: str | None = None


class Chaining:
    """Holds the link for as long as `run` runs."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._link: Link | None = None

    def wake(self) -> None:
        """Something was committed."""
        if self._link is not None:
            self._link.wake()

    def run(self) -> None:
        """Look whether the store belongs to a chain; while it does, hold its link. For ever."""
        while True:
            with self._context.store.read() as conn:
                belongs = chain.link(conn) is not None
            if belongs:
                self._hold()
            gevent.sleep(LOOK_EVERY_S)

    def _hold(self) -> None:
        from chain.dial import by_socket
        from chain.link import Link

        store = self._context.store
        self._link = Link(store, self._context.clock, by_socket(store.folder), self.deliver, __version__)
        try:
            self._link.run()
        finally:
            self._link = None

    def deliver(self, mail: Mail, line: OpenLine) -> Work:
        """What a piece of mail does in the writer's transaction. Raises `UnknownMail`, and what it is refused for."""
        from chain.errors import UnknownMail
        from chain.protocol import Kind
        from lobby import member_mail

        match mail.kind:
            case Kind.NOTICE:
                return self._notice(NoticeMail.model_validate(mail.body))
            case Kind.SETTINGS:
                return self._settings(SettingsMail.model_validate(mail.body))
            case Kind.SETTINGS_COPY:
                return self._settings_copy()
            case Kind.MEMBERS:
                return member_mail.deliver(mail, line, self._context)
        if mail.kind in visit_mail.DELIVERIES:
            return visit_mail.deliver(mail.kind, mail.body, self._context)
        raise UnknownMail(kind=mail.kind)

    def _notice(self, wish: NoticeMail) -> Work:
        text = Names(wish.zh, wish.en)

        def put_up(conn: Connection) -> dict[str, Any]:
            return {"act": acts.put_up(conn, text, wish.length_s, HEAD_OFFICE, self._context.clock()).id}

        return put_up

    def _settings(self, wish: SettingsMail) -> Work:
        given = {"text": wish.toml, "dry_run": wish.dry_run, "seen": wish.seen}
        work = commands.ready(self._context, "settings-import", given, HEAD_OFFICE)

        def take_over(conn: Connection) -> dict[str, Any]:
            answer = work(conn).answer
            return {"changes": answer["changes"], "seen": answer["seen"]}

        return take_over

    def _settings_copy(self) -> Work:
        from chain.errors import LargeSettingsCopy
        from chain.protocol import LARGEST_COPY, packed

        work = commands.ready(self._context, "settings-export", {}, HEAD_OFFICE)

        def copy(conn: Connection) -> dict[str, Any]:
            toml = packed(work(conn).answer["toml"].encode())
            if len(toml) > LARGEST_COPY:
                raise LargeSettingsCopy(kilobytes=LARGEST_COPY // 1000)
            return {"toml": toml}

        return copy
