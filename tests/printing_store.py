"""Owns a store for tests of printing: one service, one tier, one printer, and tickets with print jobs."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from fake_printer import FakePrinter

from db import print_jobs, quotes, settings, staff, tickets
from db import printers as rows
from db.people_records import Device, DeviceKind
from db.setting_records import Service, Settings, Tier
from db.store import Store
from db.ticket_records import Quote, Ticket, TicketClass, TicketState
from db.words import Names
from printer import conditions
from printer.device import open_printer
from printer.facts import Texts, facts_of
from printer.slip import Slip
from printer.slips import default_template
from printer.spool import Outcome, Spool
from printer.template import render

OffLoop = Callable[[Callable[[], Outcome]], Outcome]

NOW = 1_795_223_100.0  # 2026-11-21 09:05 in Shanghai


def open_store(folder: Path) -> Store:
    store = Store(folder)
    bills = Service("bills", "B", Names("账单", "Bills"), "bill", 1, 300.0, 0.5)
    store.write(lambda conn: settings.save(conn, Settings(Names("人民广场营业厅", "People's Square"), "Asia/Shanghai")))
    store.write(lambda conn: settings.add_service(conn, bills))
    store.write(lambda conn: settings.add_tier(conn, Tier("gold", 1, Names("金卡", "Gold"), 480.0, 300.0)))
    return store


def run_at_once(work: Callable[[], Outcome]) -> Outcome:
    return work()


def a_spool(store: Store, address: str, font: str = "gb18030", off_loop: OffLoop = run_at_once) -> Spool:
    """A spool of the store's one printer; called again, what a restarted server makes of it."""
    options = {"address": address, "font": font, "width_mm": "80"}
    if not printers(store):
        store.write(lambda conn: staff.add_device(conn, DeviceKind.PRINTER, "kiosk paper", options))
    (device,) = printers(store)
    url = "https://lobby.example/t/"
    with store.read() as conn:
        known = conditions.known(conn, device.id)
    return Spool(store, device, open_printer(address, known), lambda ticket: url + ticket.token, off_loop)


def printers(store: Store) -> list[Device]:
    with store.read() as conn:
        return staff.devices(conn, DeviceKind.PRINTER)


def issue(store: Store, number: str = "B007", tier: str | None = None) -> Ticket:
    """A waiting ticket with a quote of four people ahead, and its print job."""
    vip = TicketClass.VIP if tier else TicketClass.ORDINARY
    new = Ticket(
        id=0,
        number=number,
        token=f"token-{number}",
        business_day="2026-11-21",
        service="bills",
        ticket_class=vip,
        state=TicketState.WAITING,
        language="zh",
        issued_at=NOW,
        tier=tier,
        due_at=NOW + 480 if tier else None,
    )
    ticket = store.write(lambda conn: tickets.insert(conn, new, number))
    store.write(lambda conn: quotes.add(conn, ticket.id, NOW, 4, Quote(60.0, 120.0, 240.0)))
    print_again(store, ticket)
    return ticket


def print_again(store: Store, ticket: Ticket) -> None:
    (printer,) = printers(store)
    store.write(lambda conn: print_jobs.add(conn, ticket.id, printer.id, NOW))


def compose(
    ticket: Ticket,
    service: Service,
    settings_: Settings,
    people_ahead: int,
    quote: Quote | None,
    url: str,
    issued_local: datetime,
    tier: Tier | None,
) -> Slip:
    """A ticket's slip by the templates and texts that the product brings."""
    facts = facts_of(ticket, service, settings_, people_ahead, quote, url, issued_local, tier, Texts())
    return render(default_template(ticket.language, ticket.ticket_class), ticket.language, facts)


def add(store: Store, name: str, printer: FakePrinter, **options: str) -> Device:
    """Another printer of the store."""
    given = {"address": printer.address, **options}
    store.write(lambda conn: staff.add_device(conn, DeviceKind.PRINTER, name, given))
    return named(store, name)


def named(store: Store, name: str) -> Device:
    """The printer of a name."""
    with store.read() as conn:
        found = rows.by_name(conn, name)
    assert found is not None
    return found


def spool(store: Store, device: Device) -> Spool:
    """A printer's spool, as a started server makes it."""
    with store.read() as conn:
        known = conditions.known(conn, device.id)
    port = open_printer(device.options["address"], known)
    return Spool(store, device, port, lambda ticket: f"https://lobby.example/t/{ticket.token}")
