"""Who asks while the server is at long work is answered between its pieces; screens wait for those who act."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gevent
import pytest
from flask_socketio import SocketIO
from gevent.socket import wait_read
from lobby_stage import Stage

from counter.web import Context
from db.store import Store
from lobby.hub import Hub, Said
from lobby.turns import LET_ACT_S, Turns


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    store = Store(tmp_path)
    yield Stage(store)
    store.close()


def test_a_request_that_comes_in_is_read_after_the_present_piece() -> None:
    here, there = socket.socketpair()
    turns = Turns()
    with here, there:
        pieces: list[int] = []
        reader = gevent.spawn(lambda: (wait_read(there.fileno()), len(pieces))[1])
        turns.give()
        here.send(b"x")
        while not reader.ready() and len(pieces) < 10:
            pieces.append(1)
            turns.give()
        assert reader.get() == 1


def test_long_work_stands_back_until_whoever_pressed_a_key_is_answered_but_not_for_ever() -> None:
    waiting_for_answer = ["counter 4"]
    turns = Turns(lambda: bool(waiting_for_answer))
    looks: list[bool] = []
    work = gevent.spawn(turns.give, lambda: looks.append(bool(waiting_for_answer)))
    gevent.sleep(LET_ACT_S / 4)
    assert not work.ready()
    waiting_for_answer.clear()
    work.get(timeout=5)
    assert (looks[0], looks[-1]) == (True, False), "news is heard meanwhile, and before the work goes on"
    waiting_for_answer.append("somebody is always at it")
    gevent.spawn(turns.give).get(timeout=5)


class _Heard(Hub):
    """A hub that keeps what it says: event, version and audience."""

    said: list[tuple[str, int, str]]

    def watched_by(self, *audiences: str) -> None:
        self.said = []
        self._watched = dict(enumerate(audiences))  # type: ignore[arg-type]

    def _emit(self, said: Said, data: Any, to: str) -> None:
        self.said.append((said, data["version"], to))


def test_a_call_in_the_midst_of_a_round_is_said_at_once_and_no_screen_goes_back(stage: Stage) -> None:
    seats = {f"counter:{n}" for n in range(1, 7)}
    stage.open(4, stage.lin)
    stage.issue()
    asked = iter([False, True])  # nobody before the round; after its first snapshot somebody has just pressed the key

    def is_acting() -> bool:
        if next(asked, None):
            stage.call(4, stage.lin)
            hub.wake()
            return True
        return False

    hub = _Heard(Context(stage.store, lambda: stage.now, "http://here"), SocketIO(), Turns(is_acting))
    hub.watched_by(*seats)
    hub._send_snapshots()
    (first, before, served), (second, version, everybody) = hub.said
    assert (first, second, everybody) == (Said.SNAPSHOT, Said.CALLED, "lobby")
    assert version > before
    hub.said.clear()
    hub._send_snapshots()
    assert {(said, now) for said, now, _ in hub.said} == {(Said.SNAPSHOT, version)}
    assert {to for _, _, to in hub.said} == seats
    assert hub.said[-1][2] == served, "who has seen the newest waits longest"


def test_who_was_answered_in_the_midst_of_a_round_is_not_shown_what_was_before(stage: Stage) -> None:
    stage.open(4, stage.lin)
    asked = iter([False, True])

    def is_acting() -> bool:
        if next(asked, None):
            stage.issue()
            hub.wake()
            return True
        return False

    hub = _Heard(Context(stage.store, lambda: stage.now, "http://here"), SocketIO(), Turns(is_acting))
    hub.watched_by("counter:4", "counter:5")
    for _ in range(2):
        hub._send_snapshots()
    (_, before, first), (_, after, second), (_, again, third) = hub.said
    assert before < after == again
    assert [second, third] == [*{"counter:4", "counter:5"} - {first}, first]
