"""Whatever a socket is sent: the server says one of its documented messages, or hangs up; nothing fails inside."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask_socketio import SocketIOTestClient
from house import House, Line, open_house
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lobby.agents import NAMESPACE
from lobby.hub import Said
from lobby.rights import EVENTS, SCREENS, Who

ODD = st.sampled_from([
    "\0", "\ud800", "x" * 70_000, "../..", "'; DROP TABLE t", 2**63, -(2**63) - 1, 10**90, float("nan"), float("inf"),
    -1, b"\xff\0", "",
])  # fmt: skip
VALUES = st.recursive(
    st.one_of(ODD, st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
WATCHES = st.fixed_dictionaries(
    {"screen": st.one_of(st.sampled_from(sorted(SCREENS)), VALUES)},
    optional={"counter": st.one_of(st.sampled_from([1, 2, 99]), VALUES), "token": VALUES, "more": VALUES},
)
HELLOS = st.fixed_dictionaries({"held": st.one_of(st.lists(VALUES, max_size=4), VALUES)})
REPORTS = st.fixed_dictionaries({
    "key": VALUES | st.just("1"), "state": VALUES | st.sampled_from(["printed", "failed", "given"]),
    "fault": VALUES | st.none() | st.just("paper_out"), "attempts": VALUES | st.just(1),
    "paper_out": VALUES | st.booleans(),
})  # fmt: skip
CONDITIONS = st.fixed_dictionaries({
    "answers": VALUES | st.booleans(), "marks_end": VALUES | st.booleans(), "paper_low": VALUES | st.booleans(),
    "fault": VALUES | st.none() | st.just("paper_out"),
})  # fmt: skip
SAYINGS = {"watch": WATCHES, "hello": HELLOS, "report": REPORTS, "condition": CONDITIONS}
CALLERS = [Who.CUSTOMER, Who.COUNTER, Who.ADMIN, Who.DISPLAY]

fuzz = settings(
    deadline=None, database=None, derandomize=True, max_examples=60, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("sockets") / "store") as opened:
        yield opened


@pytest.fixture(scope="module")
def line(house: House) -> Line:
    return Line(house)


def test_every_event_has_its_sayings() -> None:
    named = {event for events in EVENTS.values() for event in events}
    assert named - {"connect", "disconnect"} == SAYINGS.keys()


@pytest.mark.parametrize("who", CALLERS)
def test_whatever_is_to_be_watched_is_answered_by_a_snapshot_or_a_refusal(house: House, line: Line, who: Who) -> None:
    client = line.client(house.tokens.get(who))

    @fuzz
    @given(st.lists(WATCHES | VALUES, max_size=2))
    def ask(said: list[Any]) -> None:
        client.emit("watch", *said)
        heard = client.get_received()
        assert len(heard) == 1
        assert heard[0]["name"] in {Said.SNAPSHOT, Said.REFUSED}
        json.dumps(heard[0]["args"]).encode()

    ask()
    client.emit("watch", {"screen": "display"})
    assert [said["name"] for said in client.get_received()] == ["snapshot"]


@pytest.mark.parametrize("event", ["hello", "report", "condition"])
def test_a_print_agent_that_talks_nonsense_loses_its_line_and_may_come_again(
    house: House, line: Line, event: str
) -> None:
    def connect() -> SocketIOTestClient:
        return line.client(house.tokens[Who.AGENT], NAMESPACE)

    @fuzz
    @given(st.lists(SAYINGS[event] | VALUES, max_size=2))
    def talk(said: list[Any]) -> None:
        client = connect()
        client.emit(event, *said, namespace=NAMESPACE, callback=True)

    talk()
    client = connect()
    answer = client.emit("hello", {"held": []}, namespace=NAMESPACE, callback=True)
    assert (answer["drop"], client.is_connected(NAMESPACE)) == ([], True)
    client.emit("hello", {"held": "everything"}, namespace=NAMESPACE, callback=True)
    assert not client.is_connected(NAMESPACE)


@pytest.mark.parametrize("namespace", sorted(EVENTS))
def test_whatever_is_shown_as_a_token_lets_nobody_in_nor_breaks_anything(line: Line, namespace: str) -> None:
    @fuzz
    @given(VALUES)
    def show(token: Any) -> None:
        client = line.socketio.test_client(line.app, namespace=namespace, auth={"token": token})
        assert client.is_connected(namespace) == (namespace == "/" and not token)

    show()


def test_an_event_that_nobody_foresaw_is_not_heard(line: Line) -> None:
    client = line.client(None)
    client.emit("sesame", {"open": True})
    assert (client.get_received(), client.is_connected()) == ([], True)
