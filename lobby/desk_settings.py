"""Owns setting what staff may do at a counter: times before a recall and a no-show, calling out of order, auto-call."""

import sqlite3
from dataclasses import replace

from pydantic import Field

from counter.web import Body
from db import settings

HOUR_S = 3600


class DeskSet(Body):
    """What is absent stays as it is. `auto_call_s`: null for never; the other times may be 0."""

    recall_gap_s: float | None = Field(default=None, ge=0, le=HOUR_S)
    no_show_calls: int | None = Field(default=None, ge=1, le=10)
    no_show_after_s: float | None = Field(default=None, ge=0, le=HOUR_S)
    staff_may_call: bool | None = None
    auto_call_s: float | None = Field(default=None, ge=1, le=HOUR_S)


def apply(conn: sqlite3.Connection, body: DeskSet) -> bool:
    """Set what was given and return whether anything changed."""
    before = settings.load(conn)
    given = body.model_dump(exclude_none=True)
    if "auto_call_s" in body.model_fields_set:
        given["auto_call_s"] = body.auto_call_s
    after = replace(before, desk=replace(before.desk, **given))
    settings.save(conn, after)
    return after != before
