"""A staff action is done once: what a repeat, a page behind the times and a failure leave behind."""

from sqlite3 import Connection

import pytest
from lobby_stage import Stage

from counter import desk, repeats
from counter.desk_errors import CounterMovedOn, NobodyEligible
from counter.errors import KeyReused
from counter.repeats import Seen
from db.counter_records import CounterState
from db.store import Store


@pytest.fixture
def stage(store: Store) -> Stage:
    made = Stage(store)
    made.open(4, made.lin)
    return made


def _call_next(stage: Stage, key: str) -> bool:
    """Call the next with a request key, as the API does; whether it was done."""

    def step(conn: Connection) -> bool:
        if repeats.is_repeat(conn, 4, "call-next", key, stage.now):
            return False
        desk.call_next(conn, 4, stage.lin, stage.now)
        return True

    return stage.store.write(step)


def test_a_repeat_is_known_by_its_key_and_not_for_another_action(stage: Stage) -> None:
    stage.issue()
    assert [_call_next(stage, "once"), _call_next(stage, "once")] == [True, False]
    with pytest.raises(KeyReused):
        stage.store.write(lambda conn: repeats.is_repeat(conn, 4, "start", "once", stage.now))
    assert not stage.store.write(lambda conn: repeats.is_repeat(conn, 5, "call-next", "once", stage.now))


def test_what_failed_may_be_tried_again_with_the_same_key(stage: Stage) -> None:
    with pytest.raises(NobodyEligible):
        _call_next(stage, "early")
    stage.issue()
    assert _call_next(stage, "early")


def test_a_key_is_forgotten_after_an_hour(stage: Stage) -> None:
    assert not stage.store.write(lambda conn: repeats.is_repeat(conn, 4, "open", "old", stage.now))
    stage.later(61)
    assert not stage.store.write(lambda conn: repeats.is_repeat(conn, 4, "open", "new", stage.now))
    with stage.store.read() as conn:
        assert [row[0] for row in conn.execute("SELECT request_key FROM action_requests")] == ["new"]


def test_a_page_behind_the_times_is_refused(stage: Stage) -> None:
    number = stage.issue().ticket.number
    seen = Seen(CounterState.READY, None)
    stage.store.write(lambda conn: repeats.require_as_seen(conn, 4, seen))
    stage.call(4, stage.lin)
    with pytest.raises(CounterMovedOn):
        stage.store.write(lambda conn: repeats.require_as_seen(conn, 4, seen))
    stage.store.write(lambda conn: repeats.require_as_seen(conn, 4, Seen(CounterState.CALLED, number)))
