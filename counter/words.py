"""Owns what the calling rule says to people: its reasons and refusals as messages. Pure."""

from counter.desk_errors import NobodyEligible, NobodyForSkills, ReservedForVip
from counter.line import Lobby, Reason, Refusal
from db.counter_records import Counter
from db.words import Message

_REASONS = {
    Reason.FAIR_TURN: "waited longest: a fair turn after several promised customers",
    Reason.DEADLINE: "kept within the promised time",
    Reason.ORDER: "next in order",
    Reason.PRIORITY: "VIPs and appointments go first",
    Reason.TURN: "the others' turn",
}

_REFUSALS: dict[Refusal, type[NobodyEligible]] = {
    Refusal.NOBODY_WAITING: NobodyEligible,
    Refusal.NO_SKILL: NobodyForSkills,
    Refusal.RESERVED_FOR_VIP: ReservedForVip,
}


def reason(why: str) -> Message:
    """Why this ticket was called."""
    return Message(why, _REASONS[Reason(why)])


def refusal(why: Refusal, counter: Counter, lobby: Lobby) -> NobodyEligible:
    """Why this counter calls nobody, as the error the caller gets."""
    return _REFUSALS[why](waiting=len(lobby.waiting), counter=counter.number)
