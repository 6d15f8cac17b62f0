"""Owns what the kiosk refuses: numbers, cards, bookings, lists."""

from db.errors import LobbyError, NotFound


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


class PassesUsed(LobbyError):
    """Everybody may let a few people pass, not a whole queue."""

    code, status, text = "passes_used", 409, "You have let {passes} people pass. That is as many as one number can."


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


class NoPrinter(LobbyError):
    """A slip is to be printed where there is no printer."""

    code, status, text = "no_printer", 409, "There is no such printer. Add one on the settings page."


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


class PhoneBusyThen(LobbyError):
    """The same, said to who may be anybody: neither when the other visit is nor its code."""

    code, status, field = "phone_busy", 409, "phone"
    text = "There is already an appointment with this phone number at that time."


class BookingNotAllowed(LobbyError):
    """A program books for somebody whose tier may not."""

    code, status, field = "booking_not_allowed", 403, "phone"
    text = "No valid card with the right to book belongs to this phone number. Our staff can book for this customer."


class PermissionNeeded(LobbyError):
    """A program books for a tier that books by permission only."""

    code, status, field = "permission_needed", 403, "permission"
    text = "Customers of this tier book by permission only. Say in “permission” why it was given."


class RemoteUnknown(LobbyError):
    """A place in line that was never kept here."""

    code, status = "unknown_remote_ticket", 404
    text = "This store keeps no such place. Please take a number."


class RemoteExpired(LobbyError):
    """Somebody came too late for a place that was kept."""

    code, status = "remote_ticket_expired", 409
    text = "This place was kept until {time}. Please take a number here."


class RemoteOver(LobbyError):
    """A place that was given back, or whose ticket is over."""

    code, status = "remote_ticket_over", 409
    text = "This place has already been used or given back. Please take a number here."


class TooManyKept(LobbyError):
    """As many are on their way as can be kept a place for."""

    code, status = "too_many_kept", 409
    text = "Many people are already on their way. Please try again later, or take a number at the store."


class WaitUnknown(LobbyError):
    """Nobody can say when somebody has to be there."""

    code, status = "wait_unknown", 409
    text = "How long the wait is cannot be said now. Please take a number at the store."
