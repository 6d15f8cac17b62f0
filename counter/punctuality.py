"""Owns what somebody with an appointment is told: what being early, on time or late means for them. Pure."""

from db import calendar
from db.setting_records import Settings
from db.ticket_records import Ticket, TicketClass
from db.words import Message


def note(ticket: Ticket, slot_at: float, store: Settings, at: float) -> Message:
    """What the holder of a checked-in ticket should know at a moment. `slot_at`: the time that was agreed."""
    rules = store.rules
    values = {"time": f"{calendar.local(slot_at, store):%H:%M}"}
    if ticket.ticket_class == TicketClass.VIP:
        return Message("late", "Your appointment was at {time}. You are in the VIP queue from now on.", values)
    if ticket.ticket_class != TicketClass.APPOINTMENT:
        return Message("late", "Your appointment was at {time}. You are in the queue from now on.", values)
    if at < slot_at - rules.appointment_early_s:
        return Message(
            "early",
            "You are early: you will be called around {time}, or sooner if a counter is free.",
            values,
        )
    if ticket.issued_at > slot_at:
        return Message("a_little_late", "You came a little late, but your appointment at {time} still holds.", values)
    return Message("on_time", "Your appointment at {time} is checked in.", values)
