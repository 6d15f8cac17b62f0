"""Owns the one error family: what went wrong, in a form every boundary can put into words once.

`text` is the English message and the catalogue's key, with `{name}` places filled from `attrs`.
"""


class LobbyError(Exception):
    """A refusal that changed nothing. Attributes: `code` (stable), `status` (HTTP), `text`, `attrs`, `field`.

    `faults` are what it consists of where several things are wrong at once.
    """

    code = "error"
    status = 400
    text = "That did not work. Please try again."
    field: str | None = None
    faults: "tuple[LobbyError, ...]" = ()

    def __init__(self, **attrs: object) -> None:
        super().__init__(self.text.format_map(_Lenient(attrs)))
        self.attrs = attrs


class _Lenient(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class NotFound(LobbyError):
    """What was asked for does not exist."""

    code, status, text = "not_found", 404, "This does not exist."


class UnknownService(LobbyError):
    """No such service."""

    code, status, field = "unknown_service", 404, "service"
    text = "There is no service “{service}”. Choose one of: {known}."


class UnknownTicket(LobbyError):
    """No such ticket."""

    code, status, text = "unknown_ticket", 404, "This ticket is not known here. Please take a new number."


class NothingProposed(LobbyError):
    """A what-if without a change."""

    code, status = "nothing_proposed", 422
    text = "Say what to change: a counter to open, close or pause, or a setting."


class ForecastUnavailable(LobbyError):
    """The process that computes forecasts does not answer."""

    code, status = "forecast_unavailable", 503
    text = "The forecast cannot be computed at the moment. Please try again in a minute."


class UnknownCounter(LobbyError):
    """No such counter."""

    code, status, text = "unknown_counter", 404, "There is no counter {counter}."


class UnknownMember(LobbyError):
    """A phone or member number of nobody."""

    code, status, field = "unknown_member", 404, "phone"
    text = "We found no VIP card under this number. Check the number, or take an ordinary ticket."


class UnknownAppointment(LobbyError):
    """No booking under this phone or code."""

    code, status, field = "unknown_appointment", 404, "code"
    text = "We found no appointment for today under this number. Check the number, or take an ordinary ticket."


class MalformedPhone(LobbyError):
    """Not a mobile number."""

    code, status, field = "malformed_phone", 422, "phone"
    text = "Please enter the 11 digits of a mobile number."


class MalformedCode(LobbyError):
    """Not something a card, a phone or a booking could be."""

    code, status, field = "malformed_code", 422, "code"
    text = "Please enter an appointment code, a mobile number or a member number."


class UnknownCode(LobbyError):
    """Scanned or typed, and nothing that this store has given out or knows."""

    code, status, field = "unknown_code", 404, "code"
    text = "We do not know this code: it is no booking, no VIP card and no number of today. Please choose a service or ask our staff."


class TicketOver(LobbyError):
    """Somebody holds a ticket before the scanner that is no longer waiting or served."""

    code, status = "ticket_over", 409
    text = "Number {number} is over. Please take a new number."


class StoreClosed(LobbyError):
    """Outside opening hours."""

    code, status, text = "store_closed", 409, "The store is closed now. Today's hours: {hours}."


class StoreClosedToday(LobbyError):
    """A day without opening hours."""

    code, status, text = "store_closed", 409, "The store is closed today."


class ServiceFull(LobbyError):
    """The service's daily cap is reached."""

    code, status, text = (
        "service_full",
        409,
        "This service has no more numbers today. Please ask our staff or come tomorrow.",
    )


class AppointmentOtherDay(LobbyError):
    """Checked in on another day than booked."""

    code, status, text = "appointment_other_day", 409, "This appointment is on {day} at {time}. Please come back then."


class AppointmentOver(LobbyError):
    """A booking of a day that is over."""

    code, status = "appointment_over", 409
    text = "This appointment was on {day} at {time}. Please take an ordinary number; we are glad to help you today."


class AppointmentUsed(LobbyError):
    """The booking was cancelled or already served."""

    code, status, text = "appointment_used", 409, "This appointment has already been used or cancelled."


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


class PassesUsed(LobbyError):
    """Everybody may let a few people pass, not a whole queue."""

    code, status, text = "passes_used", 409, "You have let {passes} people pass. That is as many as one number can."


class PromiseRuns(LobbyError):
    """The promised time is near: whoever stepped back would be called first all the same."""

    code, status = "promise_runs", 409
    text = "Your promised time is near, so you are called before the others now."


class YourTurn(LobbyError):
    """The call was faster than the holder's wish."""

    code, status, text = "your_turn", 409, "{number} is being called: please go to counter {counter}."


class NothingToRate(LobbyError):
    """A visit that is not over, or was on another day."""

    code, status = "nothing_to_rate", 409
    text = "You can say how it was after you have been served, until the end of the day."


class TooManyRequests(LobbyError):
    """One ticket's holder asks again and again."""

    code, status, text = "too_many_requests", 429, "That was too often. Please wait a minute and try again."


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


class SignInRefused(LobbyError):
    """Unknown staff or wrong PIN; deliberately the same."""

    code, status, field = "sign_in_refused", 401, "pin"
    text = "Name and PIN do not match."


class SignInNeeded(LobbyError):
    """No or an ended sign-in."""

    code, status, text = "sign_in_needed", 401, "Please sign in."


class DeviceNeeded(LobbyError):
    """Something only a device of the store may do."""

    code, status = "device_needed", 401
    text = "This device is not connected to the store. Open its enrolment link, or send its token."


class PageTooOld(LobbyError):
    """A cookie's change without a valid CSRF token."""

    code, status, text = "page_too_old", 403, "This page is too old to be trusted. Reload it and try again."


class NotJson(LobbyError):
    """A body that is not the JSON it has to be."""

    code, status, text = "not_json", 400, "The request's body is not JSON, or is not labelled application/json."


class NoSuchPage(NotFound):
    """Nothing at this address."""

    text = "There is nothing at this address."


class NotThisWay(LobbyError):
    """The right address, the wrong method."""

    code, status, text = "method_not_allowed", 405, "This address does not take this kind of request."


class InvalidRequest(LobbyError):
    """The request's fields are wrong; the answer lists them."""

    code, status, text = "invalid_request", 422, "Some of what was sent is missing or wrong. See the list of fields."


class TooManyTries(LobbyError):
    """Guessing at a PIN."""

    code, status, text = (
        "too_many_tries",
        429,
        "Too many tries. Please wait some minutes, or ask the manager for a new PIN link.",
    )


class Forbidden(LobbyError):
    """Signed in, but not allowed."""

    code, status, text = "forbidden", 403, "Your role does not allow this."


class LinkUsed(LobbyError):
    """An enrolment link that was used or never existed."""

    code, status = "link_used", 410
    text = "This link has been used or is not known. Ask for a new one with “lobbyline device add” or on the settings page."


class WeakPin(LobbyError):
    """A PIN that is no PIN."""

    code, status, field = "weak_pin", 422, "pin"
    text = "A PIN has 4 to 12 digits, not all the same."


class NameTaken(LobbyError):
    """Two of a kind must not share a name."""

    code, status, field = "name_taken", 409, "name"
    text = "There is already a “{name}”."


class BadFile(LobbyError):
    """An import file that cannot be read as a list."""

    code, status, field = "bad_file", 422, "file"
    text = "This file cannot be read: {reason}."


class HeadingLacks(BadFile):
    """A list whose heading is not ours."""

    text = "This file cannot be read: its heading lacks {columns}."


class NotCsv(BadFile):
    """A file that is no table."""

    text = "This file cannot be read: line {line} is no line of a CSV file."


class NoUsableLine(BadFile):
    """A list without one right line; taking it would end everybody's card."""

    text = "This file has no line that can be used, so nothing was changed."


class NotATable(BadFile):
    """Bytes that are neither text nor a workbook."""

    text = "This file is no list that can be read. Save it as CSV or as an Excel workbook (.xlsx)."


class ProtectedWorkbook(BadFile):
    """A workbook that needs a password."""

    text = "This Excel file is protected by a password. Save it without one."


class DamagedWorkbook(BadFile):
    """A file that begins like a workbook and is none."""

    text = "This Excel file is damaged. Open it in a spreadsheet program and save it as .xlsx again."


class FileTooLarge(BadFile):
    """More than we take at once."""

    status = 413
    text = "This file is too large. Send at most 32 MB at once."


class UnknownImport(NotFound):
    """A list that was put away, or never read."""

    text = "This list is no longer here. Please choose the file again."


class ImportNotReady(LobbyError):
    """Taking over what has not been read, or has been taken over already."""

    code, status, text = "import_not_ready", 409, "This list cannot be taken over now. The page shows how far it is."


class ImportBusy(LobbyError):
    """Two lists at once."""

    code, status, text = "import_busy", 409, "Another list is being taken over. Please wait a moment."


class ListChanged(LobbyError):
    """The comparison is with a list that is no longer the store's."""

    code, status = "list_changed", 409
    text = "Another list was taken over after this one was read. Please choose the file again."


class ListHasFaults(LobbyError):
    """A strict import of a list that is not right."""

    code, status, text = "list_has_faults", 409, "The list has faults ({faults}), so nothing was changed."


class BadSetting(LobbyError):
    """A setting that cannot work."""

    code, status = "bad_setting", 422
    text = "{setting}: {reason}."


class NoPrinter(LobbyError):
    """A slip is to be printed where there is no printer."""

    code, status, text = "no_printer", 409, "There is no such printer. Add one on the settings page."


class ServerRunning(LobbyError):
    """Another process owns this store's folder."""

    code, status = "server_running", 409
    text = "Another Lobbyline uses this data folder. Stop it first, or choose another with --data."


class UnknownPerk(LobbyError):
    """No such perk."""

    code, status, text = "unknown_perk", 404, "There is no perk “{perk}”."


class NoVipHere(LobbyError):
    """A perk where no VIP is."""

    code, status, text = "no_vip_here", 409, "Counter {counter} has no VIP now, so no perk can be used."


class PerkBeforeService(LobbyError):
    """A perk for somebody who is only called."""

    code, status, text = "perk_before_service", 409, "Start serving {number} first; then a perk can be used."


class PerkNotForTier(LobbyError):
    """A perk that this tier does not have."""

    code, status, text = "perk_not_for_tier", 409, "This customer's tier does not include this perk."


class PerkUsedUp(LobbyError):
    """Nothing left of a month's quota."""

    code, status = "perk_used_up", 409
    text = "This month's quota of {times} is used up. It can be used again from {day}."


class PerkUsedUpThisYear(PerkUsedUp):
    """Nothing left of a year's quota."""

    text = "This year's quota of {times} is used up. It can be used again from {day}."


class KeyReused(LobbyError):
    """One request key for two different things."""

    code, status, field = "key_reused", 409, "request_key"
    text = "This request key was already used for something else. Make a new one."


class UnknownUse(LobbyError):
    """No such use of a perk."""

    code, status, field, text = "unknown_use", 404, "use", "This use of a perk is not known."


class NotYoursToUndo(LobbyError):
    """Undoing what somebody else, or another day, did."""

    code, status = "not_yours_to_undo", 403
    text = "A perk is undone on the same day by {name}, who used it, or by a manager."


class UnknownManager(LobbyError):
    """No account manager of this code."""

    code, status, text = "unknown_manager", 404, "No account manager here has the code “{manager}”."


class UnknownPage(LobbyError):
    """No such page."""

    code, status, text = "unknown_page", 404, "This arrival notice is not known."


class NotYourPage(LobbyError):
    """Acknowledging what was told to somebody else."""

    code, status, text = "not_your_page", 403, "This arrival is for the customer's account manager or a floor manager."


class ProxyStaffOnly(LobbyError):
    """A number for an absent customer, asked for by a device."""

    code, status, field = "proxy_staff_only", 403, "proxy_for"
    text = "Only staff issue a number for an absent customer. Sign in first."


class UnknownProxyMember(LobbyError):
    """A proxy for nobody."""

    code, status, field = "unknown_member", 404, "proxy_for"
    text = "There is no VIP card with this member number or phone."


class ProxyCardInvalid(LobbyError):
    """A proxy on a card that does not count today."""

    code, status, field = "proxy_card_invalid", 409, "proxy_for"
    text = "This VIP card is not valid today, so nothing can be handled by proxy."


class ProxyNoRight(LobbyError):
    """A proxy for a tier without the right."""

    code, status, field = "proxy_no_right", 409, "proxy_for"
    text = "This customer's tier does not include proxy handling."


class ProxyOpen(LobbyError):
    """A second proxy before the first is done."""

    code, status, field = "proxy_open", 409, "proxy_for"
    text = "{number} is already being handled for this customer. Finish it first."


class UnknownProxy(LobbyError):
    """No such proxy handling."""

    code, status, text = "unknown_proxy", 404, "This proxy handling is not known."


class ProxyNotDone(LobbyError):
    """Answering before there is anything to say."""

    code, status, text = "proxy_not_done", 409, "{number} is not done yet, so there is nothing to tell the customer."


class NoSuchAppointment(LobbyError):
    """A booking's code of nobody, asked for by staff or a program."""

    code, status, text = "unknown_appointment", 404, "There is no appointment with this code."


class AppointmentFixed(LobbyError):
    """Only a booking that nobody has used yet can be changed or cancelled."""

    code, status = "appointment_fixed", 409
    text = "This appointment has been checked in, used, missed or cancelled, so it can no longer be changed."


class NoSuchSlot(LobbyError):
    """A time at which no slot begins."""

    code, status, field = "no_such_slot", 409, "slot_at"
    text = "No appointment begins at this time. Choose one of the times offered for that day."


class SlotTooSoon(LobbyError):
    """Later than the lead time before the slot."""

    code, status, field = "slot_too_soon", 409, "slot_at"
    text = "An appointment is booked at least {minutes} minutes ahead. Choose a later time."


class SlotTooFar(LobbyError):
    """Beyond the horizon."""

    code, status, field = "slot_too_far", 409, "slot_at"
    text = "Appointments can be booked at most {days} days ahead. Choose an earlier day."


class SlotFull(LobbyError):
    """Every place of the slot is taken; there are others that day."""

    code, status, field = "slot_full", 409, "slot_at"
    text = "Every place at {time} is taken. Still free that day: {free}."


class DayFull(LobbyError):
    """Every place of the slot is taken, and of the rest of its day."""

    code, status, field = "slot_full", 409, "slot_at"
    text = "Every place at {time} is taken, and nothing else is free that day. Choose another day."


class PhoneBusy(LobbyError):
    """One phone cannot have two visits at a time."""

    code, status, field = "phone_busy", 409, "phone"
    text = (
        "This phone number already has an appointment on {day} at {time}, code {code}. Change or cancel that one first."
    )


class BookingNotAllowed(LobbyError):
    """A program books for somebody whose tier may not."""

    code, status, field = "booking_not_allowed", 403, "phone"
    text = "No valid card with the right to book belongs to this phone number. Our staff can book for this customer."


class PermissionNeeded(LobbyError):
    """A program books for a tier that books by permission only."""

    code, status, field = "permission_needed", 403, "permission"
    text = "Customers of this tier book by permission only. Say in “permission” why it was given."


class UnsoundDatabase(LobbyError):
    """A database file, of a store or a backup, that cannot be used."""

    code, status = "unsound_database", 500
    text = "{file} cannot be used: {why}."


class DamagedStore(LobbyError):
    """The store's own database cannot be used; `restore` is the way out."""

    code, status = "damaged_store", 500
    text = "The store's database cannot be used: {why}. Put the last backup back: {restore}"


class BadSpan(LobbyError):
    """A report from a day to an earlier one, or over more days than one answer holds."""

    code, status, field = "bad_span", 422, "to"
    text = "Choose a last day that is not before the first, and at most {days} days in all."


class NoPastDay(LobbyError):
    """A day on which nobody came, or that is not over."""

    code, status, field = "no_past_day", 404, "day"
    text = "Nobody took a number on {day}, or that day is not over yet. The last day with customers was {latest}."


class StudyRunning(LobbyError):
    """One study at a time is computed."""

    code, status = "study_running", 409
    text = "Another calculation is running. Wait until it has ended, then try again."


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


class NothingToEnd(LobbyError):
    """What the floor manager wants to change or take back is so already."""

    code, status, text = "nothing_to_end", 409, "This is so already; nothing was changed."


class ActOver(LobbyError):
    """Something done for good can only be undone for a minute."""

    code, status, text = "act_over", 409, "This was done more than a minute ago. Change it where it belongs."


class StaffGone(LobbyError):
    """Nobody of this id."""

    code, status, field, text = "staff_gone", 404, "staff", "This member of staff is not known here."


class IncompleteAct(LobbyError):
    """What is to be done lacks something."""

    code, status, text = "incomplete_act", 422, "Say for which counter, person, service or text this is to be done."


class BadWebhook(LobbyError):
    """An address alerts must not be sent to."""

    code, status, field = "bad_webhook", 422, "url"
    text = "Alerts are sent to an address that starts with https://, or with http:// on this machine."


class BadAlertRule(LobbyError):
    """A threshold that cannot work."""

    code, status, field = "bad_alert_rule", 422, "threshold"
    text = "The threshold is a number from {low} to {high}; the alert ends at the threshold or below it."
