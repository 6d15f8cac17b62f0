"""Owns what can be wrong with a printer, in words that tell somebody in the lobby what to do."""

from db.errors import LobbyError


class BadPrinterAddress(LobbyError):
    """An address no printer can have."""

    code, status, field = "bad_printer_address", 422, "address"
    text = "“{address}” is no printer address. Examples: tcp://192.168.1.50:9100, usb://, cups://queue."


class BadPrinterOption(LobbyError):
    """A printer option with a value we do not know."""

    code, status = "bad_printer_option", 422
    text = "“{value}” does not work for a printer's {option}. Choose one of: {known}."


class BadNetwork(LobbyError):
    """A network that is not scanned."""

    code, status, field = "bad_network", 422, "network"
    text = "“{given}” is no network to look in. Give a private one of at most {most} addresses, like 192.168.1.0/24."


class AgentRunning(LobbyError):
    """Two agents would print everything twice."""

    code, status = "agent_running", 409
    text = "A print agent uses this folder already. Give each agent a folder of its own with --data."


class AgentRefused(LobbyError):
    """The server does not know the token."""

    code, status = "agent_refused", 401
    text = "The server does not take this token. Make one with “lobbyline printer add … --address agent+usb://”."


class PrinterFault(LobbyError):
    """The slip did not come out, as far as we know; the subclasses say what to do.

    `paper_out` is whether a part of the slip, or all of it, may be on paper nevertheless. `was_told` is whether the
    printer said so itself: it is then asked again soon, since asking puts nothing on paper.
    """

    code, status = "printer_fault", 503
    text = "The printer reports a fault. Switch it off and on again."
    was_told = False

    def __init__(self, *, paper_out: bool) -> None:
        super().__init__()
        self.paper_out = paper_out


class OutOfPaper(PrinterFault):
    """The roll has come to its end."""

    code, was_told = "printer_out_of_paper", True
    text = "The printer is out of paper. Put in a new roll."


class CoverOpen(PrinterFault):
    """Somebody left the cover open."""

    code, was_told = "printer_cover_open", True
    text = "The printer's cover is open. Close it."


class Overheated(PrinterFault):
    """The print head is too hot; the printer goes on by itself."""

    code, was_told = "printer_overheated", True
    text = "The printer's head is too hot. Leave it alone for a few minutes; it goes on by itself."


class CutterStuck(PrinterFault):
    """The cutter does not move."""

    code, was_told = "printer_cutter_stuck", True
    text = "The printer's cutter is stuck. Open the cover, take the jammed paper out, switch it off and on again."


class Broken(PrinterFault):
    """An error that the printer cannot get over."""

    code, was_told = "printer_broken", True
    text = "The printer reports an error it cannot mend. Switch it off and on again, or have it repaired."


class Offline(PrinterFault):
    """The printer says itself that it takes no job."""

    code, was_told = "printer_offline", True
    text = "The printer is offline. Look for a paper jam or a red light, then switch it off and on again."


class Unreachable(PrinterFault):
    """Nothing listens at the printer's address."""

    code = "printer_unreachable"
    text = "The printer cannot be reached. Check that it is switched on and its cable is plugged in."


class NoPermission(PrinterFault):
    """The system does not let this program use the device."""

    code = "printer_no_permission"
    text = "The system does not allow printing on this device. Add the program's user to the groups lp and dialout."


class ConnectionLost(PrinterFault):
    """The connection broke in the middle of a slip."""

    code = "printer_connection_lost"
    text = "The connection to the printer broke while printing. Check its cable and switch it off and on again."


class NotAnswering(PrinterFault):
    """A printer that answers usually takes what it is sent and says nothing any more."""

    code = "printer_not_answering"
    text = "The printer has stopped answering. Switch it off and on again."


class QueueStopped(PrinterFault):
    """The print system has stopped the printer's queue."""

    code, was_told = "printer_queue_stopped", True
    text = "The computer's print system has stopped this printer. Look at the printer, then start its queue again."


class AgentAway(PrinterFault):
    """The computer the printer is plugged into is not connected."""

    code = "printer_agent_away"
    text = "The computer this printer is plugged into is not connected. Check that it is on and has a network."


def by_code(code: str) -> type[PrinterFault]:
    """The kind of fault a code names; the plain one for a code of another release."""
    return _BY_CODE.get(code, PrinterFault)


_BY_CODE = {kind.code: kind for kind in PrinterFault.__subclasses__()}
