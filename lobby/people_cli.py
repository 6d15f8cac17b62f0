"""Owns the commands of the command line that change staff and devices once they are there."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from lobby.cli import main
from lobby.store_cli import device_group, staff_group
from lobby.terminal import Json, command, data_option, json_option, show

name_option = click.option("--name", required=True)
kind_option = click.option(
    "--kind", type=click.Choice(["kiosk", "display", "printer", "api"]), help="Where two devices share a name."
)


@staff_group.command("list")
@data_option
@json_option
def staff_list(data: Path, as_json: bool) -> None:
    """Who works or has worked here."""
    _table(command(data, "staff-list", {}), "staff", ("name", "role", "counter", "sessions", "second_factor"), as_json)


@staff_group.command("rename")
@name_option
@click.option("--to", "new_name", required=True, help="The new name; what was done before keeps the old one.")
@data_option
@json_option
def staff_rename(data: Path, as_json: bool, **given: str) -> None:
    """Give somebody another name."""
    show(command(data, "staff-rename", dict(given)), as_json)


@staff_group.command("role")
@name_option
@click.option("--role", type=click.Choice(["counter", "manager", "admin"]), required=True)
@data_option
@json_option
def staff_role(data: Path, as_json: bool, **given: str) -> None:
    """Give somebody another role; they sign in anew."""
    show(command(data, "staff-role", dict(given)), as_json)


@staff_group.command("retire")
@name_option
@data_option
@json_option
def staff_retire(name: str, data: Path, as_json: bool) -> None:
    """Somebody leaves: sign-ins and PIN end, the name stays in history."""
    show(command(data, "staff-retire", {"name": name}), as_json)


@staff_group.command("return")
@name_option
@data_option
@json_option
def staff_return(name: str, data: Path, as_json: bool) -> None:
    """Somebody who left works here again; prints a link that sets a PIN."""
    show(command(data, "staff-return", {"name": name}), as_json)


@staff_group.command("sign-out")
@name_option
@data_option
@json_option
def staff_sign_out(name: str, data: Path, as_json: bool) -> None:
    """Sign somebody out everywhere."""
    show(command(data, "staff-sign-out", {"name": name}), as_json)


@staff_group.command("reset-second-factor")
@name_option
@data_option
@json_option
def staff_reset_second_factor(name: str, data: Path, as_json: bool) -> None:
    """Phone and recovery codes are lost: the PIN alone lets them in again."""
    show(command(data, "staff-reset-second-factor", {"name": name}), as_json)


@device_group.command("list")
@data_option
@json_option
def device_list(data: Path, as_json: bool) -> None:
    """What is connected, and when it was last seen."""
    answer = command(data, "device-list", {})
    if not as_json:
        for one in answer["devices"]:
            one["last_seen"] = one["seen_at"] and _in_words(one["seen_at"])
    _table(answer, "devices", ("kind", "name", "is_here", "last_seen", "page", "address"), as_json)


@device_group.command("link")
@name_option
@kind_option
@data_option
@json_option
def device_link(data: Path, as_json: bool, **given: str | None) -> None:
    """Make a new one-time link for a kiosk or a display."""
    show(command(data, "device-link", dict(given)), as_json)


@device_group.command("rename")
@name_option
@kind_option
@click.option("--to", "new_name", required=True)
@data_option
@json_option
def device_rename(data: Path, as_json: bool, **given: str | None) -> None:
    """Give a device another name."""
    show(command(data, "device-rename", dict(given)), as_json)


@device_group.command("revoke")
@name_option
@kind_option
@data_option
@json_option
def device_revoke(data: Path, as_json: bool, **given: str | None) -> None:
    """Disconnect a device: token and page stop at once."""
    show(command(data, "device-revoke", dict(given)), as_json)


@main.command("sign-ins")
@click.option("--idle-minutes", type=int, help="A sign-in ends when it was unused for so long.")
@click.option("--longest-hours", type=int, help="A sign-in ends in any case after so long.")
@click.option(
    "--managers-need-code/--managers-need-pin", "managers_need_code", default=None,
    help="Whether managers sign in with a second factor too.",
)  # fmt: skip
@data_option
@json_option
def sign_ins(data: Path, as_json: bool, **given: Any) -> None:
    """Set how long sign-ins last, and whether managers need a second factor."""
    show(command(data, "sign-ins-set", given), as_json)


def _in_words(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).astimezone().isoformat(" ", "minutes")


def _table(answer: Json, rows: str, columns: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        show(answer, as_json=True)
        return
    click.echo("\t".join(columns))
    for row in answer[rows]:
        click.echo("\t".join("–" if row[column] is None else str(row[column]) for column in columns))
