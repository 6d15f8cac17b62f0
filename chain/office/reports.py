"""Owns reading the figures of a chain: of any stores over any span of days, from what was rolled up of each day."""

from typing import Any

from chain.office.asking import CHOSEN, Asked, Wish, ask, frame
from chain.office.database import Conn
from chain.office.figures import BY_TIME, KIND, By, figures
from chain.office.sums import HIGHEST, SUMMED, Kind, Sums, counted, total

Json = dict[str, Any]

_GROUPS = {
    By.REGION: "place::text", By.STORE: "place::text", By.MONTH: "to_char(day, 'YYYY-MM')",
    By.WEEK: "date_trunc('week', day)::date::text", By.DAY: "day::text", By.HOUR: "key", By.SERVICE: "key", By.CLASS: "key",
}  # fmt: skip
_ALL_TOGETHER = "''"
_SUMS = ", ".join([*(f"sum({key})::float8 AS {key}" for key in SUMMED), *(f"max({key}) AS {key}" for key in HIGHEST)])


def read_figures(conn: Conn, wish: Wish) -> Json:
    """The figures of all together and of each group, in the order of time or of the number of tickets.

    Raises `BadSpan`, `UnknownRegion`, `UnknownStore`.
    """
    asked = ask(conn, wish)
    kind = KIND.get(wish.by, Kind.ALL)
    groups = _summed(conn, asked, _GROUPS[wish.by], kind)
    whole = groups if kind == Kind.ALL else _summed(conn, asked, _ALL_TOGETHER, Kind.ALL)
    rows = [{"group": _name(asked, wish.by, group), **figures(sums, kind)} for group, sums in groups.items()]
    rows.sort(key=lambda row: row["group"] if wish.by in BY_TIME else (-row["issued"], row["group"]))
    return {**frame(conn, asked, wish), "total": figures(total(whole.values()), Kind.ALL), "rows": rows}


def _summed(conn: Conn, asked: Asked, group: str, kind: Kind) -> dict[str, Sums]:
    parts: dict[str, list[Sums]] = {}
    for values in asked.months():
        rows = conn.execute(
            f"SELECT {group} AS part, {_SUMS}, string_agg(waits, '') AS waits, string_agg(cells, '') AS cells"
            f" FROM day_figures JOIN {CHOSEN} USING (store)"
            " WHERE day BETWEEN %(from)s AND %(to)s AND kind = %(kind)s GROUP BY 1",
            {**values, "kind": kind}, binary=True,
        )  # fmt: skip
        for row in rows:
            waits, cells = counted(row.pop("waits")), counted(row.pop("cells"))
            parts.setdefault(row.pop("part"), []).append(Sums(row, waits, cells))
    return {name: total(found) for name, found in parts.items()}


def _name(asked: Asked, by: By, group: str) -> str | int:
    """What the database calls a group, as it is told."""
    if by in {By.REGION, By.STORE}:
        return asked.groups[int(group)]
    return int(group) if by == By.HOUR else group
