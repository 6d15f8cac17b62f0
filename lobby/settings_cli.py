"""Owns the commands of settings' changes and of the settings' file."""

import sys
from pathlib import Path

import click

from lobby.store_cli import settings_group
from lobby.terminal import Json, command, data_option, fail, json_option, show

LARGEST = 8 * 1024 * 1024
"""Not even read; the store itself says what is the most it takes."""


@settings_group.command("changes")
@click.option("--before", type=click.IntRange(1), metavar="NUMBER", help="Older ones than the change of this number.")
@data_option
@json_option
def changes(before: int | None, data: Path, as_json: bool) -> None:
    """List the newest changes: number, time, who, and each value before and after."""
    found = command(data, "settings-changes", {"before": before})
    if as_json:
        show(found, as_json=True)
        return
    for one in found["changes"]:
        undone = f" · undone by {one['undone_by']}" if one["undone_by"] else ""
        click.echo(f"{one['id']}  {one['at'][:16].replace('T', ' ')}  {one['who']['en']}  {one['what']['en']}{undone}")
        _print(one["lines"])
    if found["older"]:
        click.echo(f"older ones: lobbyline settings changes --before {found['older']}")


@settings_group.command("undo")
@click.argument("number", type=click.IntRange(1))
@data_option
@json_option
def undo(number: int, data: Path, as_json: bool) -> None:
    """Undo one change; an undo is a change too, and is undone the same way."""
    show(command(data, "settings-undo", {"id": number}), as_json)


@settings_group.command("export")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write it there; else it is printed.")
@data_option
def export(out: Path | None, data: Path) -> None:
    """Write the whole set-up as one TOML file, without people, devices, secrets and customers."""
    text = command(data, "settings-export", {})["toml"]
    if out is None:
        sys.stdout.write(text)
        return
    new = out.with_name(f".{out.name}.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(out)  # whole or not at all
    except OSError as error:
        fail(f"{out}: {error.strerror}")
    click.echo(out)


@settings_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would change.")
@data_option
@json_option
def import_file(file: Path, dry_run: bool, data: Path, as_json: bool) -> None:
    """Take a file of settings over, whole or not at all, as one change that can be undone."""
    outcome = command(data, "settings-import", {"text": _read(file), "dry_run": dry_run})
    if as_json:
        show(outcome, as_json=True)
        return
    _print(outcome["changes"])
    if dry_run and outcome["changes"]:
        click.echo("nothing saved yet")
    else:
        click.echo("saved" if outcome["changed"] else "nothing changed")


def _read(file: Path) -> str:
    if file.stat().st_size > LARGEST:
        fail(f"{file}: too large for a file of settings")
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        fail(f"{file}: not text in UTF-8")
    except OSError as error:
        fail(f"{file}: {error.strerror}")


def _print(lines: list[Json]) -> None:
    for line in lines:
        click.echo(f"    {line['what']['en']}: {line['before']['en']} → {line['after']['en']}")
