"""What a ticket's holder may do and is told: rating, stepping back, limits, privacy, and phones left in peace."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from lobby_stage import Stage
from serving import Serving
from test_live import Follower

from counter import views
from counter.web import Context
from db import ratings
from db.event_records import EventKind
from db.paper_records import PrintState
from db.ticket_records import Rating
from kiosk import holder
from kiosk.errors import NothingToRate, YourTurn
from lobby.phones import Phones, what_shows

MEMBERS = "member_no,name,phone,tier,valid_from,valid_until\nV07000001,王秀英,13800136620,gold,2020-01-01,2099-12-31\n"
COUNTER = "/api/v1/counters/6"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    folder = tmp_path_factory.mktemp("phones")
    with Serving(folder / "store") as serving:
        (folder / "members.csv").write_text(MEMBERS)
        serving.command("import", "members", str(folder / "members.csv"))
        serving.no_patience()
        yield serving


@pytest.fixture(scope="module")
def kiosk(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.device("kiosk", "door")["token"]) as client:
        yield client


@pytest.fixture(scope="module")
def clerk(server: Serving) -> Iterator[httpx.Client]:
    with server.client(server.sign_in("clerk", counter=6)) as client:
        yield client


_keys = iter(range(1_000_000))


def _issue(kiosk: httpx.Client, service: str = "plan", **more: str) -> dict[str, Any]:
    body = {"request_key": f"phones-{next(_keys)}", "service": service, **more}
    ticket: dict[str, Any] = kiosk.post("/api/v1/tickets", json=body).json()
    return ticket


def _serve(kiosk: httpx.Client, clerk: httpx.Client) -> dict[str, Any]:
    """A customer from the kiosk to the end, after everybody who still waited."""
    while clerk.post(f"{COUNTER}/call-next").status_code == 200:
        clerk.post(f"{COUNTER}/no-show")
    ticket = _issue(kiosk)
    for action in ("call-next", "start", "finish"):
        assert clerk.post(f"{COUNTER}/{action}").status_code == 200
    return ticket


def _path(ticket: dict[str, Any], action: str = "") -> str:
    return f"/api/v1/tickets/{ticket['token']}{action and '/' + action}"


def test_a_rating_is_kept_shown_to_its_giver_and_changed(
    server: Serving, kiosk: httpx.Client, clerk: httpx.Client
) -> None:
    ticket = _serve(kiosk, clerk)
    with server.client() as phone:
        assert phone.post(_path(ticket, "rate"), json={"score": 5, "comment": " 很好 "}).json()["rating"] == {
            "score": 5,
            "comment": "很好",
        }
        assert phone.get(_path(ticket)).json()["rating"]["score"] == 5
        changed = phone.post(_path(ticket, "rate"), json={"score": 2})
        assert changed.json()["rating"] == {"score": 2, "comment": ""}
        assert phone.get(_path(ticket)).json()["rating"] == {"score": 2, "comment": ""}


def test_the_journal_knows_the_score_and_not_the_words(stage: Stage) -> None:
    token = _served(stage)
    stage.store.write(lambda conn: holder.rate(conn, token, Rating(3, "secret words"), stage.now))
    stage.store.write(lambda conn: holder.rate(conn, token, Rating(3, "secret words"), stage.now))  # a second tap
    stage.store.write(lambda conn: holder.rate(conn, token, Rating(4, ""), stage.now))
    rated = [event for event in stage.journal() if event.kind == EventKind.RATED]
    assert [dict(event.data) for event in rated] == [
        {"score": 3, "commented": True, "changed": False},
        {"score": 4, "commented": False, "changed": True},
    ]
    assert not any("secret" in json.dumps(dict(event.data)) for event in stage.journal())


def test_only_a_visit_of_today_that_was_served_is_rated(stage: Stage) -> None:
    waiting = stage.issue()
    with pytest.raises(NothingToRate):
        stage.store.write(lambda conn: holder.rate(conn, waiting.ticket.token, Rating(5, ""), stage.now))
    token = _served(stage)
    stage.later(24 * 60)
    with pytest.raises(NothingToRate):
        stage.store.write(lambda conn: holder.rate(conn, token, Rating(5, ""), stage.now))
    with stage.store.read() as conn:
        assert ratings.of_ticket(conn, stage.ticket(token).id) is None


@pytest.mark.parametrize(
    "body", [{"score": 0}, {"score": 6}, {}, {"score": 3, "comment": "x" * 301}, {"score": 3, "comment": "\ud800"}]
)
def test_a_rating_that_makes_no_sense_changes_nothing(
    server: Serving, kiosk: httpx.Client, clerk: httpx.Client, body: dict[str, Any]
) -> None:
    ticket = _serve(kiosk, clerk)
    with server.client() as phone:
        headers = {"Content-Type": "application/json"}
        answer = phone.post(_path(ticket, "rate"), content=json.dumps(body), headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert phone.get(_path(ticket)).json()["rating"] is None


def test_letting_pass_through_the_contract(server: Serving, kiosk: httpx.Client) -> None:
    ticket = _issue(kiosk, "support")
    _issue(kiosk, "support")
    with server.client() as phone:
        moved = phone.post(_path(ticket, "let-pass"))
        assert moved.status_code == 200, moved.text
        assert {key: moved.json()[key] for key in ("passes", "passes_left", "issued_at")} == {
            "passes": 1,
            "passes_left": 2,
            "issued_at": ticket["issued_at"],
        }
        assert moved.json()["people_ahead"] == ticket["people_ahead"] + 1
        again = phone.post(_path(ticket, "let-pass"), json={"passed": 0})
        assert again.json()["passes"] == 1
        refused = phone.post(_path(ticket, "let-pass"))
        assert (refused.status_code, refused.json()["code"]) == (409, "nobody_behind")
        assert phone.post("/api/v1/tickets/nobody/let-pass").json()["code"] == "unknown_ticket"


def test_one_ticket_cannot_keep_the_server_busy(server: Serving, kiosk: httpx.Client) -> None:
    first, other = _issue(kiosk, "device"), _issue(kiosk, "device")
    with server.client() as phone:
        codes = [phone.post(_path(first, "let-pass"), json={"passed": 0}).status_code for _ in range(21)]
        assert codes == [200] * 20 + [429]
        assert phone.post(_path(first, "cancel")).json()["code"] == "too_many_requests"
        assert phone.post(_path(other, "cancel")).status_code == 200


def test_giving_up_while_being_called_is_answered_with_where_to_go(stage: Stage) -> None:
    stage.open(4, stage.lin)
    token = stage.issue().ticket.token
    stage.call(4, stage.lin)
    with pytest.raises(YourTurn):
        stage.store.write(lambda conn: holder.cancel(conn, token, stage.now))


def test_history_is_over_and_todays_visit_is_not(stage: Stage) -> None:
    served, missed = _served(stage), stage.issue().ticket.token
    stage.call(4, stage.lin)
    stage.miss(4, stage.lin)
    assert [_is_over(stage, token) for token in (served, missed)] == [False, False]
    stage.later(119)
    assert [_is_over(stage, token) for token in (served, missed)] == [False, False]
    stage.later(1)
    assert [_is_over(stage, token) for token in (served, missed)] == [False, True]
    stage.later(24 * 60)
    assert [_is_over(stage, token) for token in (served, missed)] == [True, True]


def test_a_phone_learns_nothing_about_anybody_else(server: Serving, kiosk: httpx.Client, clerk: httpx.Client) -> None:
    own = _issue(kiosk)
    others = [_issue(kiosk) for _ in range(3)] + [_issue(kiosk, member_no="V07000001")]
    with server.client() as phone, Follower(server, screen="ticket", token=own["token"]) as line:
        clerk.post(f"{COUNTER}/call-next")
        line.wait_for(line.calls, 1)
        clerk.post(f"{COUNTER}/no-show")
        line.wait_for(line.snapshots, 2)
        heard = [*line.snapshots, *line.calls]
        answers = [phone.get(_path(own)).json(), phone.post(_path(own, "let-pass")).json()]
        page = phone.get(f"/t/{own['token']}").text
    personal = ["王秀英", "13800136620", "6620", "V07000001", "request_key", "member_no", 'phone":']
    for said in [*map(_text, heard), *map(_text, answers), page]:
        assert [word for word in [*personal, *(other["token"] for other in others)] if word in said] == []
    public = {"version", "number", "counter", "class", "at", "recall", "over", "previous", "audio_url"}
    for snapshot in line.snapshots:
        assert all(call.keys() <= public for call in snapshot.pop("calls"))
        assert snapshot["ticket"].pop("number") == own["number"]
    for said in [*map(_text, line.snapshots), *map(_text, answers[:1])]:
        assert [other["number"] for other in others if f'"{other["number"]}"' in said] == []


def test_the_answer_tells_the_servers_time_and_version(server: Serving, kiosk: httpx.Client) -> None:
    ticket = _issue(kiosk, "other")
    with server.client() as phone:
        first = phone.get(_path(ticket)).json()
        _issue(kiosk, "other")
        second = phone.get(_path(ticket)).json()
    assert second["version"] > first["version"]
    assert first["issued_at"] <= first["now"] < second["now"]


def test_a_phone_is_told_what_is_new_to_it_and_no_more(
    server: Serving, kiosk: httpx.Client, clerk: httpx.Client
) -> None:
    while clerk.post(f"{COUNTER}/call-next").status_code == 200:
        clerk.post(f"{COUNTER}/no-show")
    first, second = _issue(kiosk, "billing"), _issue(kiosk, "billing")
    with (
        Follower(server, screen="ticket", token=first["token"]) as called,
        Follower(server, screen="ticket", token=second["token"]) as waiting,
        Follower(server, screen="display") as display,
    ):
        for _ in range(5):
            _issue(kiosk, "device")
            time.sleep(0.3)
        display.wait_for(display.snapshots, 4)
        assert len(waiting.snapshots) <= 2  # nothing of this concerns it
        clerk.post(f"{COUNTER}/call-next")
        called.wait_until(lambda: called.snapshots[-1]["ticket"]["state"] == "called")
        waiting.wait_until(lambda: waiting.snapshots[-1]["ticket"]["people_ahead"] == 0)
        assert waiting.calls[-1]["number"] == first["number"]
        clerk.post(f"{COUNTER}/no-show")
        called.wait_until(lambda: called.snapshots[-1]["ticket"]["state"] == "no_show")


def test_ones_own_call_is_told_at_once_and_a_place_with_the_next_round(stage: Stage) -> None:
    stage.open(4, stage.lin)
    audiences = [f"ticket:{stage.issue().ticket.token}" for _ in range(60)]
    told: list[tuple[str, dict[str, Any]]] = []
    phones = Phones(
        Context(stage.store, lambda: stage.now, "http://here"), lambda snapshot, to: told.append((to, snapshot))
    )
    groups: list[int] = []
    phones.tell(audiences, lambda: groups.append(len(told)))
    assert [to for to, _ in told] == audiences
    assert groups == [25, 50]  # others have their turn in between
    assert phones.patience() is None
    told.clear()
    phones.note(stage.call(4, stage.lin)[0])
    phones.tell(audiences, lambda: None)
    assert [(to, said["ticket"]["state"]) for to, said in told] == [(audiences[0], "called")]
    assert phones.patience() is not None
    time.sleep(phones.patience() or 0)
    phones.tell(audiences, lambda: None)
    assert {to for to, _ in told} == set(audiences)
    assert len(told) == len(audiences)  # nobody twice


def test_seconds_of_a_wait_are_no_news_and_minutes_are() -> None:
    def with_quote(low_s: int, high_s: int) -> dict[str, Any]:
        quote = {"low_s": low_s, "mid_s": (low_s + high_s) // 2, "high_s": high_s}
        return {"version": high_s, "store": {}, "ticket": {"number": "A001", "quote": quote}}

    assert what_shows(with_quote(485, 1015)) == what_shows(with_quote(481, 965))
    assert what_shows(with_quote(485, 1015)) != what_shows(with_quote(479, 1015))
    assert what_shows(with_quote(485, 1020)) != what_shows(with_quote(485, 1021))


def test_two_phones_of_one_ticket_show_the_same_and_versions_never_go_back(
    server: Serving, kiosk: httpx.Client
) -> None:
    ticket = _issue(kiosk, "support")
    with (
        Follower(server, screen="ticket", token=ticket["token"]) as one,
        Follower(server, screen="ticket", token=ticket["token"]) as other,
    ):
        for _ in range(4):
            _issue(kiosk, "support")
            other.send("watch", {"screen": "ticket", "token": ticket["token"]})
        with server.client() as phone:
            phone.post(_path(ticket, "let-pass"))
        for phone_line in (one, other):
            phone_line.wait_until(lambda line=phone_line: line.snapshots[-1]["ticket"]["passes"] == 1)  # type: ignore[misc]
            versions = [snapshot["version"] for snapshot in phone_line.snapshots]
            assert versions == sorted(versions)


def _served(stage: Stage) -> str:
    token = stage.issue().ticket.token
    stage.open(4, stage.lin)
    while stage.call(4, stage.lin)[0] != stage.ticket(token).number:
        stage.miss(4, stage.lin)
    stage.serve(4, stage.lin)
    return token


def _is_over(stage: Stage, token: str) -> bool:
    return bool(views.ticket(stage.ticket(token), stage.present(), PrintState.NONE)["over"])


def _text(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False)
