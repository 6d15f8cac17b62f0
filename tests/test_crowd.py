"""The crowd of a demo: the same seed brings the same people, and a log's people come as it says."""

import csv
import io
from datetime import date

import pytest

from kiosk.errors import BadFile
from lobby import crowd, sample
from lobby.crowd import Span

DAY = date(2026, 11, 21)
SERVICES = {service.code: service for service in sample.SERVICES}
HEADING = "date,arrived,service,priority,waited_s,outcome,served_s,server\n"
LOG = HEADING + (
    "1999-02-07,8:00:10,PS,vip,5,abandoned,0,\n"
    "1999-02-07,7:02:55,PS,ordinary,0,served,166,S01\n"
    "1999-02-07,8:30:00,NW,unknown,0,served,0,S02\n"
    "1999-02-08,9:00:00,PS,vip,0,served,10,S03\n"
)


def a_day(seed: int = 1, span: Span | None = None) -> crowd.Crowd:
    return crowd.from_profile(seed, span or Span(DAY), SERVICES, counters=6)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_same_seed_brings_the_same_people() -> None:
    assert a_day(7) == a_day(7)
    assert a_day(7) != a_day(8)


def test_a_day_is_as_busy_as_its_profile_says() -> None:
    visits = a_day().visits
    work_s = sum(visit.service_s + crowd.WALK_MEAN_S for visit in visits)
    expected_s = sum(crowd.LOADS) * crowd.HALF_HOUR_S * 6
    assert work_s == pytest.approx(expected_s, rel=0.15)


def test_customers_come_in_order_within_the_span() -> None:
    times = [visit.arrives_s for visit in a_day(span=Span(DAY, 36_000, 39_600)).visits]
    assert times == sorted(times)
    assert 36_000 <= times[0] <= times[-1] < 39_600


def test_people_behave_in_the_shares_they_should() -> None:
    visits = [visit for seed in range(5) for visit in a_day(seed).visits]

    def share(count: int) -> float:
        return count / len(visits)

    assert share(sum(visit.phone is not None for visit in visits)) == pytest.approx(crowd.VIPS, abs=0.02)
    assert share(sum(visit.booking is not None for visit in visits)) == pytest.approx(crowd.APPOINTMENTS, abs=0.02)
    assert share(sum(visit.walk_s is None for visit in visits)) == pytest.approx(crowd.NO_SHOWS, abs=0.01)
    assert share(sum(visit.service == "plan" for visit in visits)) == pytest.approx(crowd.SHARES["plan"], abs=0.03)


def test_every_vip_has_a_card_and_every_booking_a_line() -> None:
    today = a_day()
    cards = {row["phone"] for row in rows(today.members_csv)}
    bookings = {row["code"]: row for row in rows(today.appointments_csv)}
    assert cards == {visit.phone for visit in today.visits if visit.phone}
    assert set(bookings) == {visit.booking for visit in today.visits if visit.booking}
    assert all(row["phone"] not in cards for row in bookings.values())


def test_bookings_are_kept_around_their_slots() -> None:
    today = a_day()
    slots = {row["code"]: row["time"] for row in rows(today.appointments_csv)}
    for visit in today.visits:
        if visit.booking:
            hours, minutes = slots[visit.booking].split(":")
            assert abs(int(hours) * 3600 + int(minutes) * 60 - visit.arrives_s) <= crowd.SLOT_S


def test_a_log_is_played_as_it_was_recorded() -> None:
    first, second, third = crowd.from_log(crowd.read_log(LOG, "1999-02-07"), Span(DAY), SERVICES).visits
    assert (first.arrives_s, first.service, first.service_s, first.patience_s) == (25_375, "plan", 166, None)
    assert (second.arrives_s, second.service, second.patience_s) == (28_810, "plan", 5)
    assert second.phone is not None
    assert (third.service, third.service_s) == ("billing", SERVICES["billing"].mean_s)
    assert third.phone is None


def test_a_logs_rarest_services_share_the_last_of_ours() -> None:
    lines = [f"1999-02-07,8:00:0{i},{code},ordinary,0,served,9,S1\n" for i in range(7) for code in "ABCDEFG"[: 7 - i]]
    played = crowd.from_log(crowd.read_log(HEADING + "".join(lines), "1999-02-07"), Span(DAY), SERVICES)
    assert {visit.service for visit in played.visits} == set(SERVICES)


def test_a_log_tells_how_many_worked_and_when_it_begins() -> None:
    logged = crowd.read_log(LOG, "1999-02-07")
    assert crowd.servers(logged) == 2
    assert crowd.first_arrival_s(logged) == 25_375


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a,b\n1,2\n", "the heading lacks date"),
        (LOG, "no day 1999-02-09, only 1999-02-07, 1999-02-08"),
        (LOG.replace("07,8:30:00", "09,8 o'clock"), "“8 o'clock” is not a time"),
    ],
)
def test_what_is_no_log_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(BadFile, match=reason):
        crowd.from_log(crowd.read_log(text, "1999-02-09"), Span(DAY), SERVICES)
