"""Owns stores of a chain for tests: each does what its head office asks when it is let."""

from pathlib import Path

from chain_stage import Cable, Office, session
from lobby_stage import TEN, Stage
from newborn import new_store

from chain.session import Session
from counter.web import Context
from db import chain, settings
from lobby import commands
from lobby.chaining import Chaining

URL = "http://127.0.0.1"


class Member:
    """A store of the chain, which does what it is asked when it is let."""

    def __init__(self, office: Office, folder: Path, name: str) -> None:
        self.stage = Stage(new_store(folder))
        self.token = office.add_store(name)
        self.stage.store.write(lambda conn: chain.join(conn, URL, self.token, None, TEN, staff_names=False))
        self.cable = Cable(office)
        self.context = Context(self.stage.store, lambda: self.stage.now, URL)

    def answer(self) -> None:
        """It is on line for a moment."""
        self.open_line().fetch()

    def open_line(self) -> Session:
        """A line of its own, introduced."""
        return session(self.stage.store, self.cable, lambda: self.stage.now, Chaining(self.context).deliver)

    def set(self, command: str, **arguments: object) -> None:
        """A change of its settings."""
        commands.run(self.context, command, arguments, "command")

    @property
    def fair_after_min(self) -> float:
        with self.stage.store.read() as conn:
            return settings.load(conn).rules.fair_after_s / 60
