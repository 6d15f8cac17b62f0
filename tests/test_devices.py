"""Devices are connected, seen, renamed and disconnected, at once and for good."""

from typing import Any

import pytest
from lobby_stage import Stage
from people_stage import Office

from db import presence, staff
from db.people_records import Device, DeviceKind
from db.presence import Seen
from lobby.last_seen import LastSeen
from lobby.people_errors import DeviceUnclear, NoLinkForKind, UnknownDevice

KIOSK, DISPLAY = "自助取号机 1", "叫号屏 1"


@pytest.fixture
def office(stage: Stage) -> Office:
    return Office(stage)


def _device(stage: Stage, kind: DeviceKind) -> Device:
    with stage.store.read() as conn:
        return staff.devices(conn, kind)[0]


def _listed(office: Office) -> dict[str, Any]:
    return {one["name"]: one for one in office.order("command", "device-list")["devices"]}


def test_a_disconnected_program_is_a_stranger_at_once(office: Office, stage: Stage) -> None:
    token = office.order(office.ada, "device-add", kind="api", name="hotline")["token"]
    assert office.is_known(token)
    office.order(stage.mei, "device-revoke", name="hotline")
    assert not office.is_known(token)
    assert "hotline" not in _listed(office)
    assert office.order(office.ada, "device-add", kind="api", name="hotline")["token"] != token


def test_a_disconnected_display_says_what_to_do_until_a_new_link_is_opened(office: Office, stage: Stage) -> None:
    link = office.order(stage.mei, "device-link", name=DISPLAY)["link"].removeprefix("http://lobby")
    screen = office.browser()
    assert b"<svg" in screen.get(f"{link}/qr.svg").data
    assert screen.use_link(link) == {"next": "/display"}
    assert screen.get("/display").status_code == 200
    office.order(stage.mei, "device-revoke", name=DISPLAY)
    told = screen.get("/display")
    assert told.status_code == 403
    assert "This device has been disconnected from the store." in told.text
    assert office.browser().get("/display").status_code == 200
    link = office.order(stage.mei, "device-add", kind="display", name=DISPLAY)["link"].removeprefix("http://lobby")
    screen.use_link(link)
    assert screen.get("/display").status_code == 200


def test_a_link_of_a_disconnected_device_connects_nobody(office: Office, stage: Stage) -> None:
    link = office.order(stage.mei, "device-link", name=KIOSK)["link"].removeprefix("http://lobby")
    office.order(stage.mei, "device-revoke", name=KIOSK)
    assert office.browser().get(link).status_code == 410


def test_a_renamed_device_stays_the_same_device(office: Office, stage: Stage) -> None:
    token = office.order(office.ada, "device-add", kind="api", name="hotline")["token"]
    assert office.order(stage.mei, "device-rename", name="hotline", new_name="call centre") == {"changed": True}
    assert office.is_known(token)
    with pytest.raises(UnknownDevice):
        office.order(stage.mei, "device-revoke", name="hotline")


def test_two_devices_of_one_name_are_told_apart_by_kind(office: Office, stage: Stage) -> None:
    office.order(office.ada, "device-add", kind="api", name=KIOSK)
    with pytest.raises(DeviceUnclear):
        office.order(stage.mei, "device-revoke", name=KIOSK)
    with pytest.raises(NoLinkForKind):
        office.order(stage.mei, "device-link", name=KIOSK, kind="api")
    office.order(stage.mei, "device-revoke", name=KIOSK, kind="api")
    assert _listed(office)[KIOSK]["kind"] == "kiosk"


def test_when_a_device_was_seen_is_kept_in_one_write_for_all(office: Office, stage: Stage) -> None:
    kiosk, display = _device(stage, DeviceKind.KIOSK), _device(stage, DeviceKind.DISPLAY)
    last_seen, there = LastSeen(stage.store, lambda: stage.now), {kiosk.id: Seen(stage.now, "/kiosk", "10.0.0.5")}
    assert _listed(office)[KIOSK]["seen_at"] is None
    writes: list[object] = []
    stage.store.when_changed(lambda: writes.append(None))
    last_seen.heard(display.id)
    for _ in range(5):
        last_seen.flush(lambda: there)
        stage.later(1)
    assert len(writes) == 1
    listed = _listed(office)
    assert (listed[KIOSK]["page"], listed[KIOSK]["address"]) == ("/kiosk", "10.0.0.5")
    assert stage.now - listed[DISPLAY]["seen_at"] == 5 * 60
    with stage.store.read() as conn:
        assert [device.id for device, _ in presence.screens(conn)] == [kiosk.id, display.id]


def test_a_disconnected_screen_is_not_missed(office: Office, stage: Stage) -> None:
    display = _device(stage, DeviceKind.DISPLAY)
    stage.store.write(lambda conn: presence.saw(conn, [display.id], stage.now))
    office.order(stage.mei, "device-revoke", name=DISPLAY)
    late = LastSeen(stage.store, lambda: stage.now)
    late.heard(display.id)
    late.flush(dict)
    with stage.store.read() as conn:
        assert presence.screens(conn) == []


def test_a_printer_that_is_disconnected_hands_its_slips_on(office: Office, stage: Stage) -> None:
    for name in ("door", "desk"):
        office.order(office.ada, "device-add", kind="printer", name=name, address="tcp://192.0.2.1:9100")
    stage.issue("plan")
    assert office.order(stage.mei, "device-revoke", name="door") == {"removed": True, "moved": 1}
    office.order(stage.mei, "device-rename", name="desk", new_name="back office")
    assert [one["name"] for one in _listed(office).values() if one["kind"] == "printer"] == ["back office"]


def test_the_devices_page_says_in_words_when_each_was_seen(office: Office, stage: Stage) -> None:
    kiosk = _device(stage, DeviceKind.KIOSK)
    stage.store.write(lambda conn: presence.saw(conn, [kiosk.id], stage.now))
    stage.later(3)
    manager = office.browser()
    manager.sign_in("Mei")
    page = manager.get("/settings/devices").text
    assert "<dd data-seen>3 min ago</dd>" in page
    assert "<dd data-seen>not yet</dd>" in page
    [one] = [it for it in manager.get("/api/v1/devices").get_json()["devices"] if it["name"] == KIOSK]
    assert one["seen"] == {"code": "minutes_ago", "text": "{n} min ago", "values": {"n": 3}}
