"""Answers and what is said on the live line are the JSON that they always were."""

import json
from datetime import UTC, date, datetime
from typing import NamedTuple

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from db.ticket_records import Quote, TicketClass
from lobby import quick_json

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
_PLAIN = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.recursive(_PLAIN | _TEXTS, lambda one: st.lists(one) | st.dictionaries(_TEXTS, one)))
def test_any_value_reads_as_the_standard_librarys(value: object) -> None:
    assert json.loads(quick_json.dumps(value)) == json.loads(json.dumps(value))


class _Pair(NamedTuple):
    low: int
    high: int


def test_records_and_days_are_said_as_flask_says_them() -> None:
    app = Flask("lobby")
    value = {
        TicketClass.VIP: TicketClass.ORDINARY,
        "pair": _Pair(1, 2),
        "quote": Quote(1.0, 2.5, 3.0),
        "day": date(2026, 11, 21),
        "at": datetime(2026, 11, 21, 10, tzinfo=UTC),
        "name": "柜台",
    }
    assert json.loads(quick_json.dumps(value)) == json.loads(app.json.dumps(value, sort_keys=False))
    assert "柜台".encode() in quick_json.dumps(value)
    app.json = quick_json.Answers(app)
    with app.app_context():
        assert app.json.response(value).get_data() == quick_json.dumps(value) + b"\n"
