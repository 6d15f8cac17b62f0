"""Both sides book over a line that is cut, repeats and loses answers: no slot ever takes more than its counters can.

A real SQLite store and a real PostgreSQL head office play against each other; the rule is `kiosk.sharing`'s.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from chain_stage import Cable, CableLine, Office, Postgres
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from lobby_stage import TEN, ZONE, Stage
from newborn import new_store

from chain.dial import Signals
from chain.errors import UnreachableHeadOffice
from chain.office import stores, visits
from chain.office.errors import PlaceTaken
from chain.office.visits import Wish
from chain.protocol import VisitState
from chain.session import Session
from counter.web import Context
from db import appointments, chain, chain_places, counters
from db import settings as store_settings
from db.booking_records import AppointmentState
from db.errors import LobbyError
from db.setting_records import Hours, Settings
from db.store import Store
from kiosk import booking, slots
from kiosk.booking import Booker
from lobby.chaining import Chaining

SERVICES = ("plan", "device", "billing", "support")
LENGTH_S = 4 * 3600
TIMES = [datetime(2026, 11, day, hour, tzinfo=ZONE).timestamp() for day, hour in ((21, 13), (22, 9), (22, 13))]
Wanted = list[tuple[str, float]]
percents = st.sampled_from([0, 25, 50, 100])
bookings = st.tuples(st.sampled_from(SERVICES), st.sampled_from(TIMES))
late = st.lists(bookings, max_size=4)
phones = count(13_500_000_000)
names = count(1)


@pytest.fixture(scope="module")
def office(postgres: Postgres) -> Iterator[Office]:
    with closing(Office(postgres.new_database())) as opened:
        yield opened


class CutLine:
    """A line that breaks with its last question: before it was heard, or before its answer.

    With `twice` every question is heard twice, as of somebody who did not hear the first answer.
    """

    def __init__(self, line: CableLine, left: int, *, is_heard: bool, twice: bool) -> None:
        self._line, self._left, self._is_heard, self._twice = line, left, is_heard, twice

    def ask(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        self._left -= 1
        if self._left < 0 or (self._left == 0 and not self._is_heard):
            raise UnreachableHeadOffice(url="cut")
        if self._twice:
            self._line.ask(event, data)
        answer = self._line.ask(event, data)
        if self._left == 0:
            raise UnreachableHeadOffice(url="cut")
        return answer

    def hang_up(self) -> None:
        """Nothing is held."""


class Chain:
    """One store and its head office."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.cable = office.database, Cable(office)
        self.store = new_store(folder)
        self.stage = Stage(self.store)
        self.store.write(self._set_up)
        self.name = f"store {next(names)}"
        self.token = office.add_store(self.name)
        with self.office.transaction() as conn:
            self.id = stores.by_name(conn, self.name).id
        self.store.write(lambda conn: chain.join(conn, "http://127.0.0.1", self.token, None, TEN, staff_names=False))
        context = Context(self.store, lambda: self.stage.now, "")
        self._deliver = Chaining(context).deliver
        self._session: Session | None = None

    def _set_up(self, conn: Any) -> None:
        store = store_settings.load(conn)
        rules = replace(store.booking, slot_s=LENGTH_S, horizon_days=1, lead_s=3600, places={"billing": 2})
        week = ((Hours("09:00", "17:00"),),) * 7
        store_settings.save(conn, replace(store, booking=rules, hours=week))

    def dial(self, left: int = 10_000, *, is_heard: bool = False, twice: bool = False) -> Session:
        """A new line. Raises `UnreachableHeadOffice`."""
        with self.store.read() as conn:
            link = chain.link(conn)
        assert link is not None
        line = CutLine(self.cable.dial(link, Signals()), left, is_heard=is_heard, twice=twice)
        session = Session(self.store, lambda: self.stage.now, line, link, self._deliver, Signals())
        session.introduce("1")
        return session

    def talk(
        self,
        left: int = 10_000,
        *,
        is_heard: bool = False,
        twice: bool = False,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        """All there is to say over a new line, up to where it is cut; `meanwhile` happens after mail was fetched."""
        try:
            session = self.dial(left, is_heard=is_heard, twice=twice)
            while session.tell():
                pass
            session.fetch()
            meanwhile()
            session._sharing.go_on()
            session._visiting.go_on()
        except UnreachableHeadOffice:
            return

    def book_here(self, service: str, at: float) -> str | None:
        wish = booking.Wish(service, at, str(next(phones)), "赵敏")
        try:
            by = Booker(person=self.stage.lin)
            return self.store.write(lambda conn: booking.book(conn, wish, by, self.stage.now))[0].code
        except LobbyError as refused:
            assert refused.code == "slot_full"  # noqa: PT017 — most wishes are refused for this and nothing else
            return None

    def book_there(self, service: str, at: float) -> str | None:
        wish = Wish(f"{self.name} {next(names)}", service, at, "钱进", str(next(phones)), "zh")
        try:
            with self.office.transaction() as conn:
                return visits.book(conn, self.id, wish, self.stage.now)[0].token
        except PlaceTaken:
            return None

    def visit(self, token: str) -> visits.Visit:
        with self.office.transaction() as conn:
            return visits.find(conn, token)

    def counts(self) -> dict[tuple[float, str], tuple[int, int, int]]:
        with self.office.transaction() as conn:
            rows = conn.execute(
                "SELECT slot_at, services, granted, booked, returned FROM places WHERE store = %s", (self.id,)
            )
            return {(row["slot_at"], row["services"]): (row["granted"], row["booked"], row["returned"]) for row in rows}

    def close(self) -> None:
        self.store.close()


def require_capacity(store: Store) -> None:
    """What is booked and what is held fits the counters, and no service has more than its bound."""
    with store.read() as conn:
        rules: Settings = store_settings.load(conn)
        at = slots.lanes(counters.everyone(conn), rules.booking)
        for begins in TIMES:
            slot = slots.Slot(begins, begins + LENGTH_S)
            booked = appointments.active_during(conn, slot.begins, slot.ends)
            held = chain_places.during(conn, slot.begins, slot.ends, appointments.LONGEST_S)
            taken = slots.taken_in(slot, booked, held)
            assert not taken or slots._all_fit(taken, at), taken
            for service, most in rules.booking.places.items():
                assert sum(service in slots.needs(one) for one in taken) <= most, taken


class Both(RuleBasedStateMachine):
    """Bookings on both sides, and everything that can happen to the line between them."""

    office: Office

    @initialize(percent=st.sampled_from([30, 50, 100]))
    def begin(self, percent: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="store"))
        self.chain = Chain(self.office, self.folder)
        self.answered: list[str] = []
        self.here: list[str] = []
        self.set_share(percent)
        self.chain.talk()

    def set_share(self, percent: int) -> None:
        def change(conn: Any) -> None:
            store = store_settings.load(conn)
            store_settings.save(conn, replace(store, booking=replace(store.booking, share_percent=percent)))

        self.chain.store.write(change)

    @rule(service=st.sampled_from(SERVICES), at=st.sampled_from(TIMES))
    def book_here(self, service: str, at: float) -> None:
        code = self.chain.book_here(service, at)
        if code:
            self.here.append(code)

    @rule(wanted=st.lists(bookings, min_size=1, max_size=4))
    def book_some_there(self, wanted: Wanted) -> None:
        self.book_all(wanted)

    def book_there(self, service: str, at: float) -> None:
        token = self.chain.book_there(service, at)
        if token:
            self.answered.append(token)

    @precondition(lambda self: self.here)
    @rule(n=st.integers(0, 99))
    def cancel_here(self, n: int) -> None:
        code = self.here.pop(n % len(self.here))
        by = Booker(person=self.chain.stage.lin)
        self.chain.store.write(lambda conn: booking.cancel(conn, code, by, self.chain.stage.now))

    @precondition(lambda self: self.answered)
    @rule(n=st.integers(0, 99))
    def cancel_there(self, n: int) -> None:
        token = self.answered.pop(n % len(self.answered))
        with self.chain.office.transaction() as conn:
            visits.give_up(conn, token)

    @precondition(lambda self: self.answered)
    @rule(n=st.integers(0, 99), service=st.sampled_from(SERVICES), at=st.sampled_from(TIMES))
    def move_there(self, n: int, service: str, at: float) -> None:
        try:
            with self.chain.office.transaction() as conn:
                visits.move(conn, self.answered[n % len(self.answered)], service, at, self.chain.stage.now)
        except LobbyError as refused:
            assert refused.code in {"place_taken", "visit_fixed"}  # noqa: PT017 — nothing else is a refusal

    @rule(left=st.integers(5, 8), is_heard=st.booleans(), twice=st.booleans(), percent=percents, late=late)
    def talk_until_cut(self, left: int, is_heard: bool, twice: bool, percent: int, late: Wanted) -> None:
        self.set_share(percent)
        self.chain.talk(left, is_heard=is_heard, twice=twice, meanwhile=lambda: self.book_all(late))

    @rule(left=st.integers(1, 4), is_heard=st.booleans())
    def talk_hardly(self, left: int, is_heard: bool) -> None:
        self.chain.talk(left, is_heard=is_heard)

    @rule(twice=st.booleans(), percent=percents, late=late)
    def talk(self, twice: bool, percent: int, late: Wanted) -> None:
        self.set_share(percent)
        self.chain.talk(twice=twice, meanwhile=lambda: self.book_all(late))

    def book_all(self, late: Wanted) -> None:
        for service, at in late:
            self.book_there(service, at)

    @invariant()
    def nothing_is_overbooked(self) -> None:
        if hasattr(self, "chain"):
            require_capacity(self.chain.store)

    @invariant()
    def what_they_may_book_is_held(self) -> None:
        """held here ≥ (booked there − used here) + free there."""
        if not hasattr(self, "chain"):
            return
        with self.chain.store.read() as conn:
            here = {(row.slot_at, row.services): row for row in chain_places.between(conn, 0, 1e12)}
        for key, (granted, booked, returned) in self.chain.counts().items():
            row = here[key]
            assert granted <= row.granted
            assert row.used <= booked
            assert row.returned <= returned
            assert row.held >= booked - row.used + granted - booked - returned

    def teardown(self) -> None:
        if not hasattr(self, "chain"):
            return
        self.chain.talk()
        self.chain.talk()
        require_capacity(self.chain.store)
        found = [self.chain.visit(token) for token in self.answered]
        assert [visit.state for visit in found] == [VisitState.BOOKED] * len(found), found
        with self.chain.store.read() as conn:
            for visit in found:
                booked = appointments.by_code(conn, visit.code)
                assert booked is not None
                assert (booked.state, booked.service, booked.slot_at) == (
                    AppointmentState.BOOKED, visit.service, visit.slot_at,
                )  # fmt: skip
        self.chain.close()
        shutil.rmtree(self.folder)


def test_both_sides_book_over_a_bad_line_and_no_slot_is_overbooked(office: Office) -> None:
    Both.office = office
    run_state_machine_as_test(
        Both,
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


@pytest.fixture
def joined(office: Office, tmp_path: Path) -> Iterator[Chain]:
    opened = Chain(office, tmp_path / "store")
    opened.talk()
    yield opened
    opened.close()


def _held(joined: Chain) -> int:
    with joined.store.read() as conn:
        return sum(row.held for row in chain_places.between(conn, 0, 1e12))


def test_a_store_that_left_and_joined_again_takes_over_what_was_booked_meanwhile(joined: Chain) -> None:
    first = joined.book_there("plan", TIMES[1])
    joined.talk()
    second = joined.book_there("device", TIMES[1])
    joined.store.write(chain.leave)
    assert _held(joined) == 0
    joined.store.write(lambda conn: chain.join(conn, "http://127.0.0.1", joined.token, None, TEN, staff_names=False))
    joined.talk()
    joined.talk()
    assert first is not None
    assert second is not None
    assert [joined.visit(token).state for token in (first, second)] == [VisitState.BOOKED] * 2
    require_capacity(joined.store)
    granted = sum(granted - booked - returned for granted, booked, returned in joined.counts().values())
    assert _held(joined) >= granted > 0


def test_what_a_restored_store_may_have_forgotten_is_booked_no_more(joined: Chain) -> None:
    promised = joined.book_there("plan", TIMES[1])
    with joined.office.transaction() as conn:
        conn.execute("UPDATE stores SET standing = 'parted', common = acked WHERE id = %s", (joined.id,))
    with pytest.raises(LobbyError):
        joined.book_there("plan", TIMES[1])
    with joined.office.transaction() as conn:
        stores.accept(conn, joined.name, "somebody")
    assert joined.book_there("plan", TIMES[1]) is None
    joined.talk()
    joined.talk()
    assert promised is not None
    assert joined.visit(promised).state == VisitState.BOOKED
    assert joined.book_there("plan", TIMES[1]) is not None


def test_name_and_phone_are_let_go_at_the_head_office_once_the_store_has_them(joined: Chain) -> None:
    token = joined.book_there("plan", TIMES[1])
    assert token is not None
    with joined.office.transaction() as conn:
        before = conn.execute("SELECT body FROM mail WHERE store = %s", (joined.id,)).fetchone()
    joined.talk()
    with joined.office.transaction() as conn:
        after = conn.execute("SELECT body FROM mail WHERE store = %s", (joined.id,)).fetchone()
    assert before is not None
    assert after is not None
    assert before["body"].keys() - after["body"].keys() == {"name", "phone"}
    with joined.store.read() as conn:
        booked = appointments.by_code(conn, joined.visit(token).code)
    assert booked is not None
    assert booked.name == "钱进"
    assert joined.visit(token).phone == f"{booked.phone[:3]}****{booked.phone[-4:]}"


def test_no_share_no_places(joined: Chain) -> None:
    def no_share(conn: Any) -> None:
        store = store_settings.load(conn)
        store_settings.save(conn, replace(store, booking=replace(store.booking, share_percent=0)))

    assert _held(joined) > 0
    joined.store.write(no_share)
    joined.talk()
    assert _held(joined) == 0
    assert joined.book_there("plan", TIMES[1]) is None


def test_staff_do_not_get_what_is_held(joined: Chain) -> None:
    taken = 0
    while joined.book_here("plan", TIMES[1]):
        taken += 1
    with joined.store.read() as conn:
        at = slots.lanes(counters.everyone(conn), store_settings.load(conn).booking)
    assert taken < len(at)
    assert joined.book_there("plan", TIMES[1]) is not None
