"""Owns serving a store: it starts everything in order and stops it in reverse. Import it only after monkey-patching."""

import gc
import json
import logging
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import gevent
from flask_socketio import SocketIO
from gevent import get_hub
from gevent.threadpool import ThreadPoolExecutor
from werkzeug.middleware.proxy_fix import ProxyFix

from counter.web import Context
from db import disk, events, phones, print_jobs, settings, staff
from db.people_records import DeviceKind
from db.setting_records import VoiceEngine
from db.store import Store, locked
from kiosk import imports
from lobby import __version__, gate, line, listening, rule_settings, sample
from lobby.announcing import Announcing
from lobby.app import create_app
from lobby.calling import Calling
from lobby.chaining import Chaining
from lobby.clock import Clock
from lobby.days import Days
from lobby.disk_watch import DiskWatch
from lobby.forecasting import Forecasting, Oracle
from lobby.helper import Helper
from lobby.hub import Hub
from lobby.keeping import Keeping, require_sound
from lobby.last_seen import LastSeen
from lobby.printing import Printing
from lobby.purging import Purging
from lobby.speaker import best
from lobby.turns import Turns
from lobby.watching import Watching
from lobby.webhook import Sender
from lobby.wire import Server
from printer import trial

CONTROL = "control.json"
LONGEST_PHRASE_S = 20.0
"""The neural voice on a slow machine, its model loaded before."""
NOT_WORTH_TELLING_S = 60.0
PING_EVERY_S, PONG_WITHIN_S = 20.0, 15.0
"""A live line is asked so often whether it is alive, and has so long to say so."""
LAST_ANSWERS_S = 5.0
"""So long what was asked may be answered when the server ends; after that nobody touches the store any more."""
LAST_WORK_S = 4.0
"""So long each of what works by itself has to end: together less than a service manager waits (`TimeoutStopSec`)."""
_log = logging.getLogger("lobbyline")


def serve(folder: Path, address: listening.Address, clock: Clock, say: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises `ServerRunning`, `DamagedStore`, `NewerStore`, `CannotWrite`, `OSError` if the address is taken, what
    `certificate.Pair.check` raises.
    """
    pem = listening.certificate_of(address)
    with locked(folder):
        require_sound(folder)
    store = Store(folder, ThreadPoolExecutor(1))
    try:
        store.write(print_jobs.release_claimed)
        store.write(lambda conn: sample.create_if_new(conn, clock()))
        _warn_of_faults(store)
        _go_on_from_the_journal(store, clock)
        imports.resume(store, clock)
        listener = listening.listen(address)
        _run(store, listener, address, pem, clock, say)
    except OSError as error:
        fault = disk.refusal_of(error, folder)
        raise (fault if isinstance(fault, disk.DiskFull) else error) from error
    finally:
        store.close()


def _warn_of_faults(store: Store) -> None:
    """A store with damaged settings or a lost key serves all the same, and says what it could not use."""
    with store.read() as conn:
        unreadable = phones.unreadable(conn)
        if unreadable:
            _log.warning(
                "%d phone numbers are unknown: keys/store.key is not the key they were sealed with", unreadable
            )
        for fault in rule_settings.faults(conn):
            _log.warning("a stored setting cannot work, please set it anew: %s: %s", fault.field, fault)


def _go_on_from_the_journal(store: Store, clock: Clock) -> None:
    with store.read() as conn:
        clock.go_on_from(events.newest_at(conn) or 0.0)
    behind_s = clock.ahead_s()
    if behind_s > NOT_WORTH_TELLING_S:
        _log.warning(
            "the machine's clock is %d minutes behind the journal; the lobby goes on from there. Set the clock right.",
            behind_s / 60,
        )


def _run(
    store: Store, listener: Any, address: listening.Address, pem: str | None, clock: Clock, say: Callable[[str], None]
) -> None:
    port = listener.getsockname()[1]
    frame: dict[str, Any] = {"speed": clock.speed, "build": _build()}
    oracle = Oracle()
    forecasting = Forecasting(store, clock, oracle.ask)
    speakers = {engine: Helper("lobby.speaker", LONGEST_PHRASE_S) for engine in VoiceEngine}
    turns = Turns(lambda: server.is_acting)
    announcing = Announcing(
        store, clock, lambda engine, *work: speakers[engine].ask("speak", engine, *work), best, turns
    )
    last_seen = LastSeen(store, clock)
    context = Context(
        store,
        clock,
        own_url=f"{address.scheme}://{listening.shown(address.host)}:{port}",
        frame=frame,
        off_loop=get_hub().threadpool.apply,
        give_way=_give_way,
        what_if=forecasting.what_if,
        speak=announcing.audio,
        print_test=lambda name: trial.as_json(printing.test(name)),
        heard=last_seen.heard,
        on_line=lambda: dict(hub.whereabouts()),
    )
    control_token = secrets.token_urlsafe(32)
    app = create_app(context, control_token)
    socketio = SocketIO(
        app,
        async_mode="gevent",
        ping_interval=PING_EVERY_S,
        ping_timeout=PONG_WITHIN_S,
        max_http_buffer_size=100_000,
        serializer=line.Json,
        logger=line.LIBRARIES,
        engineio_logger=line.LIBRARIES,
    )
    line.install(socketio)
    hub, printing = Hub(context, socketio, turns), Printing(context, socketio)
    gate.require_complete_events(socketio)
    chaining = Chaining(context)
    disk_watch = DiskWatch(store, frame, hub.wake)
    store.when_changed(lambda: _wake(hub, printing, forecasting, announcing, chaining))
    if address.proxies:
        n = address.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    server = Server(listener, app, log=None, error_log=_log, **listening.tls(address))
    server.start()
    gc.collect()
    gc.freeze()  # what is loaded by now stays: walking it again and again would stop everybody for tens of milliseconds
    watching = Watching(store, clock, oracle.ask, forecasting.situation, turns, hub.on_line)
    works = (
        hub.run,
        printing.run,
        forecasting.run,
        announcing.run,
        Days(context).run,
        Calling(context).run,
        Keeping(context).run,
        watching.run,
        Sender(store, clock).run,
        lambda: last_seen.run(hub.whereabouts),
        Purging(context).run,
        disk_watch.run,
        chaining.run,
    )
    control = {
        "url": f"{address.scheme}://{listening.reachable(address.host)}:{port}",
        "token": control_token,
        "certificate": pem,
    }
    workers = [gevent.spawn(work) for work in works]
    try:
        with _control_file(store.folder / CONTROL, control):
            stop = listening.signal_to_stop()
            _announce(context, say)
            stop.wait()
    finally:  # whatever ended it: who still works would meet a closed store
        server.end(LAST_ANSWERS_S)
        with gevent.Timeout(LAST_WORK_S, False):
            gevent.killall(workers)
        with gevent.Timeout(LAST_WORK_S, False):
            announcing.close()
            printing.close()
            for helper in (oracle, *speakers.values()):
                helper.close()
        with gevent.Timeout(LAST_WORK_S, False):
            get_hub().threadpool.join()  # a backup's copy, say, goes on off the loop after who asked for it has ended


def _wake(*followers: Hub | Printing | Forecasting | Announcing | Chaining) -> None:
    for follower in followers:
        follower.wake()


def _give_way() -> None:
    """First the hub has its turn, then the senders it has handed a call to."""
    gevent.sleep(0)
    gevent.sleep(0)


def _build() -> str:
    """Changes whenever a screen's own code does, so that screens reload themselves after an update."""
    root = Path(__file__).parent.parent
    rooms = ("lobby", "kiosk", "counter", "display")
    files = sorted(path for room in rooms for path in (root / room / "static" / room).rglob("*") if path.is_file())
    return __version__ + "-" + sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:8]


@contextmanager
def _control_file(path: Path, control: dict[str, str | None]) -> Iterator[None]:
    """Lets the command line of the same user find this server."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_text(json.dumps(control))
    new.replace(path)
    try:
        yield
    finally:
        with suppress(OSError):  # a disk that was made read-only keeps it; it is written anew at the next start
            path.unlink(missing_ok=True)


def _announce(context: Context, say: Callable[[str], None]) -> None:
    links = context.store.write(_first_links)
    with context.store.read() as conn:
        name = settings.load(conn).name
    say(f"Lobbyline {__version__} · {name.zh} {name.en}")
    for what, path in links.items():
        say(f"  {what:8} {context.base_url}{path}")
    say(f"ready {context.base_url}/")


def _first_links(conn: sqlite3.Connection) -> dict[str, str]:
    """New one-time links for the sample's screens at each start, until the manager's has been used."""
    people = [person for person in staff.all_staff(conn) if person.name == sample.MANAGER and not person.pin_hash]
    if not people:
        return {}
    return {
        "manager": sample.enrolment_path(staff.add_enrolment(conn, staff_id=people[0].id)),
        **{
            device.kind.value: sample.enrolment_path(staff.add_enrolment(conn, device_id=device.id))
            for device in reversed(staff.devices(conn))
            if device.kind in {DeviceKind.KIOSK, DeviceKind.DISPLAY}
        },
    }
