"""Owns a chain's reports as sheets for office programs: the store's own sheets, with regions and stores. Pure."""

from typing import Any

from db.words import Names
from display import report_sheets
from display.report_sheets import Say, Sheet, Words, table
from display.report_words import ATTAINMENT, BOOKINGS, GROUPS, MISSES, SHEETS

Json = dict[str, Any]
_PLACES = {"region": GROUPS["region"], "store": GROUPS["store"]}
_KEPT = ("promised", "kept", "missed", "kept_percent")


def words(found: Json, say: Say, language: str) -> Words:
    """Puts a report's codes into one language."""
    services, tiers = (
        {code: Names(said["zh"], said["en"]) for code, said in found["names"][kind].items()}
        for kind in ("service", "tier")
    )
    return Words(say, language, services, tiers)


def figures(found: Json, words: Words) -> list[Sheet]:
    """One sheet: a line for all together, then one for each group."""
    return report_sheets.figures(found, words)


def inspection(found: Json, words: Words) -> list[Sheet]:
    """Attainment by region or store, then by month; the newest misses; bookings."""
    misses = {"day": MISSES["day"], **_PLACES, **MISSES}
    return [
        (words.say(GROUPS[found["by"]]), _groups(found, words)),
        (words.say(SHEETS["months"]), table(ATTAINMENT, found["months"], words)),
        (words.say(SHEETS["misses"]), table(misses, found["misses"], words)),
        (words.say(SHEETS["bookings"]), table(BOOKINGS, found["bookings"], words)),
    ]


def _groups(found: Json, words: Words) -> list[list[Any]]:
    """A line for the VIPs and one for the appointments of each group that had any."""
    columns = {"group": GROUPS[found["by"]], "class": GROUPS["class"], **{key: ATTAINMENT[key] for key in _KEPT}}
    rows = [
        {"group": row["group"], "class": kind, **row[kind]}
        for row in found["rows"]
        for kind in ("vip", "appointment")
        if row[kind]["came"]
    ]
    return table(columns, rows, words)
