"""Owns the command line's own program: serve, demo, simulate, report, import."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from lobby import __version__
from lobby.terminal import control, data_option, json_option, or_fail, private, say
from lobby.where_cli import Where, where_option

SIMULATED_DAY_S = 0.02


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Lobbyline runs the queue of a store's lobby."""


@main.command()
@data_option
@where_option(port=8080, who="kiosks, screens and phones")
def serve(data: Path, where: Where) -> None:
    """Serve the store's screens."""
    _patch()
    from lobby import logs
    from lobby.clock import Clock
    from lobby.server import serve as run

    or_fail(lambda: logs.keep(data / logs.FOLDER))
    or_fail(lambda: run(data, where.address(), Clock(), say))


@main.command()
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), callback=private, help="An empty folder, which is kept."
)
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

    or_fail(lambda: run(Plan(**options), say))


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

    rows = or_fail(lambda: comparing.compare(comparing.Question(**question), _progress))
    if csv_file:
        or_fail(lambda: comparing.write_csv(rows, csv_file))
    if picture:
        or_fail(lambda: draw(rows, picture))
    for line in [json.dumps({"rules": rows})] if as_json else comparing.text(rows):
        click.echo(line)


@main.command()
@click.option("--from", "first", metavar="DATE", help="The first business day; else the last thirty days.")
@click.option("--to", "last", metavar="DATE", help="The last one; else today.")
@click.option(
    "--by", type=click.Choice(["day", "week", "month", "hour", "service", "counter", "staff", "class", "tier"]),
    default="day", show_default=True, help="What the figures are grouped by.",
)  # fmt: skip
@click.option(
    "--inspection", is_flag=True, help="The inspection report instead: promises kept, each miss and its cause."
)
@click.option("--csv", "as_csv", is_flag=True, help="Print it as CSV.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it there: .xlsx or .csv.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="en", show_default=True, help="Of CSV and .xlsx.")
@data_option
@json_option
def report(data: Path, as_json: bool, **wish: Any) -> None:
    """Tell a span of days' figures: waits, promises, services, counters, forecasts, ratings."""
    from lobby import reporting

    for line in or_fail(lambda: reporting.run(data, reporting.Wish(as_json=as_json, **wish))):
        click.echo(line, nl=not wish["as_csv"])


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
    faults = or_fail(lambda: importing.run(wish, data, lambda: control(data)), wish.refusal)
    if wish.strict and faults:
        sys.exit(1)


def _progress(steps: Sequence[Any]) -> Any:
    """A bar on the standard error where the steps, each about a day, take more than a second together."""
    is_short = len(steps) * SIMULATED_DAY_S < 1
    return click.progressbar(steps, label="Simulating", file=sys.stderr, hidden=is_short)


def _patch() -> None:
    from gevent import monkey

    monkey.patch_all()
