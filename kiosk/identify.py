"""Owns recognising a customer: a member by phone or card, and whether the card is valid today."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import date

from db import members
from db.errors import MalformedPhone, UnknownMember
from db.records import Member, Message

_PHONE = re.compile(r"1[3-9]\d{9}")
_PREFIX = re.compile(r"^(\+|00)?86(?=1\d{10}$)")
_FILLING = re.compile(r"[\s\-·()（）]")
_FULL_WIDTH = {ord("０") + n: str(n) for n in range(10)} | {ord("＋"): "+", ord("－"): "-"}


@dataclass(frozen=True, slots=True)
class Recognised:
    """A member and whether their card counts today; `refusal` says why it does not."""

    member: Member
    refusal: Message | None

    @property
    def is_vip(self) -> bool:
        """Whether they may use the VIP queue."""
        return self.refusal is None


def normalise_phone(text: str) -> str:
    """The 11 digits of a mainland mobile number, however it was typed. Raises `MalformedPhone`."""
    digits = _PREFIX.sub("", _FILLING.sub("", text.translate(_FULL_WIDTH)))
    if not _PHONE.fullmatch(digits):
        raise MalformedPhone
    return digits


def recognise(conn: sqlite3.Connection, today: date, *, phone: str | None, member_no: str | None) -> Recognised:
    """Find the member by card number or phone. Raises `UnknownMember`, `MalformedPhone`."""
    member = members.by_number(conn, member_no.strip().upper()) if member_no else None
    if member is None and phone:
        member = members.by_phone(conn, normalise_phone(phone))
    if member is None:
        raise UnknownMember
    return Recognised(member, card_refusal(member, today))


def card_until(member: Member) -> date:
    """The last day of a card: the end of its year, or of the contract where that is later."""
    return max(member.valid_until, member.contract_until or member.valid_until)


def card_refusal(member: Member, today: date) -> Message | None:
    """Why a card gives no VIP service on a day; None if it does.

    A card is valid for its year, or until the contract ends where that is later; void once no longer listed.
    """
    until = card_until(member)
    if not member.listed:
        return Message("card_void", "This VIP card is no longer valid. We are glad to serve you in the ordinary queue.")
    if today < member.valid_from:
        return Message("card_not_yet", "This VIP card is valid from {day}. Until then, please use the ordinary queue.",
                       {"day": member.valid_from.isoformat()})  # fmt: skip
    if today > until:
        return Message("card_expired", "This VIP card ended on {day}. We are glad to serve you in the ordinary queue.",
                       {"day": until.isoformat()})  # fmt: skip
    return None
