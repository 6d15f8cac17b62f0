"""Booking over HTTP on a real server process: two hundred at once, who may call, what is hidden, the spreadsheet."""

import csv
import io
from collections import Counter as Tally
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import httpx
import pytest
from serving import Serving

from kiosk.booking_views import AppointmentView, SlotList

MEMBERS = "member_no,name,phone,tier,valid_from,valid_until\nV07000001,王秀英,13800136620,gold,2020-01-01,2099-12-31\n"
DAY = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
CUSTOMERS, PLACES = 200, 10


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("booking")
    with Serving(folder / "store") as serving:
        (folder / "members.csv").write_text(MEMBERS)
        serving.command("import", "members", str(folder / "members.csv"))
        yield serving


@pytest.fixture(scope="module")
def lin(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.sign_in("Lin")) as client:
        yield client


@pytest.fixture(scope="module")
def manager(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.sign_in("Mei", "manager")) as client:
        yield client


@pytest.fixture(scope="module")
def kiosk(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.device("kiosk", "door")["token"]) as client:
        yield client


@pytest.fixture(scope="module")
def hotline(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.device("api", "hotline")["token"]) as client:
        yield client


def _slots(client: httpx.Client, service: str = "plan") -> list[dict[str, Any]]:
    answer = client.get("/api/v1/slots", params={"service": service, "date": DAY})
    return list(SlotList.model_validate(answer.json()).model_dump()["slots"])


def _wish(slot: dict[str, Any], phone: str, **more: str) -> dict[str, str]:
    return {"service": "plan", "slot_at": slot["slot_at"], "phone": phone, "name": "赵敏", **more}


def test_of_two_hundred_who_book_at_once_ten_get_the_ten_places(
    server: Serving, lin: httpx.Client, manager: httpx.Client
) -> None:
    server.command("booking", "--per-counter", "2", "--places", f"plan={PLACES}")
    slot = _slots(lin)[40]
    assert (slot["places"], slot["free"]) == (PLACES, PLACES)
    start = Barrier(CUSTOMERS)

    def book(n: int) -> httpx.Response:
        start.wait(30)
        return phones.post("/api/v1/appointments", json=_wish(slot, f"136000{n:05}"))

    every_one = httpx.Limits(max_connections=CUSTOMERS)
    with (
        httpx.Client(base_url=server.url, headers=lin.headers, trust_env=False, timeout=60, limits=every_one) as phones,
        ThreadPoolExecutor(CUSTOMERS) as crowd,
    ):
        answers = list(crowd.map(book, range(CUSTOMERS)))
    assert Tally(answer.status_code for answer in answers) == {201: PLACES, 409: CUSTOMERS - PLACES}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"slot_full"}
    assert all("Still free that day" in answer.json()["detail"] for answer in answers if answer.status_code == 409)
    assert _slots(lin)[40]["free"] == 0
    booked = [one for one in _of_day(lin) if one["slot_at"] == slot["slot_at"]]
    assert len({one["code"] for one in booked}) == PLACES
    events = manager.get("/api/v1/events").json()["events"]
    journalled = [event for event in events if event["kind"] == "appointment_booked"]
    assert (len(journalled), {event["actor"] for event in journalled}) == (PLACES, {"staff:Lin"})


def _of_day(client: httpx.Client) -> list[dict[str, Any]]:
    return list(client.get("/api/v1/appointments", params={"date": DAY}).json()["appointments"])


def test_a_phone_that_books_twenty_times_at_once_gets_one_visit(server: Serving, lin: httpx.Client) -> None:
    slot = _slots(lin)[44]
    token = lin.headers["Authorization"].removeprefix("Bearer ")

    def book(_: int) -> int:
        with server.client(token) as client:
            return client.post("/api/v1/appointments", json=_wish(slot, "13700000001")).status_code

    with ThreadPoolExecutor(20) as crowd:
        assert Tally(crowd.map(book, range(20))) == {201: 1, 409: 19}


def test_the_hotline_books_changes_and_cancels_for_a_gold_customer(hotline: httpx.Client) -> None:
    first, second = _slots(hotline)[48:50]
    wish = _wish(first, "+86 138-0013-6620", name="王秀英", channel="hotline", request_key="call-1")
    booked, again = (hotline.post("/api/v1/appointments", json=wish) for _ in range(2))
    assert (booked.status_code, again.status_code) == (201, 200)
    view = AppointmentView.model_validate(booked.json())
    assert again.json() == booked.json()
    assert (view.phone, view.tier_name and view.tier_name.en, view.booked_by) == (
        "138 ···· 6620",
        "Gold",
        "device:hotline",
    )
    path = f"/api/v1/appointments/{view.code}"
    moved = hotline.patch(path, json={"slot_at": second["slot_at"], "service": "billing"}).json()
    assert (moved["slot_at"], moved["service"]) == (second["slot_at"], "billing")
    assert hotline.get(path).json() == moved
    assert [hotline.delete(path).json()["state"] for _ in range(2)] == ["cancelled", "cancelled"]
    assert hotline.get("/api/v1/appointments/000000").status_code == 404


def test_what_the_hotline_may_not_book_is_refused_in_the_callers_language(hotline: httpx.Client) -> None:
    wish = _wish(_slots(hotline)[50], "13512345678")
    refused = hotline.post("/api/v1/appointments", json=wish, headers={"Accept-Language": "zh"})
    assert (refused.status_code, refused.json()["code"]) == (403, "booking_not_allowed")
    assert "营业员代为预约" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/slots?service=plan&date=2026-11-24"),
        ("GET", "/api/v1/appointments"),
        ("POST", "/api/v1/appointments"),
        ("GET", "/api/v1/appointments/123456"),
        ("PATCH", "/api/v1/appointments/123456"),
        ("DELETE", "/api/v1/appointments/123456"),
        ("POST", "/api/v1/appointments/123456/reminder"),
        ("POST", "/api/v1/appointments/customer"),
        ("GET", "/api/v1/reminders"),
        ("GET", "/api/v1/reminders.csv"),
    ],
)
def test_bookings_are_for_programs_and_staff_only(server: Serving, kiosk: httpx.Client, method: str, path: str) -> None:
    body = {"service": "plan", "slot_at": "2026-11-24T10:00:00+08:00", "phone": "13512345678", "name": "?"}
    fitting = {"POST": {"phone": "13512345678"} if "customer" in path else body, "PATCH": {"name": "?"}}.get(method)
    asked = None if path.endswith("reminder") else fitting
    with server.client() as nobody:
        for client in (nobody, kiosk):
            assert client.request(method, path, json=asked).json()["code"] == "device_needed"


@pytest.mark.parametrize(
    "body",
    [
        {"slot_at": "2026-11-24T10:00:00"},
        {"slot_at": "9999-12-31T23:59:59Z"},
        {"slot_at": "tomorrow"},
        {"name": " "},
        {"language": "fr"},
        {"colour": "blue"},
    ],
)
def test_a_wrong_request_names_its_field(lin: httpx.Client, body: dict[str, str]) -> None:
    refused = lin.post("/api/v1/appointments", json={**_wish(_slots(lin)[52], "13512345678"), **body})
    assert refused.status_code == 422
    assert {fault["field"] for fault in refused.json()["errors"]} == set(body)


@pytest.mark.parametrize("day", ["2026-02-30", "9999-12-31", "0001-01-01", "soon"])
def test_a_day_that_is_none_is_refused(lin: httpx.Client, day: str) -> None:
    for path in ("/api/v1/slots?service=plan&date=", "/api/v1/appointments?date=", "/api/v1/reminders.csv?date="):
        assert lin.get(path + day).status_code == 422


def test_phones_are_masked_in_lists_found_by_their_end_and_whole_where_somebody_will_call(lin: httpx.Client) -> None:
    booked = lin.post("/api/v1/appointments", json=_wish(_slots(lin)[56], "13598765432", name="=cmd()")).json()
    for wanted in ("5432", "135 9876 5432", booked["code"]):
        (found,) = lin.get("/api/v1/appointments", params={"find": wanted}).json()["appointments"]
        assert (found["code"], found["phone"]) == (booked["code"], "135 ···· 5432")
    assert "13598765432" not in str(_of_day(lin))
    listed = lin.get("/api/v1/reminders", params={"date": DAY}).json()["appointments"]
    assert "135 ···· 5432" in [one["phone"] for one in listed]
    to_call = lin.post("/api/v1/reminders", json={"date": DAY}).json()["appointments"]
    assert "13598765432" in [one["phone"] for one in to_call]
    assert booked["phone"] == "135 ···· 5432"
    assert lin.post(f"/api/v1/appointments/{booked['code']}/reveal").json() == {"phone": "13598765432"}
    reminded = lin.post(f"/api/v1/appointments/{booked['code']}/reminder").json()
    assert reminded["reminded_by"] == "staff:Lin"

    sheet = lin.get("/api/v1/reminders.csv", params={"date": DAY})
    assert sheet.content.startswith("\ufeff".encode())
    assert "attachment" in sheet.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig"))))
    (row,) = [row for row in rows if row["Booking code"] == booked["code"]]
    assert (row["Name"], row["Phone"], row["Date"]) == ("'=cmd()", "13598765432", DAY)
    assert row["Reminded"]
    assert lin.delete(f"/api/v1/appointments/{booked['code']}/reminder").json()["reminded_at"] is None


def test_the_sheet_has_its_headings_in_the_callers_language(lin: httpx.Client) -> None:
    sheet = lin.get("/api/v1/reminders.csv", params={"date": DAY}, headers={"Accept-Language": "zh"})
    assert sheet.text.splitlines()[0] == "\ufeff日期,时间,姓名,手机号,业务,预约码,语言,已提醒"


def test_who_books_with_a_phone_is_told_before_they_do(lin: httpx.Client) -> None:
    known = lin.post("/api/v1/appointments/customer", json={"phone": "13800136620"}).json()
    assert (known["name"], known["right"], known["tier_name"]["en"]) == ("王秀英", "free", "Gold")
    assert lin.post("/api/v1/appointments/customer", json={"phone": "13500000000"}).json()["right"] == "staff_only"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"slot_minutes": 0}, "slot_minutes"),
        ({"slot_minutes": 500}, "slot_minutes"),
        ({"per_counter": 0}, "per_counter"),
        ({"lead_minutes": -1}, "lead_minutes"),
        ({"horizon_days": 0}, "horizon_days"),
        ({"places": {"haircut": 3}}, "service"),
        ({"places": {"plan": -1}}, "places"),
        ({"rights": {"platinum": "free"}}, "rights"),
        ({"rights": {"gold": "perhaps"}}, "rights.gold"),
    ],
)
def test_settings_are_checked_before_anything_changes(manager: httpx.Client, wrong: dict[str, Any], field: str) -> None:
    before = _slots(manager)
    refused = manager.post("/api/v1/commands/booking-set", json={"horizon_days": 3, **wrong})
    assert refused.status_code in {404, 422}
    assert [fault["field"] for fault in refused.json()["errors"]] == [field]
    assert _slots(manager) == before


def test_the_command_line_sets_places_and_takes_a_limit_back(server: Serving, manager: httpx.Client) -> None:
    assert "numbers like plan=4" in server.command("booking", "--places", "plan=many", fails=True)
    assert server.command("booking", "--places", "plan=3", "--per-counter", "1") == {"changed": True}
    assert _slots(manager)[60]["places"] == 3
    assert server.command("booking", "--places", "plan=", "--right", "silver=free") == {"changed": True}
    assert _slots(manager)[60]["places"] == 5


def test_openapi_describes_booking_with_its_answers(lin: httpx.Client) -> None:
    paths = lin.get("/api/v1/openapi.json").json()["paths"]
    for path, methods in {
        "/api/v1/appointments": {"get", "post"},
        "/api/v1/appointments/{code}": {"get", "patch", "delete"},
        "/api/v1/appointments/{code}/reminder": {"post", "delete"},
        "/api/v1/slots": {"get"},
        "/api/v1/reminders": {"get", "post"},
        "/api/v1/appointments/{code}/reveal": {"post"},
    }.items():
        assert set(paths[path]) == methods
        for call in paths[path].values():
            assert any("schema" in str(answer) for code, answer in call["responses"].items() if code.startswith("2"))
