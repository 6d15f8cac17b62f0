"""Every text a person reads is in the Chinese catalogue, its places included, and the catalogue has no leftovers."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po

import chain.errors
import chain.office.errors
import lobby.app
import lobby.chain_commands
import lobby.commands
import lobby.importing
import lobby.installing
import lobby.opening_errors
import lobby.script
import printer.errors
from db import errors

ROOT = Path(__file__).parent.parent
ROOMS = ("db", "printer", "counter", "kiosk", "display", "chain", "chain/office", "lobby")
SAID = re.compile(r"""\b(?:(?:t|other)\(|inLang\([^,()]+,)\s*("(?:[^"\\\n]|\\.)*")""")
QUOTED = re.compile(r"""("(?:[^"\\\n]|\\.)*")""")
PLACES = re.compile(r"\{(\w+)\}")


def _errors(family: type[errors.LobbyError]) -> Iterator[str]:
    yield family.text
    for member in family.__subclasses__():
        yield from _errors(member)


def _constants(nodes: Iterable[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            yield node.value


def _in_python(tree: ast.Module) -> Iterator[str]:
    """What is said through `Message(code, text)`, and the reasons of the calling rule."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Message":
            yield from _constants(node.args[1:2])
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in {"_REASONS", "_FAULTS"}:
            assert isinstance(node.value, ast.Dict)
            yield from _constants(node.value.values)


def _used() -> set[str]:
    texts = set(_errors(errors.LobbyError))
    assert {
        chain.errors.NotJoined.text,
        chain.office.errors.OfficeForbidden.text,
        lobby.chain_commands.BadAuthority.text,
        printer.errors.PrinterFault.text,
        lobby.opening_errors.BadHours.text,
        lobby.script.PromiseBroken.text,
        chain.errors.UnreachableHeadOffice.text,
        chain.office.errors.WrongPassword.text,
    } <= texts
    for room in ROOMS:
        for source in (ROOT / room).glob("*.py"):
            texts.update(_in_python(ast.parse(source.read_text())))
        for page in (ROOT / room / "templates").rglob("*.html"):
            with page.open("rb") as lines:
                texts.update(str(found[1]) for found in extract("jinja2.ext:babel_extract", lines))
        for script in _scripts(room):
            texts.update(ast.literal_eval(text) for text in SAID.findall(script.read_text()))
    return texts


def _scripts(room: str) -> Iterator[Path]:
    return (ROOT / room / "static" / Path(room).name).rglob("*.js")


def _quoted() -> set[str]:
    """Every string a script holds: texts also stand in tables (what has no Chinese there, the browser tests see)."""
    scripts = [script for room in ROOMS for script in _scripts(room)]
    return {ast.literal_eval(text) for script in scripts for text in QUOTED.findall(script.read_text())}


def _catalogue() -> dict[str, str]:
    with (ROOT / "lobby/translations/zh/LC_MESSAGES/messages.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_every_text_has_its_chinese() -> None:
    catalogue = _catalogue()
    assert {text for text in _used() if not catalogue.get(text)} == set()


def test_the_catalogue_has_no_leftovers() -> None:
    assert _catalogue().keys() - _used() - _quoted() == set()


def test_a_translation_fills_the_same_places() -> None:
    different = {
        text for text, chinese in _catalogue().items() if set(PLACES.findall(text)) != set(PLACES.findall(chinese))
    }
    assert different == set()
