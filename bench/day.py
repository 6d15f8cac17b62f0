"""Owns the proof of a whole day: a bank's real customers through the running server, none lost, none doubled.

Usage: bench/day.py [--quick] [--json] [--check] [--speed N] [--log FILE] [--date D]
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

LOG = Path(__file__).parents[2] / "shared/data/bank-log.csv"
FULL_DAY, QUICK_DAY = "1999-02-07", "1999-02-05"
SPEED, QUICK_SPEED = 1200.0, 2400.0


def main() -> int:
    options = _options()
    if not options.log.exists():
        print(f"skipped: {options.log} is not here")
        return 0
    day = options.date or (QUICK_DAY if options.quick else FULL_DAY)
    summary = _play(options.log, day, options.speed or (QUICK_SPEED if options.quick else SPEED))
    print(json.dumps(summary) if options.json else _told(summary))
    return int(options.check and not _is_kept(summary))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A bank's day through the running server.")
    parser.add_argument("--quick", action="store_true", help=f"the quieter {QUICK_DAY} instead of {FULL_DAY}")
    parser.add_argument("--json", action="store_true", help="one line of JSON")
    parser.add_argument("--check", action="store_true", help="exit 1 unless every customer got exactly one ticket")
    parser.add_argument("--speed", type=float, help="how fast the clock runs")
    parser.add_argument("--log", type=Path, default=LOG)
    parser.add_argument("--date")
    return parser.parse_args()


def _play(log: Path, day: str, speed: float) -> dict[str, float | str]:
    """The demo's own summary; a broken promise shows in its figures, so its exit code is not looked at."""
    program = (sys.executable, "-c", "from lobby.program import main; main()", "demo", "--port", "0", "--json")
    options = ("--stop-when-done", "--speed", str(speed), "--log", str(log), "--date", day)
    done = subprocess.run([*program, *options], stdout=subprocess.PIPE, text=True, check=False)
    summary: dict[str, float | str] = json.loads(done.stdout.splitlines()[-1])
    return {"day": day, "speed": speed, **summary}


def _is_kept(summary: dict[str, float | str]) -> bool:
    ended = sum(float(summary[end]) for end in ("served", "cancelled", "no_show", "expired"))
    return summary["arrived"] == summary["held"] == summary["issued"] == ended


def _told(summary: dict[str, float | str]) -> str:
    return "\n".join(f"{name:10} {value}" for name, value in summary.items())


if __name__ == "__main__":
    sys.exit(main())
