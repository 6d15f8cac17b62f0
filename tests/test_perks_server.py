"""VIP rights over real HTTP: the last perk at two counters at once, pages and proxies by the right people only."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import httpx
import pytest
from serving import Serving
from test_live import Follower

MEMBERS = (
    "member_no,name,phone,tier,valid_from,valid_until,manager_a,manager_b\n"
    + "".join(f"V0700000{n},王秀英,1380013662{n},gold,2020-01-01,2099-12-31,M05,M01\n" for n in range(1, 10))
    + "V07000010,李建国,13700136600,silver,2020-01-01,2099-12-31,,\n"
)
Clerk = httpx.Client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("server")
    with Serving(folder / "store") as serving:
        (folder / "members.csv").write_text(MEMBERS)
        serving.command("import", "members", str(folder / "members.csv"))
        serving.no_patience()
        yield serving


@pytest.fixture(scope="module")
def lin(server: Serving) -> Iterator[Clerk]:
    with server.client(server.sign_in("Lin", counter=4)) as client:
        yield client


@pytest.fixture(scope="module")
def zhou(server: Serving) -> Iterator[Clerk]:
    with server.client(server.sign_in("Zhou", counter=5), language="zh") as client:
        yield client


@pytest.fixture(scope="module")
def admin(server: Serving) -> Iterator[Clerk]:
    with server.client(server.sign_in("Admin", role="admin")) as client:
        yield client


@pytest.fixture(scope="module")
def kiosk(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.device("kiosk", "door")["token"]) as client:
        yield client


def _serve(clerk: Clerk, counter: int, number: str) -> None:
    """Call until the number is here, and start."""
    while True:
        called = clerk.post(f"/api/v1/counters/{counter}/call-next")
        assert called.status_code == 200, called.text
        if called.json()["current"]["number"] == number:
            break
        clerk.post(f"/api/v1/counters/{counter}/no-show")
    assert clerk.post(f"/api/v1/counters/{counter}/start").status_code == 200


def test_of_two_counters_that_use_the_last_perk_at_once_one_succeeds(
    kiosk: httpx.Client, lin: Clerk, zhou: Clerk
) -> None:
    for round_ in range(1, 9):
        member = f"V0700000{round_}"
        own = kiosk.post(
            "/api/v1/tickets", json={"request_key": f"own {round_}", "service": "plan", "member_no": member}
        )
        _serve(lin, 4, own.json()["number"])
        proxy = zhou.post(
            "/api/v1/tickets", json={"request_key": f"proxy {round_}", "service": "plan", "proxy_for": member}
        )
        _serve(zhou, 5, proxy.json()["number"])
        start = Barrier(2)

        def use(clerk: Clerk, counter: int, start: Barrier = start, round_: int = round_) -> httpx.Response:
            start.wait()
            key = f"race {round_} {counter}"
            return clerk.post(f"/api/v1/counters/{counter}/perks/sim-replacement/use", json={"request_key": key})

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(use, (lin, zhou), (4, 5)))
        done, refused = sorted(answers, key=lambda answer: answer.status_code)
        assert (done.status_code, refused.status_code) == (200, 409), [answer.text for answer in answers]
        assert refused.json()["code"] == "perk_used_up"
        assert ("年" if refused is answers[1] else "year") in refused.json()["detail"]
        for clerk, counter in ((lin, 4), (zhou, 5)):
            perks = clerk.post(f"/api/v1/counters/{counter}/open").json()["current"]["perks"]
            assert {perk["code"]: perk["left"] for perk in perks}["sim-replacement"] == 0
            clerk.post(f"/api/v1/counters/{counter}/finish")


def test_a_use_is_undone_through_the_counter_and_is_in_the_journal(
    kiosk: httpx.Client, lin: Clerk, zhou: Clerk, admin: Clerk
) -> None:
    ticket = kiosk.post(
        "/api/v1/tickets", json={"request_key": "u", "service": "plan", "member_no": "V07000009"}
    ).json()
    _serve(lin, 4, ticket["number"])
    perk = "/api/v1/counters/4/perks/reactivation"
    used = lin.post(f"{perk}/use", json={"request_key": "once"}).json()["current"]["perks"][0]
    assert (used["left"], used["last"]["staff"]) == (1, "Lin")
    assert zhou.post(f"{perk}/undo", json={"use": used["last"]["use"]}).json()["code"] == "not_your_counter"
    back = lin.post(f"{perk}/undo", json={"use": used["last"]["use"]}).json()["current"]["perks"][0]
    assert (back["left"], back["last"]) == (2, None)
    said = [event for event in admin.get("/api/v1/events").json()["events"] if event["kind"].startswith("perk_")]
    assert [(event["kind"], event["actor"], event["ticket"]) for event in said[-2:]] == [
        ("perk_used", "staff:Lin", ticket["number"]),
        ("perk_undone", "staff:Lin", ticket["number"]),
    ]
    assert "V07000009" not in str(said)
    lin.post("/api/v1/counters/4/finish")


def test_a_proxy_is_for_staff_only_and_for_nobody_else_at_the_same_time(kiosk: httpx.Client, lin: Clerk) -> None:
    def ask(client: httpx.Client, **more: str) -> httpx.Response:
        return client.post("/api/v1/tickets", json={"request_key": "p", "service": "billing", **more})

    assert ask(kiosk, proxy_for="V07000001").json()["code"] == "proxy_staff_only"
    assert ask(lin, proxy_for="V07000010").json()["code"] == "proxy_no_right"
    both = ask(lin, proxy_for="V07000001", phone="13800136621")
    assert (both.status_code, both.json()["code"]) == (422, "invalid_request")
    issued = ask(lin, proxy_for="13800136621")
    assert (issued.status_code, issued.json()["class"], issued.json()["print"]) == (201, "vip", "none")
    _serve(lin, 4, issued.json()["number"])
    lin.post("/api/v1/counters/4/finish")
    mine = next(row for row in lin.get("/api/v1/duty").json()["proxies"] if row["number"] == issued.json()["number"])
    assert mine["clock"] == "told"
    answered = lin.post(f"/api/v1/proxies/{mine['id']}/answered").json()["proxies"]
    assert mine["id"] not in [row["id"] for row in answered]


def test_a_page_reaches_the_manager_on_duty_live_and_goes_when_acknowledged(
    kiosk: httpx.Client, lin: Clerk, zhou: Clerk, admin: Clerk
) -> None:
    linked = admin.post("/api/v1/commands/manager-set", json={"name": "Lin", "manager": "m05"})
    assert linked.json() == {"changed": True}
    assert zhou.post("/api/v1/account-managers/M05/duty", json={"on": True}).json()["code"] == "forbidden"
    assert lin.post("/api/v1/account-managers/M05/duty", json={"on": True}).json()["me"]["on_duty"]
    ticket = kiosk.post(
        "/api/v1/tickets", json={"request_key": "m", "service": "plan", "member_no": "V07000001"}
    ).json()
    (page,) = lin.get("/api/v1/duty").json()["pages"]
    assert (page["number"], page["customer"]["zh"]) == (ticket["number"], "王先生/女士")
    assert ticket["number"] not in [one["number"] for one in zhou.get("/api/v1/duty").json()["pages"]]
    assert zhou.post(f"/api/v1/pages/{page['id']}/acknowledge").json()["code"] == "not_your_page"
    assert lin.post(f"/api/v1/pages/{page['id']}/acknowledge").json()["pages"] == []


def test_the_duty_screen_follows_live_and_only_for_whom_it_is(server: Serving, kiosk: httpx.Client) -> None:
    token = server.sign_in("Wei")
    with server.client(server.sign_in("Boss", role="admin")) as boss:
        boss.post("/api/v1/commands/manager-set", json={"name": "Wei", "manager": "M01"})
        boss.post("/api/v1/account-managers/M05/duty", json={"on": False})
        boss.post("/api/v1/account-managers/M01/duty", json={"on": True})
    with Follower(server, token, screen="duty") as own, Follower(server, screen="display") as display:
        body = {"request_key": "live", "service": "plan", "member_no": "V07000002"}
        number = kiosk.post("/api/v1/tickets", json=body).json()["number"]
        own.wait_until(lambda: number in [page["number"] for page in own.snapshots[-1]["pages"]])
        assert own.snapshots[-1]["pages"][-1]["customer"]["zh"] == "王先生/女士"
        assert "王" not in str(display.snapshots)
        display.send("watch", {"screen": "duty"})
        assert display.wait_for(display.refusals, 1)[0]["code"] == "sign_in_needed"


def test_strangers_and_devices_have_no_part_in_it(server: Serving, kiosk: httpx.Client) -> None:
    with server.client() as stranger:
        for client in (stranger, kiosk):
            for path, body in [
                ("counters/4/perks/sim-replacement/use", {"request_key": "x"}),
                ("counters/4/perks/sim-replacement/undo", {"use": 1}),
                ("account-managers/M05/duty", {"on": False}),
                ("pages/1/acknowledge", {}),
                ("proxies/1/answered", {}),
            ]:
                assert client.post(f"/api/v1/{path}", json=body).json()["code"] == "sign_in_needed"
            assert client.get("/api/v1/duty").json()["code"] == "sign_in_needed"
