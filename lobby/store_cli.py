"""Owns the commands that set a store up: staff, devices, store, rule, booking, desks; and backups, doctor."""

import base64
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from lobby.cli import main
from lobby.terminal import Json, command, command_with_nulls, data_option, fail, json_option, or_fail, show


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
    show(command(data, "staff-add", {"name": name, "role": role, "pin": pin}), as_json)


@staff_group.command("link")
@click.option("--name", required=True)
@data_option
@json_option
def staff_link(name: str, data: Path, as_json: bool) -> None:
    """Make a one-time link that sets a new PIN."""
    show(command(data, "staff-link", {"name": name}), as_json)


@main.group("device")
def device_group() -> None:
    """Kiosks, displays, printers and programs."""


@device_group.command("add")
@click.argument("kind", type=click.Choice(["kiosk", "display", "printer", "api"]))
@click.option("--name", required=True)
@click.option("--address", help="A printer's: tcp://192.168.1.50:9100; see “lobbyline printer add”.")
@click.option("--font", type=click.Choice(["gb18030", "raster"]), help="raster: for printers without Chinese fonts.")
@click.option("--width", "width_mm", type=click.Choice(["58", "80"]), help="A printer's paper, in mm.")
@click.option("--printer", help="The name of the printer a kiosk prints on (default: the first one).")
@click.option("--queues", help="What a display shows, like A,B,V (default: all).")
@click.option("--counters", help="Whose calls a display shows, like 1-4,7 (default: all).")
@click.option(
    "--layout", type=click.Choice(["full", "counters", "sign"]), help="Of a display; a sign is for one counter."
)
@data_option
@json_option
def device_add(kind: str, data: Path, as_json: bool, **options: Any) -> None:
    """Add a device; its token and link are shown once."""
    arguments = {key: value for key, value in options.items() if value is not None}
    if "width_mm" in arguments:
        arguments["width_mm"] = int(arguments["width_mm"])
    show(command(data, "device-add", {"kind": kind, **arguments}), as_json)


@device_group.command("display")
@click.option("--name", required=True)
@click.option("--queues", help="Like A,B,V; '' for all.")
@click.option("--counters", help="Whose calls it shows, like 1-4,7; '' for all.")
@click.option("--layout", type=click.Choice(["full", "counters", "sign"]), help="A sign is for one counter.")
@data_option
@json_option
def device_display(name: str, data: Path, as_json: bool, **options: str | None) -> None:
    """Change what a display shows, at once."""
    arguments = {key: value for key, value in options.items() if value is not None}
    show(command(data, "device-display", {"name": name, **arguments}), as_json)


@main.command("theme")
@click.option("--accent", help="The colour of calls, like #FFC83D; '' for the usual.")
@click.option("--ground", help="The background, like #081B21; '' for the usual.")
@click.option("--logo", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PNG, JPEG or WebP.")
@click.option("--no-logo", is_flag=True, help="Take the logo off.")
@click.option("--hold", "hold_s", type=int, help="Seconds a call keeps the big place.")
@click.option(
    "--notice", "notices", multiple=True, metavar="中文/English", help="One line at the bottom; may be repeated."
)
@data_option
@json_option
def theme(data: Path, as_json: bool, logo: Path | None, no_logo: bool, notices: tuple[str, ...], **given: Any) -> None:
    """Set how the lobby displays look. Colours that could not be read are refused, with one that would do."""
    arguments = {key: value for key, value in given.items() if value is not None}
    if logo or no_logo:
        arguments["logo"] = base64.b64encode(logo.read_bytes()).decode() if logo else ""
    if notices:
        arguments["notices"] = [{"zh": zh, "en": en} for zh, _, en in (text.partition("/") for text in notices)]
    show(command(data, "display-set", arguments), as_json)


@main.command("store")
@click.option("--name-zh")
@click.option("--name-en")
@click.option("--timezone", help="Such as Asia/Shanghai.")
@click.option("--hours", help="As the command “hours” has them, with commas; '' for always open.")
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
    show(command(data, "store-set", {**options, "hours": days, "service_groups": names}), as_json)


def _group(text: str) -> tuple[str, Json | None]:
    service, _, both = text.partition("=")
    zh, _, en = both.partition("/")
    return service, {"zh": zh, "en": en} if both else None


@main.command()
@click.option("--every", "every_h", type=click.IntRange(1, 168), help="From now on make one every so many hours.")
@click.option("--second", help="From now on copy each to this folder too, best on another disk; '' for none.")
@click.option(
    "--with-key", is_flag=True, help="Put the key of its phone numbers beside it: to move to another machine."
)
@data_option
@json_option
def backup(data: Path, as_json: bool, with_key: bool, **wishes: Any) -> None:
    """Make a backup now, or set how they are made by themselves (every six hours)."""
    is_setting = any(value is not None for value in wishes.values())
    if is_setting and with_key:
        fail("--with-key is for a backup made now, not for how they are made by themselves.")
    outcome = command(data, "backup-set", wishes) if is_setting else command(data, "backup", {"with_key": with_key})
    show(outcome, as_json)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--key", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The keys/store.key of the store it is of; one beside it is taken by itself.",
)  # fmt: skip
@data_option
@json_option
def restore(file: Path, key: Path | None, data: Path, as_json: bool) -> None:
    """Put a backup back. The server has to be stopped; what was there before is kept aside."""
    from lobby import keeping

    show(or_fail(lambda: keeping.restore(data, file, time.time(), key)), as_json)


@main.command()
@click.option("--lang", type=click.Choice(["zh", "en"]), help="Of what is said; else the terminal's.")
@data_option
@json_option
def doctor(data: Path, lang: str | None, as_json: bool) -> None:
    """Look at everything a store needs, and say what to do where something is wrong."""
    from lobby import texts
    from lobby.doctor import State, examine

    language = lang or texts.of_terminal()
    findings = [
        {
            "code": found.said.code,
            "state": found.state,
            "said": texts.say(found.said, language),
            "remedy": found.remedy and texts.say(found.remedy, language),
        }
        for found in or_fail(lambda: examine(data))
    ]
    if as_json:
        show({"findings": findings}, as_json=True)
    for found in [] if as_json else findings:
        click.echo(f"{found['state']:4}  {found['said']}")
        if found["remedy"]:
            click.echo(f"      → {found['remedy']}")
    if any(found["state"] == State.FAIL for found in findings):
        sys.exit(1)


@main.group("settings")
def settings_group() -> None:
    """The calling rule with counters and service times; changes of all settings, with undo; all settings as a file."""


@settings_group.command("show")
@data_option
@json_option
def settings_show(data: Path, as_json: bool) -> None:
    """List every setting with its value, its default and what it means."""
    shown = command(data, "settings-show", {})
    if as_json:
        show(shown, as_json=True)
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
        fail(f"“{wrong[0]}” is no FIELD=VALUE, such as rule.fair_after=30.")
    values = {field.strip(): value for field, _, value in (assignment.partition("=") for assignment in assignments)}
    _print_changes(command(data, "settings-set", {"values": values, "preview": dry_run}), as_json)


@settings_group.command("reset")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD...")
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@data_option
@json_option
def settings_reset(fields: tuple[str, ...], dry_run: bool, data: Path, as_json: bool) -> None:
    """Set settings back to their defaults."""
    values = dict.fromkeys(fields)
    _print_changes(command(data, "settings-set", {"values": values, "preview": dry_run}), as_json)


def _print_changes(outcome: Json, as_json: bool) -> None:
    if as_json:
        show(outcome, as_json=True)
        return
    for change in outcome["changes"]:
        click.echo(change["said"]["en"])
    click.echo("saved" if outcome["changed"] else "nothing changed")


@main.command("booking")
@click.option("--slot-minutes", type=int, help="How long a slot lasts.")
@click.option("--lead-minutes", type=int, help="How long before its slot a visit has to be booked.")
@click.option("--horizon-days", type=int, help="How many days ahead visits can be booked.")
@click.option("--per-counter", type=int, help="Bookings that one counter takes in a slot.")
@click.option("--share-percent", type=int, help="Percent of the free places held for a chain's head office.")
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
        fail("--places takes numbers like plan=4.")
    mapped = {
        "places": {code: int(most) if most else None for code, most in limits.items()},
        "rights": dict(_pairs(right)),
    }
    given = {key: value for key, value in mapped.items() if value}
    show(command(data, "booking-set", {**options, **given}), as_json)


def _pairs(given: Sequence[str]) -> list[tuple[str, str]]:
    """`plan=4` as a name and its value."""
    split = [text.partition("=") for text in given]
    if not all(sign for _, sign, _ in split):
        fail("give names and values like plan=4.")
    return [(name.strip(), value.strip()) for name, _, value in split]


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
    show(command_with_nulls(data, "desk-set", given), as_json)
