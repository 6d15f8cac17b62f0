"""Owns the command line's `install`: a computer starts what it is for by itself, after it has said what that takes."""

from pathlib import Path
from urllib.parse import urlsplit

import click

from lobby.cli import main
from lobby.terminal import fail, or_fail
from lobby.where_cli import Where, where_option

_DATA = Path("/var/lib/lobbyline")


@main.command("install")
@click.option("--server", is_flag=True, help="This computer serves the store.")
@click.option("--kiosk", "--display", "link", metavar="LINK", help="It shows the screen of this enrolment link.")
@click.option("--agent", metavar="URL", help="It prints for the kiosk it is; the address of the server.")
@click.option("--token", envvar="LOBBYLINE_AGENT_TOKEN", help="With --agent: the printer's token.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), default=_DATA, show_default=True)
@where_option(port=8080, who="kiosks, screens and phones", host="0.0.0.0")  # noqa: S104 — for the lobby
@click.option("--root", type=click.Path(file_okay=False, path_type=Path), default=Path("/"), help="Of another disk.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def install(
    server: bool,
    link: str | None,
    agent: str | None,
    token: str | None,
    data: Path,
    where: Where,
    root: Path,
    yes: bool,
) -> None:
    """Start the server, a screen or a print agent with this computer. Says first what it will do, and asks."""
    from lobby import installing

    if [server, bool(link), bool(agent)].count(True) != 1:
        fail("say what this computer is: one of --server, --kiosk LINK, --display LINK, --agent URL.")
    if server:
        if not where.port:
            fail("give the port it is to have at every start.")
        plan = installing.server(data.absolute(), where)
    elif link:
        plan = installing.screen(_address(link))
    else:
        plan = installing.agent(_address(str(agent)), token or fail("give the printer's token with --token."))
    click.echo("This will:")
    for line in installing.in_words(plan, root):
        click.echo(f"  {line}")
    if not yes:
        click.confirm("Go on?", abort=True)
    or_fail(lambda: installing.carry_out(plan, root))
    click.echo(f"done: {plan.unit}" + ("" if root == Path("/") else f"; enable it there: systemctl enable {plan.unit}"))


def _address(given: str) -> str:
    from lobby.install_errors import NotALink

    parts = urlsplit(given)
    if parts.scheme not in {"http", "https"} or not parts.netloc or not given.isprintable() or " " in given:
        fail(str(NotALink(given=given)))
    return given
