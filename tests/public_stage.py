"""Owns a store and its head office as two real servers with a cable between, for tests of what the public does."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any
from zoneinfo import ZoneInfo

import httpx
from cable import Cable
from chain_stage import Postgres
from headquarters import HeadOffice
from serving import Serving

from chain.office import stores
from chain.office.database import Database
from db import forecasts, settings
from db.setting_records import ServiceTime
from db.store import Store
from db.ticket_records import Forecast, Quote, TicketClass
from lobby import sample

PATIENCE_S = 40.0
Newcomers = dict[tuple[TicketClass, str | None, str], Quote]
FORESEEN_S = 3600.0
"""The forecast of a first start waits for the rule to be compiled; until then there is this one."""
PUBLIC = "/api/v1/public"


def eventually(look: Callable[[], Any], what: str = "") -> Any:
    """What `look` finds, once it finds something."""
    until = time.monotonic() + PATIENCE_S
    while not (found := look()):
        assert time.monotonic() < until, what
        time.sleep(0.1)
    return found


class PublicStage:
    """What anybody on the internet, the staff and the kiosk can reach. `id`: the store's at the head office."""

    def __init__(self, office: HeadOffice, store: Serving, cable: Cable, store_id: int) -> None:
        self.office, self.store, self.cable, self.id = office, store, cable, store_id
        self.clerk = store.client(store.sign_in("林静怡", "manager", counter=4))
        self.kiosk = store.client(store.device("kiosk", "门口")["token"])
        self.public = httpx.Client(base_url=office.url, trust_env=False, timeout=20)

    def close(self) -> None:
        for client in (self.clerk, self.kiosk, self.public):
            client.close()

    def seen(self) -> dict[str, Any]:
        return dict(self.public.get(f"{PUBLIC}/stores/{self.id}").json())

    def slots(self, service: str = "plan", *, tomorrow: bool = False) -> list[dict[str, Any]]:
        day = (datetime.now(_noon_zone()[1]) + timedelta(days=tomorrow)).date().isoformat()
        found = self.public.get(f"{PUBLIC}/stores/{self.id}/slots", params={"service": service, "date": day})
        return [slot for slot in found.json()["slots"] if slot["free"]]

    def book(self, key: str, slot_at: str, service: str = "plan", phone: str = "13512345678") -> httpx.Response:
        wish = {"store": self.id, "service": service, "slot_at": slot_at, "name": "赵敏", "phone": phone}
        return self.public.post(f"{PUBLIC}/bookings", json={"request_key": f"{key:-<20}", **wish})

    def visit(self, token: str) -> dict[str, Any]:
        return dict(self.public.get(f"{PUBLIC}/visits/{token}").json())

    def until(self, token: str, state: str) -> dict[str, Any]:
        """The visit once it stands so."""

        def look() -> dict[str, Any] | None:
            visit = self.visit(token)
            return visit if visit["state"] == state else None

        found: dict[str, Any] = eventually(look, f"{state} {self.store.log[-3:]} {self.office.log[-3:]}")
        return found


@contextmanager
def public_stage(folder: Path, postgres: Postgres) -> Iterator[PublicStage]:
    """Noon in a store that tells waits, joined to its head office; slots of an hour, booked up to the last minute."""
    Store(folder / "store").close()
    store = Store(folder / "store")
    store.write(_set_up)
    store.close()
    url = postgres.new_database()
    database = Database(url, 1)
    with database.transaction() as conn:
        token = stores.add(conn, "浦东一店", "华东/上海")
        store_id = stores.by_name(conn, "浦东一店").id
    database.close()
    with (
        HeadOffice(url, None) as office,
        Cable(int(office.url.rsplit(":", 1)[1])) as cable,
        Serving(folder / "store") as serving,
    ):
        serving.ask("store-set", timezone=_noon_zone()[0])
        serving.ask("booking-set", horizon_days=2, slot_minutes=60, lead_minutes=0)
        serving.ask("chain-join", url=cable.url, token=token)
        stage = PublicStage(office, serving, cable, store_id)
        stage.clerk.post("/api/v1/counters/4/open")
        eventually(lambda: stage.seen().get("bookable") and stage.slots(tomorrow=True), "no share")
        yield stage
        stage.close()


def _set_up(conn: Connection) -> None:
    sample.create_if_new(conn, time.time())
    for code in settings.services(conn):
        settings.learn(conn, code, ServiceTime(6.35, 0.3, known=50))
    wait = Quote(600.0, 900.0, 1200.0)
    told: Newcomers = {(TicketClass.ORDINARY, None, code): wait for code in settings.services(conn)}
    forecasts.save(conn, Forecast(at=time.time() + FORESEEN_S, newcomers=told))


def _noon_zone() -> tuple[str, Any]:
    """A time zone in which it is about noon, so that today has times left and does not turn."""
    ahead = 12 - datetime.now(UTC).hour
    name = f"Etc/GMT{-ahead:+d}"
    return name, ZoneInfo(name)
