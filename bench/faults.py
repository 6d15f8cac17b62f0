"""Owns the proof that a store survives: the plug is pulled under load, the power is cut in the middle of a write.

Pulled plugs: see `bench/plug.py`. Cut power: see `bench/power.py`. The aims are zeros: nothing that was answered is
lost or doubled, nothing that lies on the disk cannot be opened.
"""

import sys
import time

from bench.harness import Aim, finish, median, number, options, table
from bench.plug import pull
from bench.power import cut

KILLS, QUICK_KILLS = 200, 2
MOMENTS, QUICK_MOMENTS = 200, 10
SEED = 1


def main() -> int:
    """Run it; the exit code."""
    given = options("Nothing that was answered is lost, whatever happens to the machine.")
    began = time.monotonic()
    cuts = cut(QUICK_MOMENTS if given.quick else MOMENTS, SEED)
    survived = pull(QUICK_KILLS if given.quick else KILLS, SEED)
    rows = [
        ("servers killed", f"{survived.kills:,}"),
        ("of them while starting", f"{survived.while_starting:,}"),
        ("changes answered", f"{survived.answered:,}"),
        ("requests asked again after a kill", f"{survived.repeats:,}"),
        ("median start after a kill, s", number(median(survived.starts_s))),
        ("copies of a moment opened", f"{cuts.moments:,}"),
        ("of them with something to recover", f"{cuts.recovered:,}"),
        ("WALs cut short", f"{cuts.cut_short:,}"),
        ("WALs with a torn page", f"{cuts.torn:,}"),
        ("lost, doubled or broken", str(len(survived.faults) + len(cuts.faults))),
        ("seconds in all", number(time.monotonic() - began)),
    ]
    table("What was tried", ("", "figure"), rows)
    for fault in [*survived.faults, *cuts.faults]:
        print(f"FAULT  {fault}")
    aims = [
        Aim("faults after pulled plugs", len(survived.faults), 0, ""),
        Aim("faults after cut power", len(cuts.faults), 0, ""),
    ]
    figures = {
        "kills": survived.kills,
        "answered": survived.answered,
        "repeats": survived.repeats,
        "start_s": round(median(survived.starts_s), 2),
        "moments": cuts.moments,
        "cut_short": cuts.cut_short,
        "torn": cuts.torn,
    }
    return finish(given, "faults", figures, aims)


if __name__ == "__main__":
    sys.exit(main())
