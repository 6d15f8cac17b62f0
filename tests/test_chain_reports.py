"""The reports of a chain on a real PostgreSQL: what they say of one store is what the store's own reports say of it."""

import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chain_stage import Postgres
from hypothesis import given
from hypothesis import strategies as some

from bench import past_store
from bench.chain_year import made_up
from chain.days import leaving
from chain.errors import NotThisLine, UnknownStore
from chain.office import stores
from chain.office.asking import Wish, choices
from chain.office.database import Conn, Database
from chain.office.days import Days
from chain.office.errors import BadFacts, UnknownForm, UnknownRegion
from chain.office.figures import By
from chain.office.promises import read_inspection
from chain.office.reports import read_figures
from chain.office.sums import LONGEST_S, counted, packed
from chain.protocol import LARGEST_DAY, DayFacts, Hello
from chain.protocol import packed as on_the_line
from db import day_facts
from db.store import Store
from display import past, reports
from display.arrivals import expected
from display.errors import BadSpan
from display.inspection import inspection
from display.span import join
from display.ticket_facts import FORM, Facts, pack, unpack
from lobby import sample

FIRST, DAYS = date(2026, 9, 30), 2

LAST = FIRST + timedelta(days=DAYS - 1)
NOW = datetime(2026, 10, 20, tzinfo=UTC).timestamp()
LINE = "line"
REGIONS = {"浦东": "华东/上海", "徐汇": "华东/上海", "白云": "华南/广州"}
CALLED = {
    "service": {service.code: service.name for service in sample.SERVICES},
    "tier": {tier.code: tier.name for tier in sample.TIERS},
}
NOT_THERE = {"expected"}
"""What a chain does not foresee."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A head office's database that stores have told their days, and what they themselves say of them."""

    database: Database
    facts: dict[str, list[Facts]]
    told: dict[str, list[DayFacts]]
    ids: dict[str, int]

    def figures(self, **wish: Any) -> dict[str, Any]:
        with self.database.transaction() as conn:
            return read_figures(conn, Wish(**{"first": FIRST, "last": LAST, **wish}))

    def inspection(self, **wish: Any) -> dict[str, Any]:
        with self.database.transaction() as conn:
            return read_inspection(conn, Wish(**{"first": FIRST, "last": LAST, **wish}))


@pytest.fixture(scope="module")
def chain(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    folder = tmp_path_factory.mktemp("chain")
    database = Database(postgres.new_database(), 2)
    found = Chain(database, {}, {}, {})
    taking = Days(database)
    for n, (name, region) in enumerate(REGIONS.items()):
        found.facts[name] = _made_up(n) if n else _lived(folder / "lived")
        found.told[name] = [leaving(pack(facts), CALLED, with_staff_names=False) for facts in found.facts[name]]
        with database.transaction() as conn:
            found.ids[name] = _join(conn, name, region)
        for day in found.told[name]:
            taking.take(found.ids[name], LINE, day)
    yield found
    database.close()


def _lived(folder: Path) -> list[Facts]:
    """Days of the simulator in a real store."""
    store = Store(folder)
    past_store.write(store, FIRST, DAYS, past_store.Past(load=0.9, vip_share=0.7))
    for n in range(DAYS):
        past.keep(store, str(FIRST + timedelta(days=n)), NOW)
    with store.read() as conn:
        kept = day_facts.between(conn, str(FIRST), str(LAST), FORM).values()
    store.close()
    return [unpack(day) for day in kept]


def _made_up(seed: int) -> list[Facts]:
    """Days on which everything happens that can."""
    rng = np.random.default_rng(seed)
    return [made_up(str(FIRST + timedelta(days=n)), 150 + 100 * seed, rng) for n in range(DAYS)]


def _join(conn: Conn, name: str, region: str) -> int:
    store_id = stores.by_token(conn, stores.add(conn, name, region))
    assert store_id is not None
    hello = Hello(incarnation=0, newest=0, name_zh=name, name_en=name, timezone="Asia/Shanghai", program="1")
    stores.greet(conn, store_id, LINE, hello)
    return store_id


def _own(facts: list[Facts], by: reports.By) -> dict[str, Any]:
    """What a store's own report says."""
    return reports.report(join(facts), by, expected([]))


def _without(figures: dict[str, Any], *more: str) -> dict[str, Any]:
    return {key: value for key, value in figures.items() if key not in {*NOT_THERE, *more}}


def _in_order(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: (-row["issued"], row["group"]))


@pytest.mark.parametrize("by", [By.DAY, By.WEEK, By.MONTH, By.HOUR])
def test_every_figure_of_one_store_is_the_stores_own(chain: Chain, by: By) -> None:
    for name, facts in chain.facts.items():
        own, found = _own(facts, reports.By(by.value)), chain.figures(store=name, by=by)
        assert found["total"] == _without(own["total"])
        assert found["rows"] == [_without(row) for row in own["rows"]]
        assert found["total"]["wait_p95_s"] > 60
        assert found["total"]["counters_needed"] > 0


@pytest.mark.parametrize("by", [By.SERVICE, By.CLASS])
def test_so_it_is_by_service_and_class_most_customers_first(chain: Chain, by: By) -> None:
    for name, facts in chain.facts.items():
        own, found = _own(facts, reports.By(by.value)), chain.figures(store=name, by=by)
        assert found["total"] == _without(own["total"])
        assert found["rows"] == _in_order([_without(row) for row in own["rows"]])


def test_several_stores_are_counted_as_if_all_their_tickets_were_of_one(chain: Chain) -> None:
    for region, within in {
        "": list(REGIONS),
        "华东": ["浦东", "徐汇"],
        "华东/上海": ["浦东", "徐汇"],
        "华南": ["白云"],
    }.items():
        facts = [day for name in within for day in chain.facts[name]]
        found = chain.figures(region=region, by=By.HOUR)
        own = _own(facts, reports.By.HOUR)
        assert found["total"] == _without(own["total"])
        assert found["rows"] == [_without(row) for row in own["rows"]]
        assert (found["stores"], found["told"]) == (len(within), len(within))


def test_regions_and_stores_are_groups_one_step_down(chain: Chain) -> None:
    own = {name: _without(_own(facts, reports.By.DAY)["total"]) for name, facts in chain.facts.items()}
    by_store = chain.figures(by=By.STORE)["rows"]
    assert by_store == _in_order([{"group": name, **figures} for name, figures in own.items()])
    by_region = {row.pop("group"): row for row in chain.figures(by=By.REGION)["rows"]}
    assert by_region["华南"] == own["白云"]
    assert by_region["华东"] == chain.figures(region="华东")["total"]
    assert [row["group"] for row in chain.figures(region="华东", by=By.REGION)["rows"]] == ["华东/上海"]
    assert [row["group"] for row in chain.figures(region="华东/上海", by=By.REGION)["rows"]] == ["华东/上海"]


def test_days_beside_the_span_do_not_count(chain: Chain) -> None:
    second = FIRST + timedelta(days=1)
    found = chain.figures(store="浦东", first=second, last=second, by=By.DAY)
    assert [row["group"] for row in found["rows"]] == [str(second)]
    assert found["total"]["issued"] == len(chain.facts["浦东"][1].tickets)
    nobody = chain.figures(first=date(2026, 1, 1), last=date(2026, 1, 2))
    assert (nobody["total"]["issued"], nobody["total"]["wait_p90_s"], nobody["rows"], nobody["told"]) == (
        0,
        None,
        [],
        0,
    )


def test_the_inspection_report_of_one_store_is_the_stores_own(chain: Chain) -> None:
    order = [tier.code for tier in sample.TIERS]
    for name, facts in chain.facts.items():
        own, found = inspection(facts, order), chain.inspection(store=name, by=By.STORE)
        assert _by_kind(found["totals"]) == _by_kind([row for row in own["totals"] if row["came"]])
        assert _by_kind(found["months"]) == _by_kind(own["months"])
        assert {row["cause"]: row["misses"] for row in found["causes"]} == {
            row["cause"]: row["misses"] for row in own["causes"]
        }
        assert found["bookings"] == own["bookings"]
        assert found["missed"] == len(own["misses"]) > 0
        assert {_miss(row) for row in found["misses"]} == {_miss(row) for row in own["misses"]}
        assert all(row["store"] == name and row["since"].endswith("+08:00") for row in found["misses"])


def _by_kind(rows: list[dict[str, Any]]) -> dict[Any, dict[str, Any]]:
    return {(row.get("month"), row["class"], row["tier"]): row for row in rows}


def _miss(row: dict[str, Any]) -> tuple[Any, ...]:
    keys = ("day", "number", "class", "tier", "service", "limit_s", "waited_s", "counter", "state", "cause")
    return tuple(row[key] for key in keys)


def test_promises_of_regions_are_those_of_their_stores(chain: Chain) -> None:
    by_store = {row["group"]: row for row in chain.inspection(by=By.STORE)["rows"]}
    by_region = {row["group"]: row for row in chain.inspection(by=By.REGION)["rows"]}
    assert by_store.keys() == REGIONS.keys()
    for kind in ("vip", "appointment"):
        for key in ("came", "promised", "kept", "missed"):
            assert by_region["华东"][kind][key] == by_store["浦东"][kind][key] + by_store["徐汇"][kind][key]
    assert by_region["华东"]["missed"] == sum(row["misses"] for row in chain.inspection(region="华东")["causes"])


def test_a_day_told_twice_counts_once_and_the_newer_one_counts(chain: Chain) -> None:
    before, taking = chain.figures(), Days(chain.database)
    day = chain.told["浦东"][0]
    taking.take(chain.ids["浦东"], LINE, day)
    assert chain.figures() == before
    facts = chain.facts["浦东"][0]
    fewer = pack(replace(facts, tickets=facts.tickets[:5]))
    taking.take(chain.ids["浦东"], LINE, day.model_copy(update={"tickets": on_the_line(fewer.tickets)}))
    assert chain.figures()["total"]["issued"] == before["total"]["issued"] - len(facts.tickets) + 5
    assert chain.inspection()["missed"] < sum(
        int((one.tickets["kept"] == 0).sum()) for all_of in chain.facts.values() for one in all_of
    )
    taking.take(chain.ids["浦东"], LINE, day)
    assert chain.figures() == before


def test_names_of_staff_stay_in_the_store_unless_its_link_says_otherwise(chain: Chain) -> None:
    said = "".join(day.model_dump_json() for days in chain.told.values() for day in days)
    assert not [name for name in past_store.PEOPLE if name in said]
    facts = chain.facts["浦东"][0]
    day = leaving(pack(facts), {}, with_staff_names=True)
    assert all(name in day.about for name in facts.words["staff"])
    stays = [[shift.counter, shift.opens] for shift in facts.shifts]
    kept = unpack(replace(pack(facts), about=chain.told["浦东"][0].about))
    assert [[shift.counter, shift.opens] for shift in kept.shifts] == stays
    of_words = dict(zip(facts.words["staff"], kept.words["staff"], strict=True))
    assert [of_words[shift.staff] for shift in facts.shifts] == [shift.staff for shift in kept.shifts]


def _broken(day: DayFacts, facts: Facts) -> Iterator[DayFacts]:
    """What no store of ours tells."""
    for name, value in {
        "class": 9,
        "state": 99,
        "hour": 30,
        "service": 500,
        "tier": 500,
        "cause": 90,
        "wait_s": -5,
        "since": np.inf,
    }.items():
        tickets = facts.tickets.copy()
        tickets[name][0] = value
        yield day.model_copy(update={"tickets": on_the_line(tickets.tobytes())})
    yield day.model_copy(update={"tickets": on_the_line(facts.tickets.tobytes()[:-1])})
    yield day.model_copy(update={"tickets": on_the_line(facts.tickets.tobytes() * 2)})
    yield day.model_copy(update={"tickets": "no Base64"})
    yield day.model_copy(update={"posts": b64encode(b"not compressed").decode()})
    yield day.model_copy(update={"posts": b64encode(zlib.compress(bytes(LARGEST_DAY + 1))).decode()})
    yield day.model_copy(update={"about": "{}"})
    yield day.model_copy(update={"about": day.about.replace('"plan"', '"pl\\u0000an"')})
    yield day.model_copy(update={"day": "2026-02-31"})
    yield day.model_copy(update={"day": str(datetime.now(UTC).date() + timedelta(days=9))})
    yield day.model_copy(update={"names": {"service": {"plan": ("\0", "")}}})


def test_what_no_store_of_ours_tells_is_refused_and_changes_nothing(chain: Chain) -> None:
    before, taking = (chain.figures(), chain.inspection()), Days(chain.database)
    day, facts = chain.told["浦东"][0], chain.facts["浦东"][0]
    for broken in _broken(day, facts):
        with pytest.raises(BadFacts):
            taking.take(chain.ids["浦东"], LINE, broken)
    with pytest.raises(UnknownForm):
        taking.take(chain.ids["浦东"], LINE, day.model_copy(update={"form": FORM + 1}))
    with pytest.raises(NotThisLine):
        taking.take(chain.ids["浦东"], "an older line", day)
    assert (chain.figures(), chain.inspection()) == before


def test_what_there_is_to_choose_from_and_what_is_refused(chain: Chain) -> None:
    with chain.database.transaction() as conn:
        found = choices(conn)
    assert found["regions"] == ["华东", "华东/上海", "华南", "华南/广州"]
    assert {row["store"]: row["region"] for row in found["stores"]} == REGIONS
    assert chain.figures()["names"]["service"]["plan"]["zh"] == "套餐与号卡"
    for wrong, refusal in (
        ({"region": "华"}, UnknownRegion), ({"store": "无"}, UnknownStore),
        ({"last": FIRST - timedelta(days=1)}, BadSpan), ({"last": FIRST + timedelta(days=800)}, BadSpan),
    ):  # fmt: skip
        with pytest.raises(refusal):
            chain.figures(**wrong)


@given(some.lists(some.floats(0, LONGEST_S * 1.2, width=32), max_size=60), some.integers(1, 100))
def test_percentiles_are_those_of_the_waits_themselves(waits: list[float], percent: int) -> None:
    seconds = np.array(waits, np.float32).astype(float)
    exact = reports.percentile(np.sort(seconds), percent)
    content = packed(np.rint(seconds[:20])) + packed(np.rint(seconds[20:]))
    assert counted(content).percentile(percent) == (None if exact is None else min(exact, LONGEST_S))
