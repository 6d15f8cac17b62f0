"""Whatever is sent to the API gets an answer that its document foresees, never a fault of ours."""

import copy
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from chain_stage import Office
from flask import Flask
from flask.testing import FlaskClient
from house import House, open_house
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema_rs import validator_for
from lobby_stage import TEN
from werkzeug.test import TestResponse

from chain.office import public_desk, stores
from chain.office.context import Office as Web
from kiosk import issuing
from lobby import limiting
from lobby.headoffice import create_app
from lobby.rights import Who

CALLERS = [Who.ADMIN, Who.COUNTER, Who.KIOSK, Who.INTEGRATION, Who.CUSTOMER]
EXAMPLES = {Who.ADMIN: 6}
"""Of each route; other callers are mostly refused at the gate, and so is what they send."""

NASTY: list[Any] = [
    "", "\0", "a\0b", "\ud800", "\x1b@\x1dV\0", "\u202egnp", "'; DROP TABLE t; --", "<img src=x onerror=alert(1)>",
    "{{7*7}}", "{0}", "{x.__class__}", "%s%n", "=cmd|' /C calc'!A0", "9" * 400, "9999-12-31", "0001-01-01",
    "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "٣", "１２３", "1e999", "\u2028", "A" * 100_000,
    10**30, 2**63, -(2**63) - 1, -1, 0, 2**31, 1e308, float("nan"), float("inf"), True, None, [], {}, [[]],
    ["\ud800"], {"\ud800": 1}, {"a": {"b": [None, 1e300]}}, 1.5, "tcp://[::1", "http://[", "file:///\0",
    "../../etc/passwd", "10:00-25:00",
]  # fmt: skip

fuzz = settings(
    deadline=None, database=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


@dataclass(frozen=True)
class Api:
    """The API of a store or a head office, its document, and what is known there."""

    app: Flask
    tokens: Mapping[Who, str]
    document: dict[str, Any]
    schema: Any
    known: Mapping[str, list[Any]]

    def send(self, who: Who, method: str, path: str, query: Mapping[str, Any], body: Any) -> TestResponse:
        """A program asks, with its own token; what no UTF-8 has is sent all the same."""
        token = self.tokens.get(who)
        asked = urlencode({key: str(value).encode("utf-8", "surrogatepass") for key, value in query.items()})
        return self.app.test_client().open(
            f"{path}?{asked}",
            method=method,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            data=None if body is None else json.dumps(body),
            content_type=None if body is None else "application/json",
        )

    def require_foreseen(self, answer: TestResponse, operation: Any) -> None:
        """The document has this status, this kind of content and this shape for it."""
        foreseen = self.document["paths"][operation.path][operation.method]["responses"]
        where = (operation.label, answer.status_code, answer.data[:300])
        assert answer.status_code < 500, where
        assert str(answer.status_code) in foreseen, where
        content = foreseen[str(answer.status_code)]["content"]
        assert answer.mimetype in content, where
        shape = content[answer.mimetype].get("schema")
        if shape:
            rooted = {**shape, "components": self.document["components"]}
            assert list(validator_for(rooted).iter_errors(answer.get_json())) == [], where


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with (
        open_house(tmp_path_factory.mktemp("fuzz") / "store") as house,
        pytest.MonkeyPatch.context() as patch,
    ):
        for limits in ("_PER_ADDRESS", "_PER_BROWSER", "_GUESSED"):
            patch.setattr(limiting, limits, {})  # else the first hundred questions would answer all the others
        tickets = [_issue(house, f"fuzz-{n}") for n in range(5)]
        known = {
            "number": [1, 2],
            "counter": [1, 2],
            "token": [ticket.token for ticket in tickets],
            "ticket": [ticket.number for ticket in tickets],
            "service": ["plan", "bill"],
            "staff": ["Lin"],
            "id": [1, 2],
        }
        yield api_of(house.app, "/api/v1/openapi.json", known, house.tokens)


def api_of(app: Flask, path: str, known: Mapping[str, list[Any]], tokens: Mapping[Who, str]) -> Api:
    """An application's, as the document at a path has it."""
    document = app.test_client().get(path).get_json()
    return Api(app, tokens, document, schemathesis.openapi.from_wsgi(path, app), known)


def _issue(house: House, key: str) -> Any:
    wish = issuing.Wish(key, "plan")
    return house.context.store.write(lambda conn: issuing.issue(conn, wish, None, "device:kiosk", TEN)).ticket


@pytest.mark.parametrize("who", CALLERS)
def test_every_route_answers_what_its_document_foresees(api: Api, who: Who) -> None:
    for found in api.schema.get_all_operations():
        _ask(api, who, found.ok(), EXAMPLES.get(who, 1))


def test_the_head_office_answers_the_public_what_its_document_foresees(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limits in ("LOOKS", "BOOKINGS", "CHANGES", "BOOKINGS_OF_PHONE"):
        monkeypatch.setattr(public_desk, limits, [])
    with office.database.transaction() as conn:
        store_id = stores.by_token(conn, stores.add(conn, "浦东一店", "华东/上海"))
    known: dict[str, list[Any]] = {
        "store": [store_id],
        "store_id": [store_id],
        "service": ["plan"],
        "phone": ["13800136620"],
    }
    api = api_of(create_app(Web(office.database)), "/api/v1/public/openapi.json", known, {})
    for found in api.schema.get_all_operations():
        _ask(api, Who.CUSTOMER, found.ok(), 10)


def _ask(api: Api, who: Who, operation: Any, examples: int) -> None:
    """What the document allows, most of it about what there is, one thing of it spoilt most of the time."""

    @settings(fuzz, max_examples=examples)
    @given(operation.as_strategy(generation_mode=schemathesis.GenerationMode.POSITIVE), st.data())
    def ask(case: Any, chance: st.DataObject) -> None:
        body = copy.deepcopy(case.body) if isinstance(case.body, dict | list) else None
        query, places = dict(case.query or {}), dict(case.path_parameters or {})
        for part in (places, body if isinstance(body, dict) else {}):
            for key in sorted(part.keys() & api.known.keys()):
                part[key] = chance.draw(st.sampled_from([*api.known[key], part[key]]))
        _spoil(chance, body, query, places)
        filled = {key: quote(str(place), "", errors="replace") or "-" for key, place in places.items()}
        path = operation.path.format_map(filled)
        api.require_foreseen(api.send(who, operation.method.upper(), path, query, body), operation)

    ask()


def _spoil(chance: st.DataObject, body: Any, query: dict[str, Any], places: dict[str, Any]) -> None:
    """Put one thing nobody foresaw where something else stood, most of the time."""
    spots: list[tuple[Any, Any]] = [*_spots(body), *((query, key) for key in query), *((places, key) for key in places)]
    if spots and chance.draw(st.sampled_from([True, True, True, False])):
        inside, key = spots[chance.draw(st.integers(0, len(spots) - 1))]
        inside[key] = chance.draw(st.sampled_from(NASTY))


def _spots(inside: Any) -> Iterator[tuple[Any, Any]]:
    """Everything in a body that could be something else."""
    pairs = inside.items() if isinstance(inside, dict) else enumerate(inside) if isinstance(inside, list) else ()
    for key, value in pairs:
        yield inside, key
        yield from _spots(value)


@pytest.fixture
def admin(api: Api) -> FlaskClient:
    client: FlaskClient = api.app.test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {api.tokens[Who.ADMIN]}"
    return client


@pytest.mark.parametrize(
    "body",
    [b"[" * 60_000, b'{"a":' * 13_000, b"{" + b"\xff\xfe", b'"\xed\xa0\x80"', b"\0", b"1" * 5_000, b"{", b"nul",
     b'{"a":1}x'],
    ids=["deep lists", "deep objects", "no UTF-8", "half a character", "NUL", "a number of 5,000 digits", "cut short",
         "half a word", "more after it"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/v1/tickets", "/api/v1/commands/store-set", "/api/v1/what-if"])
def test_what_is_no_json_is_refused_in_words(admin: FlaskClient, path: str, body: bytes) -> None:
    answer = admin.post(path, data=body, content_type="application/json", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.mimetype) in {
        (400, "application/problem+json"),
        (422, "application/problem+json"),
    }
    assert answer.get_json()["code"] in {"not_json", "invalid_request"}


def test_a_body_too_large_is_refused_in_words_and_the_next_request_is_answered(admin: FlaskClient) -> None:
    for path, size in {"/api/v1/tickets": 65 << 10, "/api/v1/commands/store-set": 33 << 20}.items():
        answer = admin.post(path, data=b" " * size, content_type="application/json")
        assert (answer.status_code, answer.get_json()["code"]) == (413, "bad_file")
    within = admin.post("/api/v1/commands/store-set", data=b" " * (1 << 20), content_type="application/json")
    assert within.status_code != 413
    assert admin.get("/api/v1/board").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/api/v1/tickets/%ff%fe", "/api/v1/tickets/%00", "/t/%ed%a0%80", "/t/%00", "/enrol/%ff", "/media/%00",
     "/media/..%2f..%2fsecret", "/static/lobby/%00", "/static/lobby/%ff", "/static/%2e%2e/secret",
     "/api/v1/events?after=%ff", "/?lang=%ff%00", "/api/v1/slots?service=%00&date=2026-11-21", "/counter?number=%00",
     "/settings/changes?before=-1", "/counter/strip?number=9e99", "/api/v1/board?x=" + "y" * 100_000,
     "/display?screen=%ed%a0%80", "/" + "a/" * 5_000],
)  # fmt: skip
def test_an_address_of_odd_bytes_gets_an_answer(admin: FlaskClient, address: str) -> None:
    answer = admin.get(address)
    assert answer.status_code in {200, 302, 400, 404, 410, 422}, (answer.status_code, answer.text[:200])
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Bearer \xff\xfe"}, {"Authorization": "Bearer " + "x" * 60_000}, {"Authorization": "\0"},
     {"Cookie": "lobbyline=\xff\xfe; lang=\0"}, {"Cookie": "lobbyline=" + "." * 5_000},
     {"Accept-Language": "\xff;q=nan, zh;q=1e999"},
     {"X-CSRFToken": "\xff"}, {"Content-Type": "application/json; charset=\xff"}, {"Content-Length": "-1"},
     {"Content-Type": "multipart/form-data; boundary=\xff"}],
)  # fmt: skip
@pytest.mark.parametrize("route", ["GET /", "GET /api/v1/floor", "POST /api/v1/tickets", "POST /counter/sign-in"])
def test_odd_headers_and_cookies_get_an_answer(api: Api, route: str, headers: dict[str, str]) -> None:
    method, path = route.split()
    answer = api.app.test_client().open(path, method=method, headers=headers, data=b"{}" if method == "POST" else None)
    assert answer.status_code in {200, 302, 400, 401, 403}, (answer.status_code, answer.text[:200])
