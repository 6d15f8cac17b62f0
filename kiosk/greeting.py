"""Owns what a recognised customer is told besides the title: birthday, account manager, a card that ends soon."""

from datetime import date

from counter.card import ends_soon, last_day
from counter.customer import is_birthday_near
from db.people_records import Member
from db.words import Message
from kiosk.identify import Recognised


def wishes(person: Recognised, today: date, manager: str | None) -> tuple[Message, ...]:
    """What is said to a member whose card counts today; nothing to others, who are told why it does not.

    `manager`: the name of their account manager, where one of the staff is known to be it.
    """
    if not person.is_vip:
        return ()
    said = (
        _birthday(person.member, today),
        _manager(manager or person.member.manager_a),
        _ends_soon(person.member, today),
    )
    return tuple(message for message in said if message is not None)


def _birthday(member: Member, today: date) -> Message | None:
    if member.birthday is None or not is_birthday_near(member.birthday, today):
        return None
    return Message("birthday", "Our best wishes for your birthday!")


def _manager(name: str | None) -> Message | None:
    """Carriers' lists have names or codes; a code says nothing to a customer."""
    if name is None or any(sign.isdigit() for sign in name):
        return None
    return Message("manager", "Your account manager: {name}", {"name": name})


def _ends_soon(member: Member, today: date) -> Message | None:
    if not ends_soon(member, today):
        return None
    until = last_day(member).isoformat()
    return Message("card_ends", "Your card is valid until {day}. Please ask us how to keep it.", {"day": until})
