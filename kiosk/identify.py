"""Owns recognising a customer: a member by phone or card, with what their card is worth today."""

import re
import sqlite3
from dataclasses import dataclass
from datetime import date

from counter.card import card_refusal
from db import members
from db.people_records import Member
from db.words import Message
from kiosk.errors import MalformedPhone, UnknownMember

_PHONE = re.compile(r"1[3-9][0-9]{9}")
_PREFIX = re.compile(r"^(\+|00)?86(?=1[0-9]{10}$)")
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
