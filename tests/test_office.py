"""The head office's web: who may do what, signing in, and deciding; in this process on a real PostgreSQL."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from chain_stage import Office as Stage
from chain_stage import Postgres
from flask import Flask
from flask.testing import FlaskClient
from headquarters import BOSS, PASSWORD

from chain.office import people, routes, stores
from chain.office.context import Office
from chain.office.errors import WeakPassword
from chain.office.people import OfficeRole
from chain.protocol import LARGEST_LIST, Hello
from lobby.headoffice import create_app

VIEWER = "周看看"
PUDONG = "浦东一店"


@pytest.fixture
def stage(postgres: Postgres) -> Iterator[Stage]:
    with closing(Stage(postgres.new_database())) as opened:
        with opened.database.transaction() as conn:
            for name, role in ((BOSS, OfficeRole.MANAGER), (VIEWER, OfficeRole.VIEWER)):
                people.add(conn, name, role, people.hash_password(PASSWORD))
        yield opened


@pytest.fixture
def web(stage: Stage) -> Flask:
    return create_app(Office(stage.database))


class Somebody:
    """A browser, signed in or not."""

    def __init__(self, web: Flask, name: str | None = None) -> None:
        self.client: FlaskClient = web.test_client()
        self.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        self.token = ""
        if name:
            assert self.sign_in(name, PASSWORD) == 302

    def sign_in(self, name: str, password: str) -> int:
        form = self.client.get("/sign-in").text
        token = form.partition('name="csrf_token" value="')[2].partition('"')[0]
        answer = self.client.post("/sign-in", data={"name": name, "password": password, "csrf_token": token})
        if answer.status_code == 302:
            self.token = self.client.get("/").text.partition('name="csrf-token" content="')[2].partition('"')[0]
        return answer.status_code

    def ask(self, method: str, path: str, body: object = None, *, token: str | None = None) -> int:
        headers = {"X-CSRFToken": self.token if token is None else token}
        return self.client.open(path, method=method, json=body, headers=headers).status_code


def test_every_route_has_its_right_and_keeps_others_out(web: Flask) -> None:
    nobody, viewer = Somebody(web), Somebody(web, VIEWER)
    for route, role in routes.RIGHTS.items():
        method, path = re.sub("<int:[a-z]+>", "1", route).split()
        if role is None:
            continue
        assert nobody.ask(method, path, {}) in {302, 400, 401}, route
        if role is not OfficeRole.VIEWER:
            assert viewer.ask(method, path, {}) == 403, route


def test_a_change_needs_the_page_it_comes_from(web: Flask, stage: Stage) -> None:
    stage.add_store()
    boss = Somebody(web, BOSS)
    body = {"stores": [PUDONG], "kind": "notice", "body": {"zh": "通知", "en": "Notice"}}
    assert boss.ask("POST", "/api/v1/mail", body, token="") == 403
    assert boss.ask("POST", "/api/v1/mail", body) == 201


def test_whoever_guesses_is_slowed_down_and_the_right_one_is_not_told_apart(web: Flask) -> None:
    guesser = Somebody(web)
    assert [guesser.sign_in(name, "wrong password") for name in (BOSS, "nobody")] == [401, 401]
    assert [guesser.sign_in(BOSS, "wrong password") for _ in range(5)][-1] == 429
    assert guesser.sign_in(BOSS, PASSWORD) == 429
    assert guesser.sign_in(VIEWER, PASSWORD) == 302


def test_another_password_signs_out_everywhere(web: Flask, stage: Stage) -> None:
    boss = Somebody(web, BOSS)
    assert boss.ask("GET", "/api/v1/wall") == 200
    with stage.database.transaction() as conn:
        people.change_password(conn, BOSS, people.hash_password("another long word"))
    assert boss.ask("GET", "/api/v1/wall") == 401


def test_a_way_back_leads_to_our_pages_only(web: Flask) -> None:
    for target, goes in (("/mail", "/mail"), ("//evil.example", "/"), ("https://evil.example", "/"), ("/\\evil", "/")):
        client = web.test_client()
        token = client.get("/sign-in").text.partition('name="csrf_token" value="')[2].partition('"')[0]
        form = {"name": BOSS, "password": PASSWORD, "csrf_token": token, "next": target}
        assert client.post("/sign-in", data=form).headers["Location"] == goes


def test_mail_to_a_store_that_is_not_there_is_refused_whole(web: Flask, stage: Stage) -> None:
    stage.add_store()
    boss = Somebody(web, BOSS)
    body = {"stores": [PUDONG, "nowhere"], "kind": "notice", "body": {"zh": "通知", "en": "Notice"}}
    assert boss.ask("POST", "/api/v1/mail", body) == 404
    assert boss.client.get("/api/v1/mail").json == {"mail": []}


def test_what_is_no_list_is_not_kept_and_a_list_is_for_one_roll_out(web: Flask, stage: Stage) -> None:
    stage.add_store()
    boss = Somebody(web, BOSS)

    def send(content: bytes) -> tuple[int, str]:
        headers = {"X-CSRFToken": boss.token, "Content-Type": "application/octet-stream"}
        answer = boss.client.post("/api/v1/rollouts/lists", data=content, headers=headers)
        said = answer.json or {}
        return answer.status_code, said.get("code", "")

    heading = "会员编号,姓名,手机号码,客户等级,生效日期,失效日期\n".encode()
    assert send(b"name,phone\n") == (422, "bad_file")
    assert send(heading + bytes(LARGEST_LIST)) == (413, "list_too_large")
    assert send(heading * 120_000)[0] == 201  # more than any other request may have
    body = {"name": "九月名单", "list": 1, "stages": [[PUDONG]]}
    assert [boss.ask("POST", "/api/v1/rollouts/members", body) for _ in range(2)] == [201, 410]


def test_only_a_parted_store_is_let_go_on(web: Flask, stage: Stage) -> None:
    token = stage.add_store()
    boss = Somebody(web, BOSS)
    assert boss.ask("POST", "/api/v1/stores/accept", {"store": PUDONG}) == 409
    hello = Hello(incarnation=1, newest=0, name_zh="店", name_en="Store", timezone="Asia/Shanghai", program="1")
    with stage.database.transaction() as conn:
        store_id = stores.by_token(conn, token)
        assert store_id is not None
        stores.greet(conn, store_id, "line", hello)
        stores.part(conn, store_id, "line", 0)
    assert boss.ask("POST", "/api/v1/stores/accept", {"store": PUDONG}) == 200


def test_pages_are_kept_by_no_browser_and_load_nothing_from_elsewhere(web: Flask) -> None:
    page = Somebody(web, BOSS).client.get("/")
    assert page.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


def test_a_weak_password_is_refused() -> None:
    for weak in ("short", "aaaaaaaaaaaaaaa"):
        with pytest.raises(WeakPassword):
            people.hash_password(weak)


def test_the_public_api_is_described(web: Flask) -> None:
    anybody = web.test_client()
    document = anybody.get("/api/v1/public/openapi.json").get_json()
    assert {path.removeprefix("/api/v1/public") for path in document["paths"]} == {
        "/stores", "/stores/{store_id}", "/stores/{store_id}/slots", "/bookings", "/remote-tickets",
        "/visits/{token}", "/visits/{token}/move", "/visits/{token}/cancel",
    }  # fmt: skip
    book = document["paths"]["/api/v1/public/bookings"]["post"]
    assert set(book["responses"]) >= {"200", "201", "409", "422", "429"}
    assert "security" not in book
    refused = anybody.post("/api/v1/public/bookings", json={"store": 0, "walk": 1})
    assert (refused.status_code, refused.mimetype) == (422, "application/problem+json")
    assert {"store", "walk", "request_key", "phone"} <= {fault["field"] for fault in refused.get_json()["errors"]}
    assert anybody.get("/api/v1/public/stores?q=" + "x" * 101).status_code == 422
    assert anybody.get("/find?q=%00").status_code == 422
