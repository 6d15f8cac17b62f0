"""Owns what every command of the command line is made of: its options, where it is run, how its outcome is said.

Beside a running server a command is sent there; without one the store is opened here. Everything heavy is imported
where it is used: `serve` has to patch the standard library for gevent first of all.
"""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import click

Json = dict[str, Any]
CONTROL_TRIES = 50


def private(_: click.Context, __: click.Parameter, folder: Path | None) -> Path | None:
    """A program that is given a store's folder makes no file that others can read, there or elsewhere."""
    os.umask(0o077)
    return folder


data_option = click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path(".lobbyline"), envvar="LOBBYLINE_DATA",
    show_default=True, callback=private, help="The folder that holds everything of a store.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for programs.")


def command(data: Path, name: str, arguments: Json) -> Json:
    """Run a set-up command where the store is open; what was not given is left out."""
    return command_with_nulls(data, name, {key: value for key, value in arguments.items() if value is not None})


def command_with_nulls(data: Path, name: str, arguments: Json) -> Json:
    """The same with every argument, where null means something."""
    result: Json = or_fail(lambda: _here_or_there(data, name, arguments))
    return result


def _here_or_there(data: Path, name: str, arguments: Json) -> Json:
    from db.errors import ServerRunning

    try:
        return _run_here(data, name, arguments)
    except ServerRunning:
        return _ask_server(control(data), name, arguments)


def control(data: Path) -> Json:
    """Where the server that has the store listens; it writes this file right after it has taken the store."""
    found: Json = {}
    for _ in range(CONTROL_TRIES):
        with suppress(OSError, ValueError):
            found = json.loads((data / "control.json").read_text())
            break
        time.sleep(0.1)
    else:
        fail("a program has this store open, but does not say where it listens. Stop it and try again.")
    return found


def _ask_server(at: Json, name: str, arguments: Json) -> Json:
    import httpx

    from lobby.certificate import trust

    headers = {"Authorization": f"Bearer {at['token']}", "Accept-Language": "en"}
    url = f"{at['url']}/api/v1/commands/{name}"
    try:
        answer = httpx.post(
            url, json=arguments, headers=headers, timeout=120, trust_env=False, verify=trust(at.get("certificate"))
        )
        body: Json = answer.json()
    except (httpx.TransportError, ValueError):
        fail(f"the server at {at['url']} does not answer. Stop it and try again.")
    if answer.is_error:
        details = [f"{it['field']}: {it['detail']}" for it in body["errors"] if it["detail"] != body["detail"]]
        fail(" ".join([body["detail"], *details]))
    return body


def _run_here(data: Path, name: str, arguments: Json) -> Json:
    from db.store import opened

    store = opened(data)  # where a server has the store, nothing more needs to be loaded

    from counter.web import Context
    from lobby import commands, printer_commands, sample
    from lobby.clock import Clock

    clock = Clock()
    try:
        store.write(lambda conn: sample.create_if_new(conn, clock()))
        context = Context(
            store, clock, "http://127.0.0.1:8080", print_test=lambda name: printer_commands.test_here(store, name)
        )
        return commands.run(context, name, arguments, "command")
    finally:
        store.close()


def or_fail(work: Callable[[], Any], word: Callable[[Any], str] = str) -> Any:
    """Run; a refusal is one clear line, as `word` puts it, and exit code 1."""
    from pydantic import ValidationError

    from db.errors import LobbyError

    try:
        return work()
    except LobbyError as refused:
        fail(" ".join([word(refused), *(f"{fault.field}: {word(fault)}" for fault in refused.faults)]))
    except ValidationError as invalid:
        fail("; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in invalid.errors()))
    except sqlite3.Error as error:
        fail(f"the store's database cannot be used: {error}")
    except OSError as error:
        fail(f"{error.strerror or error}: {error.filename or ''}".rstrip(": "))


def say(line: str) -> None:
    """A line for whoever waits for it, at once."""
    click.echo(line)
    sys.stdout.flush()


def show(result: Json, as_json: bool) -> None:
    """An outcome: one line of JSON for programs, else a line for each value."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False))
        return
    for key, value in result.items():
        if value is not None:
            click.echo(f"{key}: {value}")


def fail(line: str) -> NoReturn:
    """Say what went wrong, and end with exit code 1."""
    click.echo(f"lobbyline: {line}", err=True)
    sys.exit(1)
