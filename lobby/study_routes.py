"""Owns the web of studies: plans of the days to come, past days played again. Managers only; it never waits for one."""

from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from counter.web import LARGEST, Body, Context
from db import calendar, counters, day_facts, settings
from db.setting_records import RuleKind
from lobby.replaying import Question
from lobby.studies import Studies

Json = dict[str, Any]
DAY = r"^\d{4}-\d{2}-\d{2}$"


class Asked(BaseModel):
    """Which day; under which rule, without it the store's own; with which counters, like `1,2,5`, without as it was."""

    day: str = Field(pattern=DAY)
    rule: RuleKind | None = None
    counters: str | None = Field(default=None, pattern=r"^\d{1,9}(,\d{1,9}){0,99}$")

    @property
    def question(self) -> Question:
        """As the study takes it."""
        numbers = None if self.counters is None else tuple(sorted({int(n) for n in self.counters.split(",")}))
        return Question(self.day, self.rule, numbers)


class Wished(Body):
    """The same as JSON."""

    day: str = Field(pattern=DAY)
    rule: RuleKind | None = None
    counters: list[int] | None = Field(default=None, min_length=1, max_length=100)

    @property
    def question(self) -> Question:
        """As the study takes it."""
        numbers = None if self.counters is None else tuple(sorted({min(n, LARGEST) for n in self.counters}))
        return Question(self.day, self.rule, numbers)


def api(context: Context, studies: Studies) -> APIBlueprint:
    """Studies: a POST starts one, a GET tells how far it is and what it found."""
    room = APIBlueprint("studies", __name__, url_prefix="/api/v1/reports", abp_tags=[Tag(name="Reports")])

    @room.get("/staffing", summary="Expected customers and counters needed, the next seven days")
    def read_staffing() -> Json:
        return studies.staffing()

    @room.post("/staffing", summary="Plan the next seven days anew")
    def start_staffing() -> tuple[Json, int]:
        studies.start_staffing()
        return studies.staffing(), 202

    @room.get("/replay", summary="A past day played again: how far it is, what was found")
    def read_replay(query: Asked) -> Json:
        return studies.replay(query.question)

    @room.post("/replay", summary="Play a past day again under another rule or with other counters")
    def start_replay(body: Wished) -> tuple[Json, int]:
        studies.start_replay(body.question)
        return studies.replay(body.question), 202

    @room.get("/replay/choices", summary="What can be chosen for a replay")
    def read_choices() -> Json:
        with context.store.read() as conn:
            store = settings.set_up(conn)
            today = calendar.business_day(context.clock(), store.settings)
            return {
                "latest": day_facts.latest_before(conn, today),
                "rule": store.settings.rules.kind,
                "rules": [kind.value for kind in RuleKind],
                "counters": [counter.number for counter in counters.everyone(conn)],
            }

    return room
