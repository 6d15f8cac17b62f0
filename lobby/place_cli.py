"""Owns the commands for what a store is: services, counters, hours and special days, texts."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from lobby.cli import main
from lobby.terminal import Json, command, command_with_nulls, data_option, fail, json_option, show

DAYS = 7


def _done(answer: Json, as_json: bool) -> None:
    """What a command did; how the page looks now is for the page alone."""
    show({key: value for key, value in answer.items() if key != "page"}, as_json)


def _given(options: Json) -> Json:
    """What was named on the command line; empty texts take something off."""
    return {key: value for key, value in options.items() if value is not None and value != ()}


Decorated = Callable[..., Any]


def _options(*options: Decorated) -> Callable[[Decorated], Decorated]:
    """Several options at once, in their order."""

    def decorate(function: Decorated) -> Decorated:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


_words = _options(
    click.option("--icon", help="One of the product's pictures; a wrong one is answered with the list."),
    click.option("--hint-zh", help="A line on its card, such as what to bring; '' for none."),
    click.option("--hint-en"),
    click.option("--group-zh", help="The kiosk's card it stands behind where not all services fit; '' for none."),
    click.option("--group-en"),
    click.option("--minutes", type=float, help="How long it usually takes, until that is measured."),
    click.option("--cap", "daily_cap", metavar="N|none", help="Most numbers a day."),
    click.option("--on-kiosks/--staff-only", "shown", default=None, help="Who gives its numbers."),
)


@main.group("service")
def service_group() -> None:
    """What customers come for."""


@service_group.command("add")
@click.option("--name-zh", required=True)
@click.option("--name-en", required=True)
@click.option("--letter", required=True, help="Its numbers begin with it.")
@click.option("--counter", "counters", type=int, multiple=True, required=True, help="Does it; may be repeated.")
@click.option("--code", help="What programs call it; else made of its English name.")
@_words
@data_option
@json_option
def service_add(data: Path, as_json: bool, **options: Any) -> None:
    """Offer something new, at once."""
    _done(command_with_nulls(data, "service-add", _service(options)), as_json)


@service_group.command("set")
@click.argument("code")
@click.option("--name-zh")
@click.option("--name-en")
@click.option("--letter", help="From the next number on.")
@_words
@data_option
@json_option
def service_set(data: Path, as_json: bool, **options: Any) -> None:
    """Change a service; what is not named stays."""
    _done(command_with_nulls(data, "service-set", _service(options)), as_json)


@service_group.command("retire")
@click.argument("code")
@click.option("--accept-bookings", is_flag=True, help="Although visits are booked; they are kept.")
@data_option
@json_option
def service_retire(code: str, accept_bookings: bool, data: Path, as_json: bool) -> None:
    """Give no more numbers for a service; who waits is served."""
    _done(command(data, "service-retire", {"code": code, "accept_bookings": accept_bookings}), as_json)


@service_group.command("bring-back")
@click.argument("code")
@data_option
@json_option
def service_bring_back(code: str, data: Path, as_json: bool) -> None:
    """Offer a retired service again."""
    _done(command(data, "service-bring-back", {"code": code}), as_json)


@service_group.command("order")
@click.argument("codes", nargs=-1, required=True)
@data_option
@json_option
def services_order(codes: tuple[str, ...], data: Path, as_json: bool) -> None:
    """The order on kiosks: every service's code, first to last."""
    _done(command(data, "services-order", {"codes": list(codes)}), as_json)


def _service(options: Json) -> Json:
    given = _given(options)
    cap = given.get("daily_cap")
    if cap is not None and cap != "none" and not cap.isdecimal():
        fail("--cap takes a number, or none.")
    return given if cap is None else {**given, "daily_cap": None if cap == "none" else int(cap)}


_may = ["primary", "backup", "never"]
_work = _options(
    click.option("--vip", type=click.Choice([*_may, "vip_first"])),
    click.option("--appointment", type=click.Choice(_may)),
    click.option("--ordinary", type=click.Choice(_may)),
    click.option("--skill", "skills", multiple=True, help="A service it can do; may be repeated."),
    click.option("--name-zh", help="Besides its number, like VIP室; '' for none."),
    click.option("--name-en"),
    click.option("--where-zh", help="Where it is, told to who is called there; '' for nothing."),
    click.option("--where-en"),
)


@main.group("counter")
def counter_group() -> None:
    """The counters: whom they may serve and what they can do."""


@counter_group.command("add")
@click.argument("number", type=int)
@_work
@data_option
@json_option
def counter_add(data: Path, as_json: bool, **options: Any) -> None:
    """Add a counter, or bring a retired one back; for everything unless it is said."""
    _done(command(data, "counter-add", _given(options)), as_json)


@counter_group.command("set")
@click.argument("number", type=int)
@_work
@data_option
@json_option
def counter_set(data: Path, as_json: bool, **options: Any) -> None:
    """Change a counter; what is not named stays."""
    _done(command(data, "counter-set", _given(options)), as_json)


@counter_group.command("retire")
@click.argument("number", type=int)
@data_option
@json_option
def counter_retire(number: int, data: Path, as_json: bool) -> None:
    """Take a closed counter out of use."""
    _done(command(data, "counter-retire", {"number": number}), as_json)


_accept = click.option("--accept-outside", is_flag=True, help="Although booked visits fall outside; they stay booked.")


@main.command("hours")
@click.argument("days", nargs=-1)
@click.option("--always", is_flag=True, help="Open at all hours.")
@_accept
@data_option
@json_option
def hours(days: Sequence[str], always: bool, accept_outside: bool, data: Path, as_json: bool) -> None:
    """Seven days from Monday: "09:00-12:00 13:30-18:00" or closed, each in quotes."""
    if always == bool(days) or (days and len(days) != DAYS):
        fail("give seven days from Monday on, or --always.")
    _done(command(data, "hours-set", {"hours": list(days), "accept_outside": accept_outside}), as_json)


@main.command("day")
@click.argument("date")
@click.argument("span", default="")
@click.option("--name-zh", help="What kiosks and displays call the day.")
@click.option("--name-en")
@click.option("--usual", is_flag=True, help="A usual day again.")
@_accept
@data_option
@json_option
def day(
    date: str, span: str, usual: bool, accept_outside: bool, data: Path, as_json: bool, **names: str | None
) -> None:
    """Close on a DATE like 2026-10-01, or open at other hours: SPAN like "10:00-16:00"."""
    if not usual and not all(names.values()):
        fail("give --name-zh and --name-en, or --usual.")
    change: Json = {"remove": [date]} if usual else {"days": [{"date": date, "hours": span, **names}]}
    _done(command(data, "special-days-set", {**change, "accept_outside": accept_outside}), as_json)


@main.command("text")
@click.argument("name", type=click.Choice(["kiosk_welcome", "display_welcome", "closed_note", "phone_note"]))
@click.option("--zh", default="", help="'' for the product's text.")
@click.option("--en", default="")
@data_option
@json_option
def text(name: str, zh: str, en: str, data: Path, as_json: bool) -> None:
    """Say something in the store's own words; with neither language the product's text is back."""
    _done(command(data, "store-text-set", {"name": name, "zh": zh, "en": en}), as_json)
