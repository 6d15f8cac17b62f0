"""Owns what a VIP card is worth on a day: its term, when it is void, and how that is told. Pure."""

from datetime import date, timedelta

from db.people_records import Member
from db.words import Message

ENDS_WITHIN = timedelta(days=31)


def term(assessed: date) -> tuple[date, date]:
    """First and last day of a card: one year from the month after the assessment."""
    first = date(assessed.year + assessed.month // 12, assessed.month % 12 + 1, 1)
    return first, first.replace(year=first.year + 1) - date.resolution


def last_day(member: Member) -> date:
    """The end of the card's year or of the contract, whichever is later."""
    return max(member.valid_until, member.contract_until or member.valid_until)


def ends_soon(member: Member, today: date) -> bool:
    """Whether a card that counts today ends within a month."""
    return timedelta() <= last_day(member) - today <= ENDS_WITHIN


def card_refusal(member: Member, today: date) -> Message | None:
    """Why a card gives no VIP service on a day; None if it does."""
    if member.churned:
        return Message("card_churned", "This VIP card ended when its number left our network. We are glad to serve you in the ordinary queue.")  # fmt: skip  # noqa: E501
    if not member.listed:
        return Message("card_void", "This VIP card is no longer on the carrier's list. We are glad to serve you in the ordinary queue.")  # fmt: skip  # noqa: E501
    if today < member.valid_from:
        return Message("card_not_yet", "This VIP card is valid from {day}. Until then, please use the ordinary queue.",
                       {"day": member.valid_from.isoformat()})  # fmt: skip
    if today > last_day(member):
        return Message("card_expired", "This VIP card ended on {day}. We are glad to serve you in the ordinary queue.",
                       {"day": last_day(member).isoformat()})  # fmt: skip
    return None
