"""Owns the command line. Beside a running server a command is sent there; without one it opens the store itself.

Everything heavy is imported where it is used: `serve` has to patch the standard library for gevent first of all.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from lobby import __version__

Json = dict[str, Any]
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
@click.option("--port", default=8080, show_default=True, help="0 takes a free one and prints it.")
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
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path), help="Write the table there.")
@click.option("--picture", type=click.Path(dir_okay=False, path_type=Path), help="Draw it there: .svg or .png.")
@json_option
def simulate(csv_file: Path | None, picture: Path | None, as_json: bool, **question: Any) -> None:
    """Compare the calling rules on simulated days, or on a day of a log."""
    from lobby import comparing
    from lobby.picture import draw

    rows = _or_fail(lambda: comparing.compare(comparing.Question(**question), _progress))
    if csv_file:
        _or_fail(lambda: comparing.write_csv(rows, csv_file))
    if picture:
        _or_fail(lambda: draw(rows, picture))
    for line in [json.dumps({"rules": rows})] if as_json else comparing.text(rows):
        click.echo(line)


@main.command("demo-server", hidden=True)
@data_option
@click.option("--host", required=True)
@click.option("--port", type=int, required=True)
@click.option("--speed", type=float, required=True)
@click.option("--starts-at", type=float, required=True)
def demo_server(data: Path, host: str, port: int, speed: float, starts_at: float) -> None:
    """Serve a demo's store until the standard input ends."""
    _patch()
    from lobby.clock import Clock
    from lobby.demo import stop_with_input
    from lobby.server import Address
    from lobby.server import serve as run

    stop_with_input()
    _or_fail(lambda: run(data, Address(host, port), Clock(speed, starts_at), _say))


@main.group("import")
def import_group() -> None:
    """Take over a list from a CSV file."""


@import_group.command("members")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
@click.option("--strict", is_flag=True, help="Change nothing if any line has a fault.")
@data_option
@json_option
def import_members(file: Path, dry_run: bool, strict: bool, data: Path, as_json: bool) -> None:
    """Replace the list of VIP members by FILE."""
    _import("import-members", file, data, as_json, dry_run=dry_run, strict=strict)


@import_group.command("appointments")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, change nothing.")
@click.option("--strict", is_flag=True, help="Change nothing if any line has a fault.")
@data_option
@json_option
def import_appointments(file: Path, dry_run: bool, strict: bool, data: Path, as_json: bool) -> None:
    """Add the bookings of FILE."""
    _import("import-appointments", file, data, as_json, dry_run=dry_run, strict=strict)


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
@data_option
@json_option
def store_set(data: Path, as_json: bool, hours: str | None, **options: str | None) -> None:
    """Set the store's name, hours, time zone and address."""
    days = None if hours is None else [day.strip() for day in hours.split(",") if day.strip()]
    _print(_command(data, "store-set", {**options, "hours": days}), as_json)


def _import(name: str, file: Path, data: Path, as_json: bool, **options: bool) -> None:
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        _fail(f"{file} is not UTF-8. Save it as “CSV UTF-8”.")
    outcome = _command(data, name, {"text": text, **options})
    if as_json:
        _print(outcome, as_json=True)
    else:
        for fault in outcome["faults"]:
            click.echo(f"line {fault['line']}, {fault['column']} “{fault['value']}”: {fault['reason']}", err=True)
        counts = ", ".join(f"{outcome[key]} {key}" for key in ("added", "changed", "unchanged", "ended"))
        click.echo(f"{counts}, {len(outcome['faults'])} faults")
    if options["strict"] and outcome["faults"]:
        sys.exit(1)


def _command(data: Path, name: str, arguments: Json) -> Json:
    """Run a set-up command where the store is open: in the running server, or here."""
    given = {key: value for key, value in arguments.items() if value is not None}
    control = data / "control.json"
    if control.exists():
        answer = _ask_server(json.loads(control.read_text()), name, given)
        if answer is not None:
            return answer
    result: Json = _or_fail(lambda: _run_here(data, name, given))
    return result


def _ask_server(control: Json, name: str, arguments: Json) -> Json | None:
    """The server's answer; None if it is gone and only its control file was left behind."""
    import httpx

    headers = {"Authorization": f"Bearer {control['token']}", "Accept-Language": "en"}
    url = f"{control['url']}/api/v1/commands/{name}"
    try:
        answer = httpx.post(url, json=arguments, headers=headers, timeout=120, trust_env=False)
    except httpx.TransportError:
        return None
    body: Json = answer.json()
    if answer.is_error:
        _fail(
            " ".join([body["detail"], *(f"{fault['field']}: {fault['detail']}." for fault in body.get("errors", []))])
        )
    return body


def _run_here(data: Path, name: str, arguments: Json) -> Json:
    from counter.web import Context
    from db import settings
    from db.store import Store
    from lobby import commands, sample
    from lobby.clock import Clock

    clock = Clock()
    store = Store(data)
    try:
        store.write(lambda conn: sample.create_if_new(conn, clock()))
        with store.read() as conn:
            base_url = settings.load(conn).public_url or "http://127.0.0.1:8080"
        return commands.run(Context(store, clock, base_url), name, arguments)
    finally:
        store.close()


def _or_fail(work: Callable[[], Any]) -> Any:
    """Run; a refusal is one clear line and exit code 1."""
    from pydantic import ValidationError

    from db.errors import LobbyError

    try:
        return work()
    except LobbyError as refused:
        _fail(str(refused))
    except ValidationError as invalid:
        _fail("; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in invalid.errors()))
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


def _fail(line: str) -> Any:
    click.echo(f"lobbyline: {line}", err=True)
    sys.exit(1)
