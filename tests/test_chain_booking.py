"""The public books at the head office and comes to the store: two real servers, a real PostgreSQL, a cable between."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from chain_stage import Postgres
from public_stage import PUBLIC, PublicStage, eventually, public_stage


@pytest.fixture(scope="module")
def stage(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicStage]:
    with public_stage(tmp_path_factory.mktemp("public"), postgres) as stage:
        yield stage


def _check_in(stage: PublicStage, code: str) -> Any:
    answer = stage.kiosk.post("/api/v1/check-ins", json={"request_key": f"at the kiosk {code}", "code": code})
    assert answer.status_code == 201, answer.text
    return answer.json()


def _appointment(stage: PublicStage, code: str) -> Any:
    return stage.clerk.get(f"/api/v1/appointments/{code}").json()


def test_what_is_booked_at_the_head_office_is_checked_in_at_the_kiosk(stage: PublicStage) -> None:
    slot = stage.slots()[0]["slot_at"]
    booked = stage.book("first", slot, phone="135 1234 5678")
    assert booked.status_code == 201, booked.text
    visit = stage.until(booked.json()["token"], "booked")
    assert visit["phone"] == "135****5678"
    kept = _appointment(stage, visit["code"])
    assert (kept["state"], kept["name"], kept["channel"]) == ("booked", "赵敏", "headoffice")
    assert stage.book("first", slot).json()["token"] == visit["token"]
    ticket = _check_in(stage, visit["code"])
    assert ticket["class"] == "appointment"
    assert stage.until(visit["token"], "checked_in")["number"] == ticket["number"]


def test_a_booking_is_moved_and_cancelled_by_its_link(stage: PublicStage) -> None:
    first, second = stage.slots(tomorrow=True)[:2]
    token = stage.book("moved", first["slot_at"], phone="13512340001").json()["token"]
    code = stage.until(token, "booked")["code"]
    link = f"{PUBLIC}/visits/{token}"
    moved = stage.public.post(f"{link}/move", json={"service": "billing", "slot_at": second["slot_at"]})
    assert moved.json()["change"] == "move"
    eventually(lambda: stage.visit(token)["slot_at"] == second["slot_at"])
    assert _appointment(stage, code)["service"] == "billing"
    assert stage.public.post(f"{link}/cancel").json()["change"] == "cancel"
    stage.until(token, "cancelled")
    assert _appointment(stage, code)["state"] == "cancelled"
    assert stage.public.post(f"{link}/cancel").json()["state"] == "cancelled"


def test_a_refusal_comes_back_in_words(stage: PublicStage) -> None:
    slot = stage.slots(tomorrow=True)[0]["slot_at"]
    stage.until(stage.book("once", slot, phone="13512340002").json()["token"], "booked")
    token = stage.book("twice", slot, phone="13512340002").json()["token"]
    visit = stage.until(token, "refused")
    assert visit["refusal"]["code"] == "phone_busy"
    assert "该手机号在此时间已有预约。" in stage.public.get(f"/visit/{token}", params={"lang": "zh"}).text


def test_both_sides_book_over_a_cut_and_no_more_than_there_are_places(stage: PublicStage) -> None:
    slot = stage.slots("support", tomorrow=True)[-1]["slot_at"]
    places = next(one["places"] for one in _own_slots(stage, slot) if one["slot_at"][:19] == slot[:19])
    stage.cable.cut()
    eventually(lambda: stage.seen()["door"] == "offline")
    with ThreadPoolExecutor(4) as many:
        there = list(many.map(lambda n: stage.book(f"there {n}", slot, "support", f"1351300000{n}"), range(6)))
        here = list(many.map(lambda n: _book_here(stage, n, slot), range(6)))
    answered = [one.json()["token"] for one in there if one.status_code == 201]
    taken = [one for one in here if one.status_code == 201]
    assert {one.status_code for one in there} == {201, 409}
    assert len(answered) + len(taken) == places, (len(answered), len(taken), places)
    assert {stage.visit(token)["state"] for token in answered} == {"sent"}
    stage.cable.mend()
    for token in answered:
        stage.until(token, "booked")
    free = next(one for one in _own_slots(stage, slot) if one["slot_at"][:19] == slot[:19])["free"]
    assert free == 0


def test_somebody_on_the_way_keeps_the_place_of_when_they_asked(stage: PublicStage) -> None:
    eventually(lambda: any(queue["wait"] for queue in stage.seen()["queues"]), "no wait is told")
    before = stage.kiosk.post("/api/v1/tickets", json={"request_key": "before", "service": "device"}).json()
    wish = {"request_key": "on my way ------------", "store": stage.id, "service": "device", "walk_s": 600}
    kept = stage.public.post(f"{PUBLIC}/remote-tickets", json=wish)
    assert kept.status_code == 201, kept.text
    visit = stage.until(kept.json()["token"], "kept")
    after = stage.kiosk.post("/api/v1/tickets", json={"request_key": "after", "service": "device"}).json()
    told = eventually(lambda: (one := stage.visit(visit["token"]))["people_ahead"] is not None and one)
    assert (told["people_ahead"], after["people_ahead"]) == (before["people_ahead"] + 1, before["people_ahead"] + 1)
    scanned = stage.kiosk.post("/api/v1/identify", json={"code": visit["code"]}).json()
    assert scanned == {"kind": "appointment", "code": visit["code"]}
    ticket = _check_in(stage, visit["code"])
    assert ticket["people_ahead"] == before["people_ahead"] + 1
    assert stage.kiosk.get(f"/api/v1/tickets/{after['token']}").json()["people_ahead"] == before["people_ahead"] + 2
    assert stage.until(visit["token"], "checked_in")["number"] == ticket["number"]


def test_a_kept_place_is_given_back(stage: PublicStage) -> None:
    wish = {"request_key": "changed my mind ------", "store": stage.id, "service": "plan", "walk_s": 600}
    token = stage.public.post(f"{PUBLIC}/remote-tickets", json=wish).json()["token"]
    code = stage.until(token, "kept")["code"]
    stage.public.post(f"{PUBLIC}/visits/{token}/cancel")
    stage.until(token, "cancelled")
    refused = stage.kiosk.post("/api/v1/check-ins", json={"request_key": "too late", "code": code})
    assert refused.json()["code"] == "remote_ticket_over"


def test_a_store_that_is_cut_off_gives_no_numbers_from_afar(stage: PublicStage) -> None:
    stage.cable.cut()
    eventually(lambda: stage.seen()["door"] == "offline")
    wish = {"request_key": "nobody hears me ------", "store": stage.id, "service": "plan", "walk_s": 600}
    assert stage.public.post(f"{PUBLIC}/remote-tickets", json=wish).json()["code"] == "store_offline"
    stage.cable.mend()
    eventually(lambda: stage.seen()["door"] == "open")


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("bookings", {"slot_at": "2030-01-01T10:00:00+08:00", "phone": "1"}, "malformed_phone"),
        ("bookings", {"slot_at": "2030-01-01T10:00:00+08:00"}, "place_taken"),
        ("bookings", {"slot_at": "tomorrow"}, "invalid_request"),
        ("remote-tickets", {"walk_s": 3600}, "invalid_request"),
        ("remote-tickets", {"walk_s": 60, "service": "nothing"}, "no_wait_known"),
    ],
)
def test_what_cannot_be_is_refused(stage: PublicStage, path: str, body: dict[str, object], code: str) -> None:
    who = {"name": "赵敏", "phone": "13512349999"} if path == "bookings" else {}
    wish = {"request_key": f"wrong {code:-<20}", "store": stage.id, "service": "plan", **who, **body}
    assert stage.public.post(f"{PUBLIC}/{path}", json=wish).json()["code"] == code


def test_nobody_finds_a_visit_without_its_link(stage: PublicStage) -> None:
    assert stage.public.get(f"{PUBLIC}/visits/guessed").status_code == 404
    assert stage.public.get("/visit/guessed").status_code == 404


def _own_slots(stage: PublicStage, slot_at: str) -> Any:
    return stage.clerk.get("/api/v1/slots", params={"service": "support", "date": slot_at[:10]}).json()["slots"]


def _book_here(stage: PublicStage, n: int, slot_at: str) -> Any:
    wish = {"service": "support", "slot_at": slot_at, "phone": f"1361300000{n}", "name": "钱进"}
    return stage.clerk.post("/api/v1/appointments", json={"request_key": f"here {n}", **wish})
