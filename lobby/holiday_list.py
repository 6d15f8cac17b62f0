"""Owns the public holidays that may be chosen from; what is chosen becomes the store's own special days."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from lobby.opening_errors import UnknownCountry

AHEAD = timedelta(days=400)
CHINESE, ENGLISH = "zh_CN", "en_US"


@cache
def country_of(timezone: str) -> str:
    """The country a time zone lies in, as two letters; China's where the zone names none."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text()
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return next((row[0] for row in rows if row[2] == timezone), "CN")


@cache
def countries() -> tuple[str, ...]:
    """Every country whose holidays are known, as two letters."""
    import holidays  # noqa: PLC0415 — 50 ms that only this page needs

    return tuple(sorted(code for code in holidays.list_supported_countries(include_aliases=False) if len(code) == 2))  # noqa: PLR2004


def between(country: str, first: date) -> list[dict[str, Any]]:
    """`{date, name: {zh, en}}` of the holidays from a day on, for a good year. Raises `UnknownCountry`.

    Names that nobody has put into Chinese are English in both languages, for the administrator to change.
    """
    import holidays  # noqa: PLC0415

    if country not in countries():
        raise UnknownCountry(country=country)
    years = range(first.year, (first + AHEAD).year + 1)
    spoken = holidays.country_holidays(country).supported_languages
    named: dict[str, Mapping[date, str]] = {
        language: holidays.country_holidays(country, years=years, language=language if language in spoken else None)
        for language in (ENGLISH, CHINESE if CHINESE in spoken else ENGLISH)
    }
    english, chinese = named[ENGLISH], named.get(CHINESE, named[ENGLISH])
    days = [day for day in sorted(english) if first <= day <= first + AHEAD]
    return [{"date": str(day), "name": {"zh": chinese[day], "en": english[day]}} for day in days]
