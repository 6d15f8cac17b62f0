"""The server as other programs see it: the HTTP contract, clear refusals, and what survives `kill -9`."""

import json
import re
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from serving import LOBBYLINE, Serving

MEMBERS = (
    "member_no,name,phone,tier,valid_from,valid_until,contract_until,birthday,manager_a,manager_b,language\n"
    "V07000001,王秀英,13800136620,gold,2020-01-01,2099-12-31,,1980-03-04,M01,M02,zh\n"
    "V07000003,李建国,13700136622,silver,2020-01-01,2021-12-31,,,,,zh\n"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("server")
    with Serving(folder / "store") as serving:
        (folder / "members.csv").write_text(MEMBERS)
        serving.command("import", "members", str(folder / "members.csv"))
        yield serving


@pytest.fixture(scope="module")
def kiosk(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.device("kiosk", "test kiosk")["token"]) as client:
        yield client


@pytest.fixture(scope="module")
def lin(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.sign_in("Lin", counter=4)) as client:
        yield client


def _issue(kiosk: httpx.Client, key: str, service: str = "plan", **more: str) -> httpx.Response:
    return kiosk.post("/api/v1/tickets", json={"request_key": key, "service": service, **more})


def test_a_ticket_is_created_once_and_repeated_with_200(kiosk: httpx.Client) -> None:
    first, again = _issue(kiosk, "once"), _issue(kiosk, "once")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    ticket = first.json()
    assert ticket["number"].startswith("A")
    assert (ticket["class"], ticket["state"], ticket["print"]) == ("ordinary", "waiting", "none")
    assert ticket["quote"]["unknown"] in {"no_counter_open", "not_enough_data"}


def test_a_customer_is_served_from_the_kiosk_to_the_end(kiosk: httpx.Client, lin: httpx.Client) -> None:
    while lin.post("/api/v1/counters/4/call-next").status_code == 200:
        lin.post("/api/v1/counters/4/start")
        lin.post("/api/v1/counters/4/finish")
    ticket = _issue(kiosk, "to the end", "billing").json()
    called = lin.post("/api/v1/counters/4/call-next")
    assert called.status_code == 200, called.text
    assert called.json()["current"]["number"] == ticket["number"]
    assert called.json()["reason"]["code"] == "order"
    assert kiosk.get(f"/api/v1/tickets/{ticket['token']}").json()["counter"] == 4
    assert lin.post("/api/v1/counters/4/start").json()["counter"]["state"] == "serving"
    done = lin.post("/api/v1/counters/4/finish").json()
    assert (done["current"], done["counter"]["state"]) == (None, "ready")
    assert kiosk.get(f"/api/v1/tickets/{ticket['token']}").json()["state"] == "completed"


def test_a_vip_by_phone_and_an_expired_card(kiosk: httpx.Client) -> None:
    vip = _issue(kiosk, "vip", phone="138 0013 6620").json()
    assert (vip["class"], vip["tier"], vip["number"][0]) == ("vip", "gold", "V")
    expired = _issue(kiosk, "expired", member_no="V07000003").json()
    assert (expired["class"], expired["notes"][0]["code"]) == ("ordinary", "card_expired")
    again = _issue(kiosk, "vip again", "billing", phone="13800136620")
    assert (again.status_code, again.json()["number"]) == (200, vip["number"])


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"request_key": "x", "service": "haircut"}, 404, "unknown_service"),
        ({"request_key": "x", "service": "plan", "phone": "123"}, 422, "malformed_phone"),
        ({"request_key": "x", "service": "plan", "phone": "13000000000"}, 404, "unknown_member"),
        ({"service": "plan"}, 422, "invalid_request"),
        ({"request_key": "x", "service": "plan", "langauge": "en"}, 422, "invalid_request"),
        ({"request_key": "x" * 200, "service": "plan"}, 422, "invalid_request"),
        ([1, 2], 422, "invalid_request"),
        (None, 422, "invalid_request"),
    ],
)
def test_bad_input_is_a_problem_with_a_code(kiosk: httpx.Client, body: object, status: int, code: str) -> None:
    answer = kiosk.post("/api/v1/tickets", json=body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["status"]) == (code, status)
    assert problem["detail"]
    assert problem["errors"]


def test_a_problem_speaks_the_callers_language(kiosk: httpx.Client) -> None:
    body = {"request_key": "x", "service": "plan", "phone": "123"}
    chinese = kiosk.post("/api/v1/tickets", json=body, headers={"Accept-Language": "zh-CN,zh;q=0.9"}).json()
    english = kiosk.post("/api/v1/tickets", json=body).json()
    assert "手机" in chinese["detail"]
    assert "mobile" in english["detail"]


def test_strangers_may_read_the_board_and_nothing_else(server: Serving) -> None:
    with server.client() as stranger:
        assert stranger.get("/api/v1/board").status_code == 200
        assert _issue(stranger, "stranger").json()["code"] == "device_needed"
        assert stranger.post("/api/v1/counters/1/open").json()["code"] == "sign_in_needed"
        assert stranger.get("/api/v1/floor").json()["code"] == "sign_in_needed"
        assert stranger.get("/api/v1/events").json()["code"] == "sign_in_needed"
        assert stranger.post("/api/v1/commands/staff-add", json={}).json()["code"] == "sign_in_needed"
        assert (
            stranger.post("/api/v1/sessions", json={"staff": "nobody", "pin": "0000"}).json()["code"]
            == "sign_in_refused"
        )


def test_the_board_names_nobody(server: Serving, kiosk: httpx.Client) -> None:
    _issue(kiosk, "shy vip", phone="13800136620")
    with server.client() as stranger:
        board = stranger.get("/api/v1/board").text
    assert "王" not in board
    assert "6620" not in board


def test_counter_staff_may_not_read_the_floor(lin: httpx.Client, server: Serving) -> None:
    assert lin.get("/api/v1/floor").json()["code"] == "forbidden"
    with server.client(server.sign_in("Mei", "manager")) as mei:
        floor = mei.get("/api/v1/floor").json()
    assert {"waiting", "queues", "guarded", "counters", "printers", "today"} <= floor.keys()


def test_an_unknown_action_counter_or_page_is_a_clear_404(lin: httpx.Client) -> None:
    assert lin.post("/api/v1/counters/4/dance").status_code == 404
    assert lin.post("/api/v1/counters/99/open").json()["code"] == "unknown_counter"
    assert lin.get("/api/v1/tickets/unknown").json()["code"] == "unknown_ticket"


def test_openapi_describes_the_contract(server: Serving) -> None:
    with server.client() as client:
        document = client.get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert {"/api/v1/tickets", "/api/v1/check-ins", "/api/v1/board", "/api/v1/sessions"} <= document["paths"].keys()


def test_a_browsers_change_without_a_csrf_token_is_refused(server: Serving) -> None:
    with server.client() as browser:
        page = browser.get(server.device("kiosk", "csrf kiosk")["link"].removeprefix(server.url))
        assert page.status_code == 200
        refused = browser.post(page.url.path, json={})
        assert (refused.status_code, refused.json()["code"]) == (403, "page_too_old")
        token = page.text.split('name="csrf-token" content="')[1].split('"')[0]
        assert browser.post(page.url.path, json={}, headers={"X-CSRFToken": token}).json() == {"next": "/kiosk"}
        assert _issue(browser, "no token").json()["code"] == "page_too_old"
        used = browser.post(page.url.path, json={}, headers={"X-CSRFToken": token})
        assert (used.status_code, used.json()["code"]) == (410, "link_used")


def test_a_new_link_voids_the_old_one_and_a_set_pin_voids_them_all(server: Serving) -> None:
    server.command("staff", "add", "--name", "Ning", "--role", "counter")
    first = server.command("staff", "link", "--name", "Ning")["link"]
    second = server.command("staff", "link", "--name", "Ning")["link"]
    with server.client() as browser:
        assert browser.get(first.removeprefix(server.url)).status_code == 410
        assert _use_link(browser, second.removeprefix(server.url), "8642").status_code == 200
        assert browser.get(second.removeprefix(server.url)).status_code == 410


def _use_link(browser: httpx.Client, path: str, pin: str) -> httpx.Response:
    token = browser.get(path).text.split('name="csrf-token" content="')[1].split('"')[0]
    return browser.post(path, json={"pin": pin}, headers={"X-CSRFToken": token})


def test_guessing_at_a_pin_is_slowed_down_however_the_name_is_written(server: Serving) -> None:
    server.staff("Guessed")
    with server.client() as stranger:
        tries = [
            stranger.post("/api/v1/sessions", json={"staff": "Guessed" + " " * n, "pin": f"{n:04d}"}) for n in range(12)
        ]
        right = stranger.post("/api/v1/sessions", json={"staff": "Guessed", "pin": "2468"})
    assert [answer.status_code for answer in tries] == [401] * 10 + [429] * 2
    assert right.json()["code"] == "too_many_tries"
    values = right.json()["values"]
    assert int(right.headers["Retry-After"]) == values["minutes"] * 60 + values["seconds"] > 60


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "/%09/evil.example", "https://evil.example", "/%0d%0a"]
)
def test_after_sign_in_one_stays_on_this_server(server: Serving, target: str) -> None:
    with server.client() as browser:
        page = browser.get(f"/counter/sign-in?next={target}").text
    assert "evil.example" not in page


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b'{"finish": tru', "application/json"),
        (b'{"finish": true}', "text/plain"),
        (b"[" * 60_000, "application/json"),
    ],
)
def test_a_body_that_is_not_json_does_nothing(lin: httpx.Client, content: bytes, kind: str) -> None:
    before = lin.get("/api/v1/board").json()["version"]
    answer = lin.post("/api/v1/counters/4/call-next", content=content, headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["code"]) == (400, "not_json")
    assert lin.get("/api/v1/board").json()["version"] == before


@pytest.mark.parametrize(
    ("chunk", "kind"),
    [(b"[" * 60_000, "application/json"), (b"<xml>garbage", "text/xml"), (b" " * (40 << 20), "application/json")],
    ids=["deep", "no JSON", "40 MB"],
)
def test_a_body_in_chunks_is_refused_before_anything_is_done(
    server: Serving, lin: httpx.Client, chunk: bytes, kind: str
) -> None:
    head = (
        "POST /api/v1/counters/4/pause HTTP/1.1\r\nHost: lobby\r\nAccept-Language: en\r\n"
        f"Authorization: {lin.headers['Authorization']}\r\nContent-Type: {kind}\r\n"
        f"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{len(chunk):x}\r\n"
    )
    before = lin.get("/api/v1/board").json()["version"]
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line, line.makefile("rb") as heard:
        sending = threading.Thread(target=_send, args=(line, head.encode() + chunk + b"\r\n0\r\n\r\n"))
        sending.start()
        answered = heard.readline()
        sending.join()
        body = heard.read().partition(b"\r\n\r\n")[2]
    assert (int(answered.split()[1]), json.loads(body)["code"]) == (411, "length_required")
    assert lin.get("/api/v1/board").json()["version"] == before


@pytest.mark.parametrize(
    "request_line",
    ["GET /api/v1/appointments?phone=13811112222 FOO BAR", "POST /api/v1/appointments?phone=13811112222",
     "GET /?phone=13811112222 HTTP/1.1\r\nContent-Length: 13811112222x",
     "GET /?phone=13811112222 HTTP/1.1\r\nX: " + "13811112222" * 6000,
     "POST /api/v1/sessions?phone=13811112222 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n13811112222z"],
    ids=["too many words", "too few", "no number", "a header too long", "no chunk"],
)  # fmt: skip
def test_the_log_says_who_sent_what_is_no_http_and_never_the_line_itself(server: Serving, request_line: str) -> None:
    def logged() -> str:
        return (server.folder / "logs" / "lobbyline.log").read_text() + "\n".join(server.log)

    before = logged().count("a request from 127.0.0.1 is no HTTP")
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as line, line.makefile("rb") as heard:
        line.sendall(f"{request_line}\r\n\r\n".encode())
        assert int(heard.read().split()[1]) in {400, 411}
    assert logged().count("a request from 127.0.0.1 is no HTTP") > before
    assert all(word not in logged() for word in ("13811112222", "Traceback"))


def _send(line: socket.socket, content: bytes) -> None:
    with suppress(OSError):  # whoever sends too much may find the door closed
        line.sendall(content)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/counters/99999999999999999999999/open", {}),
        ("/api/v1/sessions", {"staff": "x", "pin": "1", "counter": 10**30}),
        ("/api/v1/tickets", {"request_key": "\x00", "service": "\ud800"}),
    ],
)
def test_absurd_values_are_refused_not_fatal(lin: httpx.Client, path: str, body: dict[str, object]) -> None:
    answer = lin.post(path, content=json.dumps(body), headers={"Content-Type": "application/json"})
    assert 400 <= answer.status_code < 500
    assert answer.headers["content-type"] == "application/problem+json"


def test_each_fault_of_a_request_is_named_in_chinese(kiosk: httpx.Client) -> None:
    body = {"request_key": "", "extra": 1}
    faults = kiosk.post("/api/v1/tickets", json=body, headers={"Accept-Language": "zh"}).json()["errors"]
    assert {fault["field"]: fault["detail"] for fault in faults} == {
        "request_key": "内容过短。",
        "service": "缺少此项。",
        "extra": "没有这个字段。",
    }


def test_the_address_for_phones_is_used_as_soon_as_it_is_set(server: Serving) -> None:
    server.command("store", "--public-url", "http://10.9.8.7:8080")
    try:
        assert server.device("display", "moved")["link"].startswith("http://10.9.8.7:8080/enrol/")
    finally:
        server.command("store", "--public-url", "")


@pytest.mark.parametrize("page", ["/counter?number=3", "/floor", "/reports/inspection", "/members", "/settings/slips"])
def test_a_page_of_the_staff_leads_through_the_sign_in_and_back(server: Serving, page: str) -> None:
    with server.client() as nobody:
        answer = nobody.get(page)
    assert answer.status_code == 302
    asked, _, back = answer.headers["Location"].partition("?next=")
    assert (asked, unquote(back)) == ("/counter/sign-in", page)


def test_the_log_tells_what_a_request_changed_and_none_of_its_secrets(server: Serving) -> None:
    token = server.device("kiosk", "logged")["token"]
    body = {"request_key": "logged-1", "service": "plan"}
    with server.client(token) as kiosk:
        made = kiosk.post("/api/v1/tickets", json=body, headers={"X-Request-ID": "kiosk-7"})
        refused = kiosk.post(
            "/api/v1/tickets",
            json={"request_key": "logged-2", "service": "<script>"},
            headers={"X-Request-ID": "no good!"},
        )
        assert kiosk.get(f"/api/v1/tickets/{made.json()['token']}").status_code == 200
    text = (server.folder / "logs" / "lobbyline.log").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    [line] = [line for line in lines if line.get("request") == "kiosk-7"]
    assert (line["event"], line["route"], line["status"]) == ("POST", "/api/v1/tickets", 201)
    assert line["tickets"] == [made.json()["number"]]
    assert len(line["journal"]) == 1
    [line] = [line for line in lines if line.get("request") == refused.headers["X-Request-ID"]]
    assert (line["status"], "tickets" in line) == (404, False)
    assert all(secret not in text for secret in (token, made.json()["token"], "<script>", "no good"))


def test_signing_out_leaves_the_counter(server: Serving) -> None:
    server.staff("Guo")
    with server.client() as browser:
        page = browser.get("/counter/sign-in").text
        token = page.split('name="csrf-token" content="')[1].split('"')[0]
        signed_in = browser.post("/counter/sign-in", data={"staff": "Guo", "pin": "2468", "csrf_token": token})
        assert signed_in.status_code == 302
        headers = {"X-CSRFToken": token}
        assert browser.post("/api/v1/counters/6/open", headers=headers).json()["counter"]["staff"] == "Guo"
        assert browser.post("/counter/sign-out", headers=headers).status_code == 302
    with server.client(server.sign_in("Hai", counter=6)) as hai:
        assert hai.post("/api/v1/counters/6/open").json()["counter"]["staff"] == "Hai"


def test_a_managers_command_is_journalled_with_their_name_and_gives_no_higher_role(server: Serving) -> None:
    with server.client(server.sign_in("Boss", "manager")) as boss:
        refused = boss.post("/api/v1/commands/staff-add", json={"name": "Root", "role": "admin"})
        assert refused.json()["code"] == "forbidden"
        assert boss.post("/api/v1/commands/staff-add", json={"name": "New", "role": "counter"}).status_code == 200
        added = [e for e in _events(boss) if e["kind"] == "staff_added" and e["data"]["name"] == "New"]
    assert [event["actor"] for event in added] == ["staff:Boss"]


def test_commands_beside_a_running_server_fail_with_one_clear_line(server: Serving, tmp_path: Path) -> None:
    server.device("display", "twin")
    assert "already" in server.command("device", "add", "display", "--name", "twin", fails=True)
    assert "4 to 12 digits" in server.command(
        "staff", "add", "--name", "x", "--role", "counter", "--pin", "1", fails=True
    )
    assert "printer address" in server.command(
        "device", "add", "printer", "--name", "p", "--address", "nowhere", fails=True
    )
    (tmp_path / "wrong.csv").write_text("a,b\n1,2\n")
    assert "member_no" in server.command("import", "members", str(tmp_path / "wrong.csv"), fails=True)
    for line in (server.command("store", "--hours", "25:00-26:00", fails=True),):
        assert line.count("\n") == 0


def test_a_second_server_on_the_same_folder_is_refused(server: Serving) -> None:
    again = subprocess.run(
        [LOBBYLINE, "serve", "--port", "0", "--data", str(server.folder)],
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert again.returncode == 1
    assert "uses this data folder" in again.stderr


def test_nothing_answered_is_lost_when_the_plug_is_pulled(tmp_path: Path) -> None:
    serving = Serving(tmp_path / "store")
    serving.start()
    token = serving.device("kiosk", "k")["token"]
    answered, calls = _until_the_plug_is_pulled(serving, token, serving.sign_in("Lin", counter=4))

    serving.start()
    try:
        with serving.client(token) as client:
            for ticket in answered:
                assert client.get(f"/api/v1/tickets/{ticket['token']}").json()["number"] == ticket["number"]
            repeated = _issue(client, f"plug-{len(answered) - 1}")
            assert (repeated.status_code, repeated.json()["number"]) == (200, answered[-1]["number"])
        with serving.client(serving.device("api", "reader")["token"]) as reader:
            called = _called(reader)
        assert calls == called[: len(calls)]
        assert len(called) == len(set(called))
    finally:
        assert serving.stop() == 0


def test_an_update_amid_a_rush_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    with Serving(tmp_path / "store") as serving:
        port, token = serving.port, serving.device("kiosk", "k")["token"]
        answered: list[dict[str, Any]] = []

        def touch() -> None:
            with serving.client(token) as client:
                while len(answered) < 60:
                    try:
                        answered.append(_issue(client, f"update-{len(answered)}").json())
                    except httpx.HTTPError:
                        time.sleep(0.2)

        customers = threading.Thread(target=touch)
        customers.start()
        while len(answered) < 20:
            customers.join(0.01)
        assert serving.stop() == 0
        serving.start(port)
        customers.join(30)
    assert all("number" in ticket for ticket in answered), answered
    assert sorted(ticket["number"] for ticket in answered) == [f"A{n:03}" for n in range(1, 61)]


def test_the_programs_own_figures(server: Serving, kiosk: httpx.Client) -> None:
    _issue(kiosk, "counted")
    text = httpx.get(f"{server.url}/metrics").text
    figures = dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))
    assert float(figures['lobbyline_request_seconds_count{route="/api/v1/tickets",status="2xx"}']) >= 1
    assert float(figures['lobbyline_waiting{class="ordinary"}']) >= 1
    assert 0 <= float(figures["lobbyline_backup_age_seconds"]) < 3600
    assert sum(float(value) for name, value in figures.items() if name.startswith("lobbyline_counters{")) == 6


def _until_the_plug_is_pulled(serving: Serving, kiosk: str, staff: str) -> tuple[list[dict[str, str]], list[str]]:
    """Issue and call at once until SIGKILL: every ticket and every call that was answered."""
    answered: list[dict[str, str]] = []
    calls: list[str] = []

    def issue(client: httpx.Client) -> None:
        answered.append(_issue(client, f"plug-{len(answered)}").json())

    def call(client: httpx.Client) -> None:
        answer = client.post("/api/v1/counters/4/call-next")
        if answer.status_code == 200:
            calls.append(answer.json()["current"]["number"])
            client.post("/api/v1/counters/4/start")
            client.post("/api/v1/counters/4/finish")

    workers = [threading.Thread(target=_until_cut, args=(serving, *job)) for job in ((kiosk, issue), (staff, call))]
    for worker in workers:
        worker.start()
    while len(answered) < 100 or len(calls) < 20:
        workers[0].join(0.01)
    serving.kill()
    for worker in workers:
        worker.join(10)
    return answered, calls


def _until_cut(serving: Serving, token: str, work: Callable[[httpx.Client], None]) -> None:
    with serving.client(token) as client, suppress(httpx.HTTPError):
        while True:
            work(client)


def _called(reader: httpx.Client) -> list[str]:
    return [event["ticket"] for event in _events(reader) if event["kind"] == "called"]


def _events(reader: httpx.Client) -> list[dict[str, Any]]:
    """The whole journal."""
    journal: list[dict[str, Any]] = []
    while events := reader.get("/api/v1/events", params={"after": journal[-1]["seq"] if journal else 0}).json()[
        "events"
    ]:
        journal += events
    return journal


def test_every_page_brings_the_files_it_names(server: Serving) -> None:
    with server.client() as client:
        for page in ("/", "/display", "/kiosk", "/counter/sign-in"):
            files = re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(page).text)
            assert files
            assert {name: client.get(name).status_code for name in files} == dict.fromkeys(files, 200)
        assert client.get("/static/vendor/preact.js").status_code == 200
        assert client.get("/static/db/errors.py").status_code == 404
        assert client.get("/static/lobby/../../db/errors.py").status_code == 404
