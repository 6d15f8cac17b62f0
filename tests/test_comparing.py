"""Comparing the rules from the command line: the same customers for each, from a description or a log."""

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner
from lobby_stage import CHEN, Stage
from PIL import Image

from db import tickets
from db.ticket_records import TicketState
from lobby.program import main

HEADING = "date,arrived,service,priority,waited_s,outcome,served_s,server\n"
LOG = f"""{HEADING}1999-02-01,9:00:00,PS,ordinary,0,served,600,S01
1999-02-01,9:01:00,PS,ordinary,540,served,60,S01
1999-02-01,9:02:00,NW,vip,0,served,60,S01
1999-02-01,9:03:00,PS,ordinary,30,abandoned,0,
1999-02-01,9:04:00,PS,ordinary,0,abandoned,0,
1999-02-02,9:00:00,PS,ordinary,0,served,60,S02
"""


def simulated(*arguments: str) -> list[dict[str, Any]]:
    done = CliRunner().invoke(main, ["simulate", *arguments, "--json"], catch_exceptions=False)
    rows: list[dict[str, Any]] = json.loads(done.stdout)["rules"]
    return rows


@pytest.fixture
def log(tmp_path: Path) -> str:
    file = tmp_path / "log.csv"
    file.write_text(LOG)
    return str(file)


def test_every_rule_meets_the_same_customers_and_the_same_seed_gives_the_same_table() -> None:
    rows = simulated("--days", "2", "--load", "1.1")
    assert [row["rule"] for row in rows] == ["promise", "fifo", "strict", "ratio"]
    assert len({row["customers"] for row in rows}) == 1
    assert rows == simulated("--days", "2", "--load", "1.1")
    assert rows != simulated("--days", "2", "--load", "1.1", "--seed", "2")


def test_more_counters_bring_more_customers_at_the_same_load_and_no_vips_have_no_figures() -> None:
    few, many = (simulated("--days", "1", "--counters", n, "--vip-share", "0")[0] for n in ("2", "8"))
    assert few["customers"] < many["customers"]
    assert few["vip_mean_min"] is None


def test_a_log_is_played_as_recorded(log: str) -> None:
    """One counter, busy until 9:10; then `fifo` calls PS, VIP, `strict` VIP, PS. One left after 30 s, one at once."""
    by_rule = {row["rule"]: row for row in simulated("--log", log, "--date", "1999-02-01")}
    fifo, strict = by_rule["fifo"], by_rule["strict"]
    assert (fifo["customers"], fifo["abandoned_percent"]) == (4, 25)
    assert (fifo["vip_mean_min"], fifo["ordinary_mean_min"]) == (9, 4.5)
    assert (strict["vip_mean_min"], strict["ordinary_mean_min"]) == (8, 5)
    assert (fifo["overtakes_per_ordinary"], strict["overtakes_per_ordinary"]) == (0, pytest.approx(1 / 3, abs=0.01))


def test_the_table_is_printed_written_and_drawn(tmp_path: Path) -> None:
    table, drawn, painted = (tmp_path / name for name in ("t.csv", "p.svg", "p.png"))
    for picture in (drawn, painted):
        arguments = ["simulate", "--days", "1", "--csv", str(table), "--picture", str(picture)]
        done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert [line["rule"] for line in csv.DictReader(table.read_text().splitlines())] == done.stdout.split("\n")[
        0
    ].split()[1:]
    bars = ET.fromstring(drawn.read_text()).iter("{http://www.w3.org/2000/svg}rect")
    assert len(list(bars)) == 1 + 3 * 4
    with Image.open(painted) as image:
        assert len(image.getcolors(10_000) or ()) > 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--date", "1999-03-01"), "no day 1999-03-01"),
        ((), "which day"),
    ],
)
def test_a_day_that_is_not_in_the_log_is_refused(log: str, arguments: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(main, ["simulate", "--log", log, *arguments])
    assert (done.exit_code, said in done.stderr) == (1, True)


def test_the_stores_own_day_is_played_with_its_own_counters_and_people(stage: Stage) -> None:
    """Counter 4 is busy ten minutes with the first of three plans; the second left after five, the third is a VIP."""
    stage.open(4, stage.lin)
    stage.issue()
    stage.call(4, stage.lin)
    left = stage.issue().ticket
    stage.issue(member=CHEN)
    stage.serve(4, stage.lin, minutes=10)
    stage.call(4, stage.lin)
    stage.serve(4, stage.lin, minutes=2)
    stage.store.write(lambda conn: tickets.end(conn, left.id, left.state, TicketState.CANCELLED, left.issued_at + 300))
    folder = str(stage.store.folder)
    by_rule = {row["rule"]: row for row in simulated("--own", "2026-11-21", "--data", folder)}
    fifo = by_rule["fifo"]
    assert (fifo["customers"], fifo["vip_mean_min"], fifo["abandoned_percent"]) == (3, 10, 33.33)
    assert fifo["utilisation_percent"] == 100
    for day, data in (("2026-11-20", folder), ("2026-11-21", f"{folder}/nowhere")):
        done = CliRunner().invoke(main, ["simulate", "--own", day, "--data", data])
        assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
        assert ("2026-11-21" if data == folder else "no store") in done.stderr


def test_impatience_and_lunch_change_a_described_day() -> None:
    calm, impatient, hungry = (
        simulated("--days", "1", *more)[0] for more in ((), ("--patience", "5"), ("--lunch", "45"))
    )
    assert calm["abandoned_percent"] == 0 < impatient["abandoned_percent"]
    assert hungry["ordinary_p95_min"] > calm["ordinary_p95_min"]
    assert hungry["utilisation_percent"] > calm["utilisation_percent"]


@pytest.mark.parametrize(
    "arguments", [("--vip-share", "0.6", "--appointment-share", "0.6"), ("--days", "1", "--picture", "p.gif")]
)
def test_what_cannot_be_is_refused_in_one_line(arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, ["simulate", *arguments])
    assert done.exit_code == 1
    assert "lobbyline: --" in done.stderr
