"""Owns the command line of slips: a preview as a picture, templates, the store's lines, its logo.

Everything heavy is imported where it is used, as in `lobby.terminal`.
"""

import base64
import json
from pathlib import Path
from typing import Any

import click

from lobby.printer_cli import printer_group
from lobby.terminal import Json, command, data_option, json_option, or_fail

LANGUAGE = click.Choice(["zh", "en"])
CLASS = click.Choice(["ordinary", "vip", "appointment"])
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@printer_group.command("preview")
@click.option("--template", type=FILE, help="A template's file; else the store's own template.")
@click.option("--test-page", is_flag=True, help="The printer's test page instead of a ticket's slip.")
@click.option("--language", type=LANGUAGE, default="zh", show_default=True)
@click.option("--class", "ticket_class", type=CLASS, default="ordinary", show_default=True)
@click.option("--width", type=click.Choice(["58", "80"]), default="80", show_default=True, help="Of the paper, in mm.")
@click.option("--font", type=click.Choice(["gb18030", "raster"]), default="gb18030", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="A PNG file.")
@data_option
@json_option
def preview(data: Path, output: Path, as_json: bool, **wish: Any) -> None:
    """Draw a slip as it comes out of the printer, dot for dot at 203 dpi."""
    or_fail(lambda: output.write_bytes(_picture(command(data, "slips-show", {}), **wish)))
    _say({"file": str(output)}, as_json, str(output))


@printer_group.command("template")
@click.option("--language", type=LANGUAGE, default="zh", show_default=True)
@click.option("--class", "ticket_class", type=CLASS, default="ordinary", show_default=True)
@click.option("--set", "file", type=FILE, help="Take this file as the template.")
@click.option("--reset", is_flag=True, help="Back to the usual template.")
@data_option
@json_option
def template(data: Path, as_json: bool, language: str, ticket_class: str, file: Path | None, reset: bool) -> None:
    """Print a slip's template, or change it."""
    if file is None and not reset:
        text = _template(command(data, "slips-show", {}), language, ticket_class)
        _say({"text": text}, as_json, text)
        return
    which = {"language": language, "ticket_class": ticket_class}
    new = {} if file is None or reset else {"text": or_fail(lambda: _read(file))}
    _say(command(data, "slip-template-set", which | new), as_json)


@printer_group.command("texts")
@click.option("--where-to-go-zh")
@click.option("--where-to-go-en")
@click.option("--public-rule-zh", help="A note on calling.")
@click.option("--public-rule-en")
@data_option
@json_option
def texts(data: Path, as_json: bool, **given: str | None) -> None:
    """Set the store's own lines on every slip; '' leaves one out."""
    _say(command(data, "slip-texts-set", given), as_json)


@printer_group.command("logo")
@click.argument("file", type=FILE, required=False)
@data_option
@json_option
def logo(data: Path, as_json: bool, file: Path | None) -> None:
    """Print a picture on top of every slip; without a file, none."""
    image = {} if file is None else {"image": base64.b64encode(or_fail(file.read_bytes)).decode()}
    _say(command(data, "slip-logo-set", image), as_json)


def _say(result: Json, as_json: bool, text: str | None = None) -> None:
    """For programs the result, for people `text` or whether anything changed."""
    said = text if text is not None else "saved" if result["changed"] else "nothing changed"
    click.echo(json.dumps(result, ensure_ascii=False) if as_json else said)


def _read(file: Path) -> str:
    return file.read_bytes().decode("utf-8-sig", errors="replace")


def _template(shown: Json, language: str, ticket_class: str) -> str:
    fits = (one for one in shown["templates"] if (one["language"], one["ticket_class"]) == (language, ticket_class))
    return str(next(fits)["text"])


def _picture(
    shown: Json, template: Path | None, test_page: bool, language: str, ticket_class: str, width: str, font: str
) -> bytes:
    """The PNG. Raises `BadSlip`."""
    from printer.facts import Facts
    from printer.paper import paper_of
    from printer.preview import png, png_of
    from printer.template import render
    from printer.testpage import test_page as job_of

    paper = paper_of({"width_mm": width, "font": font})
    if test_page:
        return png_of(job_of(paper), paper)
    text = _read(template) if template else _template(shown, language, ticket_class)
    logo = base64.b64decode(shown["logo"]) if shown["logo"] else None
    return png(render(text, language, Facts.of_json(shown["samples"][ticket_class]), logo), paper)
