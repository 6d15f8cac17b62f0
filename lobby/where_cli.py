"""Owns how a command line says where a server listens: address and port, TLS, proxies in front. Two programs serve."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from lobby.listening import Address


HERE = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Where:
    """What was said."""

    host: str
    port: int
    cert: Path | None
    key: Path | None
    proxies: int

    @property
    def words(self) -> list[str]:
        """The same on a command line that works in any folder."""
        files = (
            ["--cert", str(self.cert.absolute()), "--key", str(self.key.absolute())] if self.cert and self.key else []
        )
        proxies = ["--behind-proxy", str(self.proxies)] if self.proxies else []
        return ["--host", self.host, "--port", str(self.port), *files, *proxies]

    def address(self) -> "Address":
        """The same for the server. Call it once the libraries of sockets are as the server wants them."""
        from lobby.certificate import Pair
        from lobby.listening import Address

        return Address(
            self.host, self.port, Pair(self.cert, self.key) if self.cert and self.key else None, self.proxies
        )


def where_option(*, port: int, who: str, host: str = HERE) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Options of a command, which gets `where`. `port` is the usual one; `who` would come from other machines.

    `host`: where it listens unless a proxy is in front, which nobody is to go around.
    """
    options = (
        click.option(
            "--host", show_default=host if host == HERE else f"{host}; {HERE} behind a proxy",
            help=f"0.0.0.0 lets {who} in.",
        ),
        click.option(
            "--port", type=click.IntRange(0, 65535), default=port, show_default=True, help="0 takes a free one."
        ),
        click.option("--cert", type=click.Path(path_type=Path), help="Serve over TLS with this certificate (PEM)."),
        click.option("--key", type=click.Path(path_type=Path), help="And its private key (PEM, without a passphrase)."),
        click.option(
            "--behind-proxy", "proxies", type=click.IntRange(0, 5), default=0, is_flag=False, flag_value=1,
            help="So many proxies in front (1 if no number is given) say who asks, and whether over TLS.",
        ),
    )  # fmt: skip

    def add(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def called(port: int, cert: Path | None, key: Path | None, proxies: int, **others: Any) -> None:
            if (cert is None) != (key is None):
                raise click.UsageError("--cert and --key go together.")
            at = others.pop("host") or (HERE if proxies else host)
            command(where=Where(at, port, cert, key, proxies), **others)

        for option in reversed(options):
            called = option(called)
        return called

    return add
