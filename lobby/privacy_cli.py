"""Owns the commands about personal data: how long it is kept, and one customer's copy or erasure."""

import json
import sys
from pathlib import Path

import click

from lobby.cli import main
from lobby.terminal import command, data_option, fail, json_option, show


@main.command("retention")
@click.option("--visits", type=int, metavar="DAYS", help="Whose a visit was, staff's notes.")
@click.option("--bookings", type=int, metavar="DAYS", help="Name and phone of an appointment.")
@click.option("--comments", type=int, metavar="DAYS", help="What customers wrote with a rating.")
@click.option("--words", type=int, metavar="DAYS", help="Reasons typed by staff, in the journal.")
@click.option("--members", type=int, metavar="DAYS", help="Members who left the carrier's list.")
@click.option("--backups", type=int, metavar="DAYS", help="Backups, and stores put aside by a restore.")
@data_option
@json_option
def retention(data: Path, as_json: bool, **days: int | None) -> None:
    """Show how long personal data is kept and what goes tonight, or set it."""
    if any(value is not None for value in days.values()):
        show(command(data, "retention-set", days), as_json)
        return
    shown = command(data, "retention-show", {})
    if as_json:
        show(shown, as_json=True)
        return
    for kind in shown["kinds"]:
        click.echo(f"{kind['kind']} = {kind['days']} days, {kind['tonight']} go tonight  · {kind['name']}")
        click.echo(click.wrap_text(kind["meaning"], 100, "    ", "    "))


@main.group("customer")
def customer_group() -> None:
    """One customer's own data: a copy, or its erasure."""


@customer_group.command("export")
@click.argument("number")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; else it is printed."
)
@data_option
@json_option
def customer_export(number: str, output: Path | None, data: Path, as_json: bool) -> None:
    """Copy everything that is kept about who has this card or phone NUMBER."""
    content = command(data, "customer-export", {"customer": number})["export"]
    text = json.dumps(content, ensure_ascii=False, indent=None if as_json else 2)
    if output is None:
        click.echo(text)
        return
    output.touch(mode=0o600)
    output.write_text(text + "\n", "utf-8")
    show({"file": str(output)}, as_json)


@customer_group.command("erase")
@click.argument("number")
@click.option("--yes", is_flag=True, help="Do not ask for the number once more.")
@data_option
@json_option
def customer_erase(number: str, yes: bool, data: Path, as_json: bool) -> None:
    """Erase for good what is kept about who has this card or phone NUMBER; figures stay."""
    if not yes and not sys.stdin.isatty():
        fail("this cannot be undone: give --yes, or run it where the number can be typed again.")
    again = number if yes else click.prompt("This cannot be undone. Type the card or phone number again")
    show(command(data, "customer-erase", {"customer": number, "confirm": again}), as_json)
