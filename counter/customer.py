"""Owns how a customer is named, greeted, and how their phone is shown: never more than the place needs. Pure."""

import re
from datetime import date, timedelta

from db.words import Names

BIRTHDAY_WITHIN = timedelta(days=3)

_TWO_CHARACTER_SURNAMES = frozenset(
    [
        "欧阳",
        "上官",
        "司马",
        "司徒",
        "诸葛",
        "夏侯",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "长孙",
        "宇文",
        "端木",
        "东方",
        "独孤",
        "南宫",
        "轩辕",
        "呼延",
        "百里",
    ]
)
_CHINESE = re.compile(r"[\u3400-\u9fff]")


def surname(name: str) -> str:
    """The family name of a Chinese name; the last word of another one."""
    if not _CHINESE.match(name):
        return name.rpartition(" ")[2]
    return name[:2] if name[:2] in _TWO_CHARACTER_SURNAMES else name[:1]


def greeting(name: str) -> Names:
    """By surname only, for places where others look on. The lists tell no gender, so both titles are offered."""
    family = surname(name)
    return Names(zh=f"{family}先生/女士", en=f"Mr/Ms {family}")


def honoured(name: str) -> Names:
    """How a VIP is greeted at a kiosk: by surname and a title that fits everybody."""
    family = surname(name)
    return Names(zh=f"尊敬的{family}贵宾", en=f"Dear Mr/Ms {family}")


def masked(phone: str) -> str:
    """`138 ···· 6620`: enough to compare, too little to call; empty where no number is known."""
    return f"{phone[:3]} ···· {phone[-4:]}" if phone else ""


def is_birthday_near(birthday: date, today: date) -> bool:
    """Within three days before or after, also across the turn of the year; 29 February counts as 1 March."""
    return any(
        abs(_in_year(birthday, year) - today) <= BIRTHDAY_WITHIN
        for year in (today.year - 1, today.year, today.year + 1)
    )


def _in_year(birthday: date, year: int) -> date:
    try:
        return birthday.replace(year=year)
    except ValueError:
        return date(year, 3, 1)
