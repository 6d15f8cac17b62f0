"""Owns the command line. Beside a running server a command is sent there; without one it opens the store itself.

Everything heavy is imported where it is used: `serve` has to patch the standard library for gevent first of all.
"""

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import click

from lobby import __version__

Json = dict[str, Any]
CONTROL_TRIES = 50
SIMULATED_DAY_S = 0.02

data_option = click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path(".lobbyline"), envvar="LOBBYLINE_DATA",
    show_default=True, help="The folder that holds everything of a store.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for programs.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Lobbyline runs the queue of a store's lobby."""


@main.command()
@data_option
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets kiosks, screens and phones in.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
def serve(data: Path, host: str, port: int) -> None:
    """Serve the store's screens."""
    _patch()
    from lobby.clock import Clock
    from lobby.server import Address
    from lobby.server import serve as run

    _or_fail(lambda: run(data, Address(host, port), Clock(), _say))


@main.command()
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="An empty folder, which is kept.")
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets other screens in.")
@click.option("--port", default=8080, show_default=True, help="0 takes a free one and prints it.")
@click.option("--speed", type=click.FloatRange(1, 100_000), default=20.0, show_default=True, help="Of its clock.")
@click.option("--log", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CSV log to replay.")
@click.option("--date", help="Which day of the log.")
@click.option("--hours", type=click.FloatRange(0, 24, min_open=True), help="Customers come for so long; else all day.")
@click.option("--seed", default=1, show_default=True, help="The same seed brings the same customers.")
@click.option("--stop-when-done", is_flag=True, help="End once everybody has been served.")
@json_option
def demo(**options: Any) -> None:
    """Show a lobby that lives by itself, in a store of its own."""
    from lobby.demo import run
    from lobby.script import Plan

    _or_fail(lambda: run(Plan(**options), _say))


@main.command()
@click.option("--counters", type=click.IntRange(1, 100), help="How many; else the sample store's, or as the log shows.")
@click.option("--vip-share", type=click.FloatRange(0, 1), default=0.15, show_default=True, help="Of all who come.")
@click.option(
    "--appointment-share", type=click.FloatRange(0, 1), default=0.10, show_default=True, help="Of all who come."
)
@click.option(
    "--load", type=click.FloatRange(0, 3, min_open=True), default=0.95, show_default=True, help="At the peak."
)
@click.option("--days", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many such days.")
@click.option("--seed", default=1, show_default=True, help="The same seed brings the same customers.")
@click.option("--log", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A CSV log, instead.")
@click.option("--date", help="Which day of the log.")
@click.option("--own", metavar="DATE", help="One of the store's own days, instead.")
@click.option("--patience", type=click.FloatRange(0, 600, min_open=True), help="Mean minutes until who waits leaves.")
@click.option("--lunch", type=click.FloatRange(0, 120, min_open=True), help="Minutes each counter pauses, in turn.")
@data_option
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the table there.")
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Draw it there: .svg or .png.")
@json_option
def simulate(csv_file: Path | None, picture: Path | None, as_json: bool, **question: Any) -> None:
    """Compare the calling rules on simulated days, on a day of a log, or on one of the store's own."""
    from lobby import comparing
    from lobby.picture import draw

    rows = _or_fail(lambda: comparing.compare(comparing.Question(**question), _progress))
    if csv_file:
        _or_fail(lambda: comparing.write_csv(rows, csv_file))
    if picture:
        _or_fail(lambda: draw(rows, picture))
    for line in [json.dumps({"rules": rows})] if as_json else comparing.text(rows):
        click.echo(line)


@main.command("import")
@click.argument("kind", type=click.Choice(["members", "appointments"]))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
@click.option("--strict", is_flag=True, help="Change nothing if any line has a fault.")
@click.option(
    "--faults", "fault_file", type=click.Path(dir_okay=False, path_type=Path), help="Write each fault there: CSV."
)
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Of what is said; else the terminal's.")
@data_option
@json_option
def import_list(kind: str, file: Path, data: Path, as_json: bool, **options: Any) -> None:
    """Take over a list as offices send it: members replace the VIP list, appointments are added.

    CSV in UTF-8 or GB18030, or .xlsx; Chinese or English headings.
    """
    from lobby import importing

    wish = importing.Wish(kind, file, as_json=as_json, **options)
    faults = _or_fail(lambda: importing.run(wish, data, lambda: _control(data)), wish.refusal)
    if wish.strict and faults:
        sys.exit(1)


@main.group("staff")
def staff_group() -> None:
    """The people who work here."""


@staff_group.command("add")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(["counter", "manager", "admin"]), required=True)
@click.option("--pin", help="4 to 12 digits; without it a one-time link to set one is printed.")
@data_option
@json_option
def staff_add(name: str, role: str, pin: str | None, data: Path, as_json: bool) -> None:
    """Add somebody."""
    _print(_command(data, "staff-add", {"name": name, "role": role, "pin": pin}), as_json)


@staff_group.command("link")
@click.option("--name", required=True)
@data_option
@json_option
def staff_link(name: str, data: Path, as_json: bool) -> None:
    """Make a one-time link that sets a new PIN."""
    _print(_command(data, "staff-link", {"name": name}), as_json)


@main.group("device")
def device_group() -> None:
    """Kiosks, displays, printers and programs."""


@device_group.command("add")
@click.argument("kind", type=click.Choice(["kiosk", "display", "printer", "api"]))
@click.option("--name", required=True)
@click.option("--address", help="A printer's: tcp://192.168.1.50:9100 or file:///dev/usb/lp0.")
@click.option("--font", type=click.Choice(["gb18030", "raster"]), help="raster: for printers without Chinese fonts.")
@click.option("--width", "width_mm", type=click.Choice(["58", "80"]), help="A printer's paper, in mm.")
@click.option("--printer", help="The name of the printer a kiosk prints on (default: the first one).")
@data_option
@json_option
def device_add(kind: str, data: Path, as_json: bool, **options: Any) -> None:
    """Add a device; its token and link are shown once."""
    arguments = {key: value for key, value in options.items() if value is not None}
    if "width_mm" in arguments:
        arguments["width_mm"] = int(arguments["width_mm"])
    _print(_command(data, "device-add", {"kind": kind, **arguments}), as_json)


@main.command("store")
@click.option("--name-zh")
@click.option("--name-en")
@click.option("--timezone", help="Such as Asia/Shanghai.")
@click.option("--hours", help="Monday to Sunday: seven of 09:00-18:00 or closed, with commas; '' for always open.")
@click.option("--public-url", help="Where phones reach this server; printed in QR codes.")
@click.option(
    "--group", "groups", multiple=True, metavar="SERVICE=中文/English",
    help="The kiosk's card a service stands behind where not all fit on it; nothing after the = takes it out.",
)  # fmt: skip
@data_option
@json_option
def store_set(data: Path, as_json: bool, hours: str | None, groups: tuple[str, ...], **options: str | None) -> None:
    """Set the store's name, hours, time zone, address and the kiosk's groups of services."""
    days = None if hours is None else [day.strip() for day in hours.split(",") if day.strip()]
    names = dict(_group(text) for text in groups) or None
    _print(_command(data, "store-set", {**options, "hours": days, "service_groups": names}), as_json)


def _group(text: str) -> tuple[str, Json | None]:
    service, _, both = text.partition("=")
    zh, _, en = both.partition("/")
    return service, {"zh": zh, "en": en} if both else None


@main.group("settings")
def settings_group() -> None:
    """Who is called next: the calling rule, what counters may and can do, how long services take."""


@settings_group.command("show")
@data_option
@json_option
def settings_show(data: Path, as_json: bool) -> None:
    """List every setting with its value, its default and what it means."""
    shown = _command(data, "settings-show", {})
    if as_json:
        _print(shown, as_json=True)
        return
    for one in shown["settings"]:
        value = ", ".join(one["value"]) if isinstance(one["value"], list) else one["value"]
        click.echo(f"{one['field']} = {value}  · {one['name']['en']}: {one['said']['en']}")
        click.echo(
            click.wrap_text(f"{one['explanation']['en']} (Default: {one['default_said']['en']})", 100, "    ", "    ")
        )
    for fault in shown["faults"]:
        click.echo(f"{fault['field']}: {fault['detail']['en']}", err=True)


@settings_group.command("set")
@click.argument("assignments", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@data_option
@json_option
def settings_set(assignments: tuple[str, ...], dry_run: bool, data: Path, as_json: bool) -> None:
    """Change settings: rule.fair_after=30 (minutes), rule.epsilon=3%, counters.2.skills=plan,other …

    “lobbyline settings show” lists the fields.
    """
    wrong = [assignment for assignment in assignments if "=" not in assignment]
    if wrong:
        _fail(f"“{wrong[0]}” is no FIELD=VALUE, such as rule.fair_after=30.")
    values = {field.strip(): value for field, _, value in (assignment.partition("=") for assignment in assignments)}
    _print_changes(_command(data, "settings-set", {"values": values, "preview": dry_run}), as_json)


@settings_group.command("reset")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD...")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@data_option
@json_option
def settings_reset(fields: tuple[str, ...], dry_run: bool, data: Path, as_json: bool) -> None:
    """Set settings back to their defaults."""
    values = dict.fromkeys(fields)
    _print_changes(_command(data, "settings-set", {"values": values, "preview": dry_run}), as_json)


def _print_changes(outcome: Json, as_json: bool) -> None:
    if as_json:
        _print(outcome, as_json=True)
        return
    for change in outcome["changes"]:
        click.echo(change["said"]["en"])
    click.echo("saved" if outcome["changed"] else "nothing changed")


@main.command("booking")
@click.option("--slot-minutes", type=int, help="How long a slot lasts.")
@click.option("--lead-minutes", type=int, help="How long before its slot a visit has to be booked.")
@click.option("--horizon-days", type=int, help="How many days ahead visits can be booked.")
@click.option("--per-counter", type=int, help="Bookings that one counter takes in a slot.")
@click.option(
    "--places", multiple=True, metavar="SERVICE=N", help="Most bookings of a service a slot; empty for no limit."
)
@click.option("--right", multiple=True, metavar="TIER=RIGHT", help="free, by_permission or staff_only.")
@data_option
@json_option
def booking_set(data: Path, as_json: bool, places: Sequence[str], right: Sequence[str], **options: int | None) -> None:
    """Set how visits are booked: slots, lead time, horizon, places, and which tiers may book."""
    limits = dict(_pairs(places))
    if not all(most == "" or most.isdecimal() for most in limits.values()):
        _fail("--places takes numbers like plan=4.")
    mapped = {
        "places": {code: int(most) if most else None for code, most in limits.items()},
        "rights": dict(_pairs(right)),
    }
    given = {key: value for key, value in mapped.items() if value}
    _print(_command(data, "booking-set", {**options, **given}), as_json)


@main.command("desk")
@click.option("--recall-gap", "recall_gap_s", type=float, metavar="SECONDS", help="Between two calls of a number.")
@click.option("--no-show-calls", type=int, help="So many calls before a no-show …")
@click.option(
    "--no-show-after", "no_show_after_s", type=float, metavar="SECONDS", help="… and so long after the first."
)
@click.option("--staff-may-call/--managers-call", default=None, help="Who calls a number out of order.")
@click.option("--auto-call", metavar="SECONDS|off", help="A counter ready for so long calls by itself.")
@data_option
@json_option
def desk_set(data: Path, as_json: bool, auto_call: str | None, **options: float | None) -> None:
    """Set what staff may do at a counter: recalls, no-shows, calling out of order, auto-call."""
    given: Json = {key: value for key, value in options.items() if value is not None}
    if auto_call is not None:
        given["auto_call_s"] = None if auto_call == "off" else auto_call
    _print(_or_fail(lambda: _here_or_there(data, "desk-set", given)), as_json)


def _pairs(given: Sequence[str]) -> list[tuple[str, str]]:
    """`plan=4` as a name and its value."""
    split = [text.partition("=") for text in given]
    if not all(sign for _, sign, _ in split):
        _fail("give names and values like plan=4.")
    return [(name.strip(), value.strip()) for name, _, value in split]


def _command(data: Path, name: str, arguments: Json) -> Json:
    """Run a set-up command where the store is open."""
    given = {key: value for key, value in arguments.items() if value is not None}
    result: Json = _or_fail(lambda: _here_or_there(data, name, given))
    return result


def _here_or_there(data: Path, name: str, arguments: Json) -> Json:
    from db.errors import ServerRunning

    try:
        return _run_here(data, name, arguments)
    except ServerRunning:
        return _ask_server(_control(data), name, arguments)


def _control(data: Path) -> Json:
    """Where the server that has the store listens; it writes this file right after it has taken the store."""
    control: Json = {}
    for _ in range(CONTROL_TRIES):
        with suppress(OSError, ValueError):
            control = json.loads((data / "control.json").read_text())
            break
        time.sleep(0.1)
    else:
        _fail("a program has this store open, but does not say where it listens. Stop it and try again.")
    return control


def _ask_server(control: Json, name: str, arguments: Json) -> Json:
    import httpx

    headers = {"Authorization": f"Bearer {control['token']}", "Accept-Language": "en"}
    url = f"{control['url']}/api/v1/commands/{name}"
    try:
        answer = httpx.post(url, json=arguments, headers=headers, timeout=120, trust_env=False)
        body: Json = answer.json()
    except (httpx.TransportError, ValueError):
        _fail(f"the server at {control['url']} does not answer. Stop it and try again.")
    if answer.is_error:
        details = [f"{at['field']}: {at['detail']}" for at in body["errors"] if at["detail"] != body["detail"]]
        _fail(" ".join([body["detail"], *details]))
    return body


def _run_here(data: Path, name: str, arguments: Json) -> Json:
    from db.store import Store

    store = Store(data)  # where a server has the store, nothing more needs to be loaded

    from counter.web import Context
    from lobby import commands, sample
    from lobby.clock import Clock

    clock = Clock()
    try:
        store.write(lambda conn: sample.create_if_new(conn, clock()))
        return commands.run(Context(store, clock, "http://127.0.0.1:8080"), name, arguments, "command")
    finally:
        store.close()


def _or_fail(work: Callable[[], Any], say: Callable[[Any], str] = str) -> Any:
    """Run; a refusal is one clear line, as `say` puts it, and exit code 1."""
    from pydantic import ValidationError

    from db.errors import LobbyError

    try:
        return work()
    except LobbyError as refused:
        _fail(" ".join([say(refused), *(f"{fault.field}: {say(fault)}" for fault in refused.faults)]))
    except ValidationError as invalid:
        _fail("; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in invalid.errors()))
    except sqlite3.Error as error:
        _fail(f"the store's database cannot be used: {error}")
    except OSError as error:
        _fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))


def _progress(steps: Sequence[Any]) -> Any:
    """A bar on the standard error where the steps, each about a day, take more than a second together."""
    is_short = len(steps) * SIMULATED_DAY_S < 1
    return click.progressbar(steps, label="Simulating", file=sys.stderr, hidden=is_short)


def _patch() -> None:
    from gevent import monkey

    monkey.patch_all()


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


def _print(result: Json, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    for key, value in result.items():
        if value is not None:
            click.echo(f"{key}: {value}")


def _fail(line: str) -> NoReturn:
    click.echo(f"lobbyline: {line}", err=True)
    sys.exit(1)
