"""Owns what can be wrong with a printer, in words that tell somebody in the lobby what to do."""

from db.errors import LobbyError


class BadPrinterAddress(LobbyError):
    """An address no printer can have."""

    code, status, field = "bad_printer_address", 422, "address"
    text = "“{address}” is no printer address. Use tcp://192.168.1.50:9100 or file:///dev/usb/lp0."


class BadPrinterOption(LobbyError):
    """A printer option with a value we do not know."""

    code, status = "bad_printer_option", 422
    text = "“{value}” does not work for a printer's {option}. Choose one of: {known}."


class PrinterFault(LobbyError):
    """The slip did not come out, as far as we know; the subclasses say what to do.

    `paper_out` is whether a part of the slip, or all of it, may be on paper nevertheless.
    """

    code, status = "printer_fault", 503
    text = "The printer reports a fault. Switch it off and on again."

    def __init__(self, *, paper_out: bool) -> None:
        super().__init__()
        self.paper_out = paper_out


class OutOfPaper(PrinterFault):
    """The roll has come to its end."""

    text = "The printer is out of paper. Put in a new roll."


class CoverOpen(PrinterFault):
    """Somebody left the cover open."""

    text = "The printer's cover is open. Close it."


class Offline(PrinterFault):
    """The printer says itself that it takes no job."""

    text = "The printer is offline. Look for a paper jam or a red light, then switch it off and on again."


class Unreachable(PrinterFault):
    """Nothing listens at the printer's address."""

    text = "The printer cannot be reached. Check that it is switched on and its cable is plugged in."


class ConnectionLost(PrinterFault):
    """The connection broke in the middle of a slip."""

    text = "The connection to the printer broke while printing. Check its cable and switch it off and on again."
