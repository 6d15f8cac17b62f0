"""Owns making a computer start what it is for by itself: which files that takes, which commands, and doing it."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from lobby.install_errors import CommandFailed, NotForTheService, NotLinux, NotRoot, PackageMissing
from lobby.where_cli import Where

_UNITS = files("lobby") / "units"
ORDINARY_PORTS = 1024
"""From here on anybody may listen."""
_AS_SERVICE = ["runuser", "--user=lobbyline", "--"]
_SYSTEMD, _SYSUSERS = "etc/systemd/system", "etc/sysusers.d"


@dataclass(frozen=True, slots=True)
class File:
    """A file to write: its path below the root, its text, and who may read it."""

    path: str
    text: str
    mode: int = 0o644


@dataclass(frozen=True, slots=True)
class Plan:
    """What an installation does: files, then commands. It `needs` programs; `folder` becomes the service's own.

    The service `reads` files that are there already.
    """

    unit: str
    files: Sequence[File]
    needs: Sequence[str] = ()
    reads: Sequence[Path] = ()
    folder: Path | None = None

    @property
    def commands(self) -> list[list[str]]:
        """In this order; each may be run again."""
        owned = ["install", "--directory", "--owner=lobbyline", "--group=lobbyline", "--mode=700"]
        return [
            ["systemd-sysusers"],
            *([*_AS_SERVICE, "test", "-r", str(path)] for path in self.reads),
            *([[*owned, str(self.folder)]] if self.folder else []),
            ["systemctl", "daemon-reload"],
            ["systemctl", "enable", self.unit],
            ["systemctl", "restart", self.unit],
        ]


def server(data: Path, where: Where) -> Plan:
    """The store's server on `data` (an absolute path)."""
    filled: dict[str, str | list[str]] = {
        "program": _program(),
        "data": str(data),
        "where": where.words,
        "capabilities": "CAP_NET_BIND_SERVICE" if where.port < ORDINARY_PORTS else "",
    }
    return Plan(
        "lobbyline.service",
        [_unit("lobbyline.service", filled), File(f"{_SYSUSERS}/lobbyline.conf", _text("lobbyline.sysusers"))],
        reads=[path.absolute() for path in (where.cert, where.key) if path],
        folder=data,
    )


def agent(server_url: str, token: str) -> Plan:
    """A kiosk's own printer."""
    filled = {"program": _program(), "server": server_url}
    return Plan(
        "lobbyline-agent.service",
        [
            _unit("lobbyline-agent.service", filled),
            File("etc/lobbyline/agent.env", f"LOBBYLINE_AGENT_TOKEN={token}\n", 0o600),
            File(f"{_SYSUSERS}/lobbyline.conf", _text("lobbyline.sysusers")),
        ],
    )


def screen(link: str) -> Plan:
    """A computer that shows one page and nothing else: a kiosk or a display, by its enrolment link."""
    return Plan(
        "lobbyline-screen.service",
        [
            _unit("lobbyline-screen.service", {"link": link}),
            File("etc/pam.d/lobbyline-screen", _text("lobbyline-screen.pam")),
            File(f"{_SYSUSERS}/lobbyline-screen.conf", _text("lobbyline-screen.sysusers")),
        ],
        needs=("cage", "chromium"),
    )


def in_words(plan: Plan, root: Path) -> list[str]:
    """What the plan does, a line each: files with what they are now, then commands."""
    lines = [f"{_verb(root, file)} {root / file.path}" for file in plan.files]
    return lines + [f"run     {' '.join(command)}" for command in plan.commands if root == Path("/")]


def carry_out(plan: Plan, root: Path) -> None:
    """Write the files and run the commands; below another root than `/` the files only.

    Raises `NotLinux`, `NotRoot`, `PackageMissing` before anything is changed, then `OSError`, `CommandFailed` and,
    before the service is started, `NotForTheService`.
    """
    if root == Path("/"):
        _require(plan)
    for file in plan.files:
        _write(root / file.path, file)
    if root == Path("/"):
        for command in plan.commands:
            _run(command)


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 — our own words
    if done.returncode and list(command[: len(_AS_SERVICE)]) == _AS_SERVICE:
        raise NotForTheService(file=command[-1])
    if done.returncode:
        raise CommandFailed(command=" ".join(command), why=done.stderr.strip())


def _require(plan: Plan) -> None:
    if not Path("/run/systemd/system").is_dir():
        raise NotLinux
    if os.geteuid() != 0:
        raise NotRoot
    missing = [name for name in plan.needs if not Path("/usr/bin", name).exists()]
    if missing:
        raise PackageMissing(packages=" ".join(missing))


def _write(path: Path, file: File) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.touch(mode=file.mode)
    new.chmod(file.mode)
    new.write_text(file.text)
    new.replace(path)


def _verb(root: Path, file: File) -> str:
    path = root / file.path
    if not path.exists():
        return "write  "
    return "keep   " if path.read_text() == file.text else "replace"


def _unit(name: str, filled: Mapping[str, str | list[str]]) -> File:
    words = {key: [value] if isinstance(value, str) else value for key, value in filled.items()}
    text = _text(name).format_map({key: " ".join(map(_escaped, value)) for key, value in words.items()})
    return File(f"{_SYSTEMD}/{name}", text)


def _escaped(value: str) -> str:
    """One word of a unit's command line. Source: systemd.service(5), systemd.syntax(7)."""
    return value.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$").replace('"', '\\"').replace(" ", "\\x20")


def _text(name: str) -> str:
    return (_UNITS / name).read_text()


def _program() -> str:
    """The `lobbyline` that is running now."""
    return str(Path(sys.executable).with_name("lobbyline"))
