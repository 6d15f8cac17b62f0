"""Owns the store's end of the line to its head office: one Socket.IO connection, opened from here, TLS verified."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, Protocol

import requests
import socketio
from socketio.exceptions import ConnectionError as NoConnection
from socketio.exceptions import SocketIOError

from chain.errors import OfficeDown, UnknownChainToken, UnreachableHeadOffice
from chain.protocol import NAMESPACE
from db.chain import ChainLink
from db.errors import LobbyError

CONNECT_S = 10.0
ANSWER_S = 30.0
AUTHORITY = "chain-authority.pem"


class Refused(LobbyError):
    """The head office said no to what was asked; `code` and text are its own."""

    status = 409

    def __init__(self, code: str, text: str) -> None:
        self.code, self.text = code, text.replace("{", "(").replace("}", ")")
        super().__init__()


class Line(Protocol):
    """An open line."""

    def ask(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        """The answer. Raises `Refused`, `UnreachableHeadOffice`."""

    def hang_up(self) -> None:
        """End it; what waits for an answer is told that there is none."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What a link waits for. `news`: anything at all; `mail`: the head office has some; `lost`: the line is gone."""

    news: Event = field(default_factory=Event)
    mail: Event = field(default_factory=Event)
    lost: Event = field(default_factory=Event)

    def hint(self) -> None:
        """There is mail."""
        self.mail.set()
        self.news.set()

    def lose(self) -> None:
        """The line is gone."""
        self.lost.set()
        self.news.set()


Dial = Callable[[ChainLink, Signals], Line]
"""Opens a line that gives these signals. Raises `UnreachableHeadOffice`, `UnknownChainToken`."""


class SocketLine:
    """A line over Socket.IO."""

    def __init__(self, link: ChainLink, folder: Path, signals: Signals) -> None:
        self._url = link.url
        session = requests.Session()
        session.trust_env = False
        if link.authority is not None:
            trusted = folder / AUTHORITY
            trusted.write_text(link.authority)
            session.verify = str(trusted)
        self._client = socketio.Client(reconnection=False, handle_sigint=False, http_session=session)
        self._client.on("mail", lambda *_: signals.hint(), namespace=NAMESPACE)
        self._client.on("disconnect", lambda *_: signals.lose(), namespace=NAMESPACE)
        refusals: list[Any] = []
        self._client.on("connect_error", refusals.append, namespace=NAMESPACE)
        try:
            self._client.connect(
                link.url, auth={"token": link.token}, namespaces=[NAMESPACE], transports=["websocket"],
                wait_timeout=CONNECT_S,
            )  # fmt: skip
        except (NoConnection, OSError) as error:
            self._client.disconnect()
            if any(isinstance(why, dict) and why.get("message") == "unknown token" for why in refusals):
                raise UnknownChainToken from error
            raise UnreachableHeadOffice(url=link.url) from error

    def ask(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        """See `Line`."""
        try:
            answer = self._client.call(event, data, namespace=NAMESPACE, timeout=ANSWER_S)
        except (SocketIOError, OSError) as error:
            raise UnreachableHeadOffice(url=self._url) from error
        if not isinstance(answer, dict):
            raise OfficeDown
        if "code" in answer and "text" in answer:
            raise Refused(answer["code"], answer["text"])
        return answer

    def hang_up(self) -> None:
        """See `Line`."""
        self._client.disconnect()


def by_socket(folder: Path) -> Dial:
    """Dials for a store whose data folder this is."""
    return lambda link, signals: SocketLine(link, folder, signals)
