"""Owns issuing on disks that take their time to sync: bare commits and 8 kiosks, by turns.

What a durable number costs in bare commits hangs on the disk. A virtual disk may not really sync and takes 0.1 ms; an
SSD without a battery takes 1 to 5 ms, a hard disk or a memory card 10. So a library (`bench/slow_sync.c`) is loaded
before libc, in the server and in whoever commits barely, and holds each of their syncs.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.busy import cast
from bench.harness import Spread, served, store_folder
from bench.live import Rate, measure_issue

_SOURCE = Path(__file__).with_name("slow_sync.c")


def measure_slow_disks(delays_ms: Sequence[int], rounds: int, bursts: int) -> dict[int, dict[str, Rate]]:
    """What `measure_issue` gives where each sync takes so many ms more."""
    with _library() as library:
        return {delay_ms: _measured(library, delay_ms, rounds, bursts) for delay_ms in delays_ms}


@contextmanager
def _library() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        library = Path(folder) / "slow_sync.so"
        subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", library, _SOURCE, "-ldl"], check=True)
        yield library


def _measured(library: Path, delay_ms: int, rounds: int, bursts: int) -> dict[str, Rate]:
    words = [sys.executable, "-m", "bench.slow_disk", str(rounds), str(bursts)]
    environment = {**os.environ, "LD_PRELOAD": str(library), "SYNC_MS": str(delay_ms)}
    done = subprocess.run(words, check=True, stdout=subprocess.PIPE, env=environment, cwd=Path(__file__).parents[1])
    return {
        name: Rate(**{**rate, "spread": Spread(**rate["spread"])}) for name, rate in json.loads(done.stdout).items()
    }


def _measure_here(rounds: int, bursts: int) -> None:
    with store_folder() as folder:
        who = cast(folder)
        with served(folder) as store:
            rates = measure_issue(store, who.kiosks[0], rounds, bursts)
    print(json.dumps({name: asdict(rate) for name, rate in rates.items()}))


if __name__ == "__main__":
    _measure_here(*map(int, sys.argv[1:]))
