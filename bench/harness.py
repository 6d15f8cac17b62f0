"""Owns what every bench shares: its options, a store served for the run, percentiles, the table, the aims.

A bench is a script: `.venv/bin/python bench/live.py [--quick] [--json] [--check]`. It prints a table that a person can
read; with `--json` the last line of its output is the same as JSON; with `--check` it exits with 1 if an aim is missed.
"""

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

Json = dict[str, Any]
_PROGRAM = Path(sys.executable).with_name("lobbyline")
_STOP_S = 10


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

    quick: bool
    as_json: bool
    check: bool
    phones: int = 0
    sizes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Aim:
    """Something the product promises: `measured` is at most `limit`, both in `unit`."""

    name: str
    measured: float
    limit: float
    unit: str

    @property
    def is_met(self) -> bool:
        """Whether the promise is kept."""
        return self.measured <= self.limit


class Machine:
    """How busy other programs keep this machine while a bench runs, from the moment this is made."""

    def __init__(self) -> None:
        self._busy, self._all = _cpu_s()
        self._own = sum(os.times()[:4])

    def others(self) -> float:
        """The share (0 to 1) of all CPUs that went to others so far; ended child processes count as our own."""
        busy, every = _cpu_s()
        own = sum(os.times()[:4]) - self._own
        return max(0.0, busy - self._busy - own) / max(0.01, every - self._all)


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 99th percentile of some durations, in ms."""

    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Served:
    """A store that is being served: its folder and the port on 127.0.0.1."""

    folder: Path
    port: int
    pid: int

    def cpu_s(self) -> float:
        """The server's CPU time so far."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_kb(self) -> float:
        """What the server has in memory now."""
        return float(Path(f"/proc/{self.pid}/status").read_text().partition("VmRSS:")[2].split()[0])

    def command(self, *arguments: str) -> Json:
        """Run `lobbyline ARGUMENTS --json` beside the server and return what it prints."""
        return lobbyline(self.folder, *arguments)


def _cpu_s() -> tuple[float, float]:
    """Busy and all CPU time since the machine's start, in s."""
    figures = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
    user, nice, system, idle, waiting, *rest = (int(figure) / os.sysconf("SC_CLK_TCK") for figure in figures)
    busy = user + nice + system + sum(rest)
    return busy, busy + idle + waiting


def options(description: str, *, phones: bool = False, sizes: Mapping[str, tuple[int, int]] | None = None) -> Options:
    """Parse the options that all benches have, with `phones` how many of them follow the lobby; and `sizes` by name,
    each as it is in a full and in a quick run.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="smaller counts; less than 25 s")
    parser.add_argument("--json", action="store_true", dest="as_json", help="end with one line of JSON")
    parser.add_argument("--check", action="store_true", help="exit with 1 if an aim is missed")
    if phones:
        parser.add_argument("--phones", type=int, default=0, metavar="N", help="also a lobby that N phones follow")
    for name, (full, quick) in (sizes or {}).items():
        parser.add_argument(f"--{name}", type=int, metavar="N", help=f"how many; else {full}, with --quick {quick}")
    given = parser.parse_args()
    chosen = {
        name: getattr(given, name) or (quick if given.quick else full) for name, (full, quick) in (sizes or {}).items()
    }
    return Options(given.quick, given.as_json, given.check, given.phones if phones else 0, chosen)


def lobbyline(folder: Path, *arguments: str) -> Json:
    """Run one command of the product on a store's folder and return the JSON it prints."""
    words = [str(_PROGRAM), *arguments, "--data", str(folder), "--json"]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)
    answer: Json = json.loads(done.stdout)
    return answer


@contextmanager
def store_folder() -> Iterator[Path]:
    """A store's folder for this run, gone afterwards. It is beside this file: /tmp is memory on many machines."""
    with tempfile.TemporaryDirectory(prefix=".store-", dir=Path(__file__).parent) as name:
        yield Path(name)


@contextmanager
def served_store(prepare: Callable[[Path], None] = lambda _: None) -> Iterator[Served]:
    """A new sample store, served by a process of its own, which ends with the context; `prepare` fills it before."""
    with store_folder() as folder:
        prepare(folder)
        with served(folder) as store:
            yield store


@contextmanager
def served(folder: Path) -> Iterator[Served]:
    """The store of a folder, served by a process of its own until the context ends."""
    with (folder / "server.log").open("w") as log:
        words = [str(_PROGRAM), "serve", "--port", "0", "--data", str(folder)]
        server = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            yield Served(folder, _port(server), server.pid)
        finally:
            end(server)


def _port(server: "subprocess.Popen[str]") -> int:
    assert server.stdout is not None
    for line in server.stdout:
        if line.startswith("ready "):
            return int(line.rpartition(":")[2].rstrip("/\n"))
    raise RuntimeError("the server ended before it was ready")


def end(process: "subprocess.Popen[Any]") -> None:
    """End a process that this run started."""
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all values do not exceed; NaN of nothing."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def spread_ms(durations_s: Sequence[float]) -> Spread:
    """Median and p99, in ms, of durations in seconds."""
    return Spread(percentile(durations_s, 0.5) * 1000, percentile(durations_s, 0.99) * 1000)


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return percentile(values, 0.5)


def number(value: float) -> str:
    """Three significant figures, as people write them: 0.123, 4.56, 78.9, 1,234."""
    if math.isnan(value):
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.{2 - math.floor(math.log10(value)) if value >= 0.001 else 3}f}"


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table: the first column to the left, figures to the right."""
    widths = [max(_width(row[column]) for row in (headings, *rows)) for column in range(len(headings))]
    print(f"\n{title}")
    for row in (headings, ["─" * width for width in widths], *rows):
        first, *figures = (
            _pad(cell, width, left=at == 0) for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join([first, *figures]).rstrip())


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _pad(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text


def finish(given: Options, name: str, figures: Json, aims: Sequence[Aim]) -> int:
    """Print which aims are met, then the JSON line if asked for; return the exit code."""
    print()
    for aim in aims:
        said = f"{number(aim.measured)} {aim.unit} (aim: at most {number(aim.limit)} {aim.unit})"
        print(f"{'met   ' if aim.is_met else 'MISSED'}  {aim.name}: {said}")
    missed = [aim.name for aim in aims if not aim.is_met]
    if given.check and missed:
        print(f"{name}: missed: {'; '.join(missed)}", file=sys.stderr)
    if given.as_json:
        said_aims = [{"name": a.name, "measured": a.measured, "limit": a.limit, "unit": a.unit} for a in aims]
        print(json.dumps({"bench": name, "quick": given.quick, **figures, "aims": said_aims, "missed": missed}))
    return 1 if given.check and missed else 0
