"""Owns the command line of printers and of the print agent."""

import json
from pathlib import Path
from typing import Any

import click

from lobby.cli import main
from lobby.terminal import Json, command, data_option, json_option, or_fail, say, show

ADDRESS = (
    "tcp://192.168.1.50:9100, usb://, usb://04b8:0e15, serial:///dev/ttyUSB0?baud=38400, file:///dev/usb/lp0, "
    "cups://QUEUE; with agent+ before it, of the computer where its print agent runs."
)

_OPTIONS = (
    click.option("--model", help="A name of python-escpos's table, such as TM-T88V: sets width, cutter and QR codes."),
    click.option(
        "--font", type=click.Choice(["gb18030", "raster"]), help="raster: for printers without Chinese fonts."
    ),
    click.option("--width", "width_mm", type=click.Choice(["58", "80"]), help="Its paper, in mm."),
    click.option("--code-page", help="For letters with accents: cp437, cp850, cp852, cp858 or cp1252."),
    click.option("--cutter/--no-cutter", default=None, help="Whether it cuts the paper."),
    click.option("--qr", type=click.Choice(["native", "raster"]), help="raster: for printers without QR codes."),
    click.option("--density", type=click.IntRange(-6, 6), help="Darker above 0, lighter below."),
    click.option("--copies", type=click.IntRange(1, 5), help="How many slips for each ticket."),
    click.option(
        "--fallback", metavar="NAME", help="The printer that stands in while this one is in trouble; '' none."
    ),
)


def _printer_options(function: Any) -> Any:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


@main.group("printer")
def printer_group() -> None:
    """Receipt printers: find, add, try out, change; and what slips say."""


@printer_group.command("find")
@click.option("--network", metavar="CIDR", help="Also look there for port 9100, such as 192.168.1.0/24.")
@json_option
def find(network: str | None, as_json: bool) -> None:
    """Look for printers on this computer, and on a network if you name one. Nothing is printed."""
    from printer.discovery import find as look

    found = or_fail(lambda: look(network))
    if as_json:
        click.echo(json.dumps({"found": [{"address": one.address, "about": one.about} for one in found]}))
        return
    for one in found:
        click.echo(f"{one.address}  · {one.about}")
    if not found:
        click.echo("No printer was found. For one on the network give --network, such as 192.168.1.0/24.")


@printer_group.command("add")
@click.option("--name", required=True)
@click.option("--address", required=True, help=ADDRESS)
@_printer_options
@data_option
@json_option
def add(data: Path, as_json: bool, **options: Any) -> None:
    """Add a printer. The token that is shown once is for a print agent."""
    show(command(data, "printer-add", _arguments(options)), as_json)


@printer_group.command("set")
@click.argument("name")
@click.option("--new-name")
@click.option("--address", help=ADDRESS)
@_printer_options
@data_option
@json_option
def change(data: Path, as_json: bool, **options: Any) -> None:
    """Change a printer; what is not given stays as it is."""
    show(command(data, "printer-set", _arguments(options)), as_json)


@printer_group.command("list")
@data_option
@json_option
def show_all(data: Path, as_json: bool) -> None:
    """List the printers: where each is, how it is, which kiosks print on it."""
    listed = command(data, "printer-list", {})
    if as_json:
        show(listed, as_json=True)
        return
    for one in listed["printers"]:
        click.echo(f"{one['name']}  {one['address']}  · {_state(one)}")
        facts = {"kiosks": ", ".join(one["kiosks"]), "fallback": one.get("fallback"), "slips waiting": one["waiting"]}
        for fact, value in facts.items():
            if value:
                click.echo(f"    {fact}: {value}")


def _state(one: Json) -> str:
    if one["error"]:
        return str(one["error"])
    if one["paper_low"]:
        return "works; the paper roll ends soon"
    return {None: "not asked yet", True: "works", False: "does not say how it is"}[one["answers"]]


@printer_group.command("remove")
@click.argument("name")
@data_option
@json_option
def remove(name: str, data: Path, as_json: bool) -> None:
    """Take a printer out of service; slips that wait go to its fallback, or to the first other printer."""
    show(command(data, "printer-remove", {"name": name}), as_json)


@printer_group.command("use")
@click.argument("kiosk")
@click.argument("printer", default="")
@data_option
@json_option
def use(kiosk: str, printer: str, data: Path, as_json: bool) -> None:
    """Let a kiosk print on a printer of its own; without one, on the first."""
    show(command(data, "printer-use", {"kiosk": kiosk, "printer": printer}), as_json)


@printer_group.command("test")
@click.argument("name", required=False)
@click.option("--address", help="A printer that is not added yet, tried from this computer.")
@click.option("--font", type=click.Choice(["gb18030", "raster"]), help="With --address.")
@click.option("--width", "width_mm", type=click.Choice(["58", "80"]), help="With --address.")
@data_option
@json_option
def test(name: str | None, address: str | None, data: Path, as_json: bool, **options: str | None) -> None:
    """Print the test page and say what came back."""
    if (name is None) == (address is None):
        raise click.UsageError("Give the name of a printer, or --address.")
    if address is not None:
        from lobby.printer_commands import test_directly

        given = {key: value for key, value in options.items() if value is not None}
        outcome = or_fail(lambda: test_directly(address, given))
    else:
        outcome = command(data, "printer-test", {"name": name})
    if as_json:
        show(outcome, as_json=True)
    else:
        for said in outcome["said"]:
            click.echo(said["text"].format_map(said["values"]))
    if outcome["fault"]:
        raise SystemExit(1)


@main.command("agent")
@click.option("--server", required=True, metavar="URL", help="Where the store's server is: http://192.168.1.10:8080.")
@click.option(
    "--token", required=True, envvar="LOBBYLINE_AGENT_TOKEN", help="The printer's token (shown by “printer add”)."
)
@click.option("--printer", "address", help="The printer's address here, if not as set on the server.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path(".lobbyline-agent"),
    envvar="LOBBYLINE_AGENT_DATA", show_default=True, help="Where slips wait until the server knows of them.",
)  # fmt: skip
def agent(server: str, token: str, address: str | None, data: Path) -> None:
    """Print the server's slips on this computer's printer: for a kiosk that is not the server."""
    from lobby.agent import run

    or_fail(lambda: run(server, token, data, address, say))


def _arguments(options: dict[str, Any]) -> Json:
    given = {key: value for key, value in options.items() if value is not None}
    if "width_mm" in given:
        given["width_mm"] = int(given["width_mm"])
    return given
