"""Owns what the head office answers a store on its line: each question checked, each refusal in words."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

from gevent.lock import BoundedSemaphore
from pydantic import BaseModel, Field, ValidationError

from chain.office import comparisons, lists, mail, shares, stores, visits
from chain.office.database import Database
from chain.office.days import Days
from chain.office.ingest import Ingest
from chain.protocol import (
    LARGEST_SEQ,
    Batch,
    DayFacts,
    HeldAfter,
    Hello,
    Kept,
    ListAsked,
    ListPart,
    MailAnswer,
    Shape,
    Share,
    Taken,
    Visits,
)
from db.errors import LobbyError

BUSY = 6
"""So many batches at once; more would only wait for a connection, and pages with them."""
BUSY_REST_S = 2.0
FACTS_REST_S = 10.0
"""Past days can wait: they are taken in one at a time, so that live news has the rest of the process. So are lists
given out, a part at a time.
"""
_FAULTS_TOLD = 3

Json = dict[str, Any]


class _Seq(Shape):
    seq: int = Field(ge=0, le=LARGEST_SEQ)


class _Common(Shape):
    common: int = Field(ge=0, le=LARGEST_SEQ)


class _Nothing(Shape):
    pass


class Desk:
    """Answers the lines of one process. `tell` hints to stores that they have mail, as `Office.tell` does."""

    def __init__(self, database: Database, ingest: Ingest, tell: Callable[[list[int]], None] = lambda _: None) -> None:
        self._database, self._ingest, self._tell = database, ingest, tell
        self._days = Days(database)
        self._turn, self._days_turn, self._list_turn = BoundedSemaphore(BUSY), BoundedSemaphore(1), BoundedSemaphore(1)
        self._questions: dict[str, tuple[type[BaseModel], Callable[[int, str, Any], Shape | Json]]] = {
            "hello": (Hello, self._hello),
            "digest": (_Seq, self._digest),
            "parted": (_Common, self._parted),
            "push": (Batch, self._push),
            "fetch": (_Nothing, self._fetch),
            "answer": (MailAnswer, self._answer),
            "list": (ListAsked, self._list),
            "held": (HeldAfter, self._held),
            "share": (Share, self._share),
            "visits": (Visits, self._visits),
            "days": (_Nothing, self._known_days),
            "facts": (DayFacts, self._facts),
        }

    @property
    def questions(self) -> list[str]:
        """What can be asked."""
        return list(self._questions)

    def answer(self, store_id: int, line: str, question: str, data: Any) -> Json:
        """What a store asked on its line: the answer, or {code, text} of a refusal."""
        shape, work = self._questions[question]
        try:
            found = work(store_id, line, shape.model_validate(data or {}))
        except LobbyError as refused:
            return {"code": refused.code, "text": str(refused)}
        except ValidationError as invalid:
            places = ", ".join(".".join(map(str, fault["loc"])) for fault in invalid.errors()[:_FAULTS_TOLD])
            return {"code": "invalid_request", "text": f"not understood: {places}"}
        return found.model_dump() if isinstance(found, Shape) else found

    def _hello(self, store_id: int, line: str, hello: Hello) -> Shape:
        with self._database.transaction() as conn:
            return stores.greet(conn, store_id, line, hello)

    def _digest(self, store_id: int, _: str, asked: _Seq) -> Json:
        with self._database.transaction() as conn:
            return {"digest": stores.digest_at(conn, store_id, asked.seq)}

    def _parted(self, store_id: int, line: str, found: _Common) -> Json:
        with self._database.transaction() as conn:
            stores.part(conn, store_id, line, found.common)
        return {}

    def _push(self, store_id: int, line: str, batch: Batch) -> Shape:
        if not self._turn.acquire(timeout=BUSY_REST_S):
            return Taken(acked=None, rest_s=BUSY_REST_S)
        try:
            return self._ingest.take(store_id, line, batch)
        finally:
            self._turn.release()

    def _fetch(self, store_id: int, _: str, __: _Nothing) -> Json:
        with self._database.transaction() as conn:
            return {"mail": [one.model_dump() for one in mail.pending(conn, store_id)]}

    def _answer(self, store_id: int, _: str, said: MailAnswer) -> Json:
        asked: list[int] = []
        with self._database.transaction() as conn:
            if mail.answer(conn, store_id, said):
                visits.settle(conn, store_id, said)
                lists.settle(conn, store_id, said.id)
                asked = comparisons.settle(conn, store_id, said)
        self._tell(asked)
        return {}

    def _list(self, store_id: int, _: str, asked: ListAsked) -> Shape:
        if not self._list_turn.acquire(timeout=BUSY_REST_S):
            return ListPart(rest_s=BUSY_REST_S)
        try:
            with self._database.transaction() as conn:
                return ListPart(part=b64encode(lists.part(conn, store_id, asked)).decode())
        finally:
            self._list_turn.release()

    def _held(self, store_id: int, line: str, asked: HeldAfter) -> Json:
        with self._database.transaction() as conn:
            stores.require_line(conn, store_id, line)
            return _rows(shares.after(conn, store_id, asked.after))

    def _share(self, store_id: int, line: str, told: Share) -> Json:
        with self._database.transaction() as conn:
            stores.require_line(conn, store_id, line)
            return _rows(shares.take(conn, store_id, told.rows))

    def _visits(self, store_id: int, line: str, told: Visits) -> Json:
        with self._database.transaction() as conn:
            stores.require_line(conn, store_id, line)
            for one in told.visits:
                visits.tell(conn, store_id, one)
        return {}

    def _known_days(self, store_id: int, _: str, __: _Nothing) -> Json:
        return {"days": self._days.known(store_id)}

    def _facts(self, store_id: int, line: str, told: DayFacts) -> Shape:
        if not self._days_turn.acquire(blocking=False):
            return Kept(is_kept=False, rest_s=FACTS_REST_S)
        try:
            self._days.take(store_id, line, told)
        finally:
            self._days_turn.release()
        return Kept(is_kept=True)


def _rows(counted: Sequence[Shape]) -> Json:
    return {"rows": [one.model_dump() for one in counted]}
