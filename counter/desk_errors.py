"""Owns what a counter's actions refuse."""

from db.errors import LobbyError


class CounterClosed(LobbyError):
    """A closed counter was told to act."""

    code, status, text = "counter_closed", 409, "Counter {counter} is closed. Open it first."


class CounterTaken(LobbyError):
    """Somebody else works at this counter."""

    code, status, text = "counter_taken", 409, "{name} is working at counter {counter}. Ask them to close it first."


class StaffElsewhere(LobbyError):
    """One person, one counter."""

    code, status, text = "staff_elsewhere", 409, "You are working at counter {counter}. Close it first."


class NotYourCounter(LobbyError):
    """Acting at somebody else's counter."""

    code, status, text = "not_your_counter", 403, "Counter {counter} is not yours. Open it first."


class CounterBusy(LobbyError):
    """The counter still has a customer."""

    code, status, text = "counter_busy", 409, "Counter {counter} still has {number}. Finish or mark a no-show first."


class NoCurrentTicket(LobbyError):
    """An action on the current customer while there is none."""

    code, status, text = "no_current_ticket", 409, "Counter {counter} has nobody now. Call the next customer first."


class WrongState(LobbyError):
    """The ticket's state does not allow this action."""

    code, status, text = "wrong_state", 409, "{number} cannot do this now. The screen shows what is possible."


class NobodyBehind(LobbyError):
    """There is nobody the holder could let pass."""

    code, status, text = "nobody_behind", 409, "Nobody is behind you in your queue yet, so there is nobody to let pass."


class PromiseRuns(LobbyError):
    """The promised time is near: whoever stepped back would be called first all the same."""

    code, status = "promise_runs", 409
    text = "Your promised time is near, so you are called before the others now."


class NobodyEligible(LobbyError):
    """There is nobody this counter may call; the subclasses say why."""

    code, status, text = "nobody_waiting", 409, "Nobody is waiting."


class NobodyForSkills(NobodyEligible):
    """People wait, none of them for this counter."""

    code = "no_skill"
    text = "{waiting} waiting, but none for the services or classes of counter {counter}."


class ReservedForVip(NobodyEligible):
    """Lending would endanger the VIP promise."""

    code = "reserved_for_vip"
    text = "{waiting} waiting. Counter {counter} stays free for VIPs until another VIP counter frees up."


class CounterMovedOn(LobbyError):
    """Acting on what a page no longer shows."""

    code, status, field = "counter_moved_on", 409, "expects"
    text = "Counter {counter} has moved on meanwhile, so nothing was done. The screen shows how things stand."


class CounterPaused(LobbyError):
    """A paused counter was told to act."""

    code, status, text = "counter_paused", 409, "Counter {counter} is paused. Open it first."


class RecallTooSoon(LobbyError):
    """Two calls of one number run into each other."""

    code, status = "recall_too_soon", 409
    text = "{number} was called a moment ago. It can be called again in {seconds} s."


class NoShowTooSoon(LobbyError):
    """The customer had no time to walk up yet."""

    code, status = "no_show_too_soon", 409
    text = "{number} may still be on the way. It can be marked as a no-show in {seconds} s."


class NoShowTooFewCalls(LobbyError):
    """The customer may have missed the first call."""

    code, status = "no_show_too_few_calls", 409
    text = "{number} has been called {calls} of {needed} times. Call again before marking a no-show."


class NotServedHere(LobbyError):
    """A counter without the permission or the skill for a ticket."""

    code, status = "not_served_here", 409
    text = "Counter {counter} does not serve {number}: its service or class is none of this counter's."


class AddressedToCounter(LobbyError):
    """A ticket that waits for one counter."""

    code, status, text = "addressed_elsewhere", 409, "{number} waits for counter {counter} and is called there."


class AddressedToStaff(LobbyError):
    """A ticket that waits for one person."""

    code, status, text = "addressed_elsewhere", 409, "{number} waits for {name} and is called by them."


class CallNeedsManager(LobbyError):
    """Calling out of order where the store leaves it to managers."""

    code, status = "call_needs_manager", 403
    text = "In this store only a manager calls a number out of order."


class MoveNeedsManager(LobbyError):
    """Moving somebody forward is a manager's to answer for."""

    code, status, text = "move_needs_manager", 403, "Only a manager moves a number forward."


class UnknownNumber(LobbyError):
    """No such number today."""

    code, status, field = "unknown_number", 404, "ticket"
    text = "There is no number {number} today."


class HeldElsewhere(LobbyError):
    """On hold at another counter, to go on there."""

    code, status = "held_elsewhere", 409
    text = "{number} is on hold at counter {counter} and goes on there."


class NobodyHeld(LobbyError):
    """Resuming where nobody is on hold."""

    code, status, text = "nobody_held", 409, "Nobody is on hold for counter {counter}."


class NobodyToReinstate(LobbyError):
    """Reinstating on a day without a missed number."""

    code, status, text = "nobody_missed", 409, "Nobody has been missed today."


class TransferToNowhere(LobbyError):
    """A transfer that names nothing, or too much."""

    code, status = "transfer_to_nowhere", 422
    text = "Say where {number} goes: to another service, and to one counter or one person if wanted."


class StaffAtNoCounter(LobbyError):
    """A transfer to somebody who is not there."""

    code, status, field = "staff_at_no_counter", 409, "staff"
    text = "{name} works at no counter now."


class MemberHasTicket(LobbyError):
    """One customer, one place."""

    code, status, text = "member_has_ticket", 409, "This customer has another number now: {number}."


class BookingMovedOn(LobbyError):
    """A ticket's booking is no longer what it was."""

    code, status = "booking_moved_on", 409
    text = "The appointment of {number} has been used or changed since, so its place cannot be given back."


class NothingToUndo(LobbyError):
    """No action, or none within the last minute."""

    code, status, text = "nothing_to_undo", 409, "Nothing of the last {seconds} s can be undone at counter {counter}."


class UndoMovedOn(LobbyError):
    """What was done has gone on since."""

    code, status, text = "undo_moved_on", 409, "{number} has moved on since, so this can no longer be undone."


class UndoCalledElsewhere(UndoMovedOn):
    """The ticket is somewhere else by now."""

    text = "{number} was called to counter {counter} since, so this can no longer be undone."


class UndoCounterChanged(UndoMovedOn):
    """The counter is not as it was left."""

    text = "Counter {counter} has changed since, so this can no longer be undone."


class UndoDayTurned(UndoMovedOn):
    """What is to be undone belongs to a day that is over."""

    text = "A new day has begun, so this can no longer be undone."


class ServiceNotHere(LobbyError):
    """A service added at a counter that does not do it."""

    code, status, field = "service_not_here", 409, "service"
    text = "Counter {counter} does not do this service. Transfer {number} to it instead."


class SameService(LobbyError):
    """A service added that is being done."""

    code, status, field = "same_service", 409, "service"
    text = "{number} is being served for this already."


class PhoneUnknown(LobbyError):
    """Nobody to call."""

    code, status, text = "phone_unknown", 409, "No phone number is known of {number}."


class PauseTextMissing(LobbyError):
    """Another reason, not said."""

    code, status, field, text = "pause_text_missing", 422, "text", "Say in a few words why the counter pauses."
