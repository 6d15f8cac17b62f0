"""Owns what a printer's status bytes mean, from Epson's ESC/POS command reference; opens no device. Pure.

DLE EOT n (transmit real-time status) is answered at once, even while the printer prints. GS r 1 (transmit paper sensor
status) is answered in its turn, after all that was sent before it: an answer behind a slip says that the slip is done.
"""

from dataclasses import dataclass
from enum import Enum, auto

from printer.errors import Broken, CoverOpen, CutterStuck, Offline, OutOfPaper, Overheated, PrinterFault

ONLINE, CAUSE, ERROR, PAPER = (b"\x10\x04" + bytes([n]) for n in (1, 2, 3, 4))
"""DLE EOT 1 to 4: whether it is online; if not, why; which error; the paper."""

END = b"\x1dr\x01"
"""GS r 1."""

OFFLINE = 0x08  # DLE EOT 1
_COVER_OPEN, _STOPPED_WITHOUT_PAPER, _HAS_ERROR = 0x04, 0x20, 0x40  # DLE EOT 2
_CUTTER, _UNRECOVERABLE, _RECOVERS_BY_ITSELF = 0x08, 0x20, 0x40  # DLE EOT 3
_NEAR_END, _ROLL_END = 0x0C, 0x60  # DLE EOT 4
_END_ROLL_END, _END_NEAR_END = 0x0C, 0x03  # GS r 1
_ASB_REST = 3


@dataclass(frozen=True, slots=True)
class Condition:
    """What a printer last told of itself; None where it has not.

    `answers`: it answers real-time status; `marks_end`: also GS r 1; `paper_low`: the roll is near its end.
    """

    answers: bool | None = None
    marks_end: bool | None = None
    paper_low: bool | None = None


class Kind(Enum):
    """What a byte from a printer is an answer to."""

    STATUS = auto()
    END = auto()
    OTHER = auto()


class Sorter:
    """Tells the bytes of one connection apart by their fixed bits; automatic status (ASB, 4 bytes) is passed over."""

    def __init__(self) -> None:
        self._skip = 0

    def kind(self, byte: int) -> Kind:
        """What the next byte is."""
        if self._skip:
            self._skip -= 1
            return Kind.OTHER
        match byte & 0x93:
            case 0x12:
                return Kind.STATUS
            case 0x10:
                self._skip = _ASB_REST
                return Kind.OTHER
        return Kind.OTHER if byte & 0x90 else Kind.END


def cause_fault(cause: int) -> type[PrinterFault] | None:
    """The fault in an answer to `CAUSE`, if it names one."""
    if cause & _COVER_OPEN:
        return CoverOpen
    return OutOfPaper if cause & _STOPPED_WITHOUT_PAPER else None


def has_error(cause: int) -> bool:
    """Whether `ERROR` says more."""
    return bool(cause & _HAS_ERROR)


def error_fault(error: int) -> type[PrinterFault]:
    """The fault in an answer to `ERROR`."""
    if error & _CUTTER:
        return CutterStuck
    if error & _UNRECOVERABLE:
        return Broken
    return Overheated if error & _RECOVERS_BY_ITSELF else Offline


def is_out(paper: int) -> bool:
    """Whether an answer to `PAPER` says that the roll has ended."""
    return bool(paper & _ROLL_END)


def is_low(paper: int) -> bool:
    """Whether an answer to `PAPER` says that the roll ends soon."""
    return bool(paper & _NEAR_END)


def is_out_at_end(end: int) -> bool:
    """Whether an answer to `END` says that the roll has ended."""
    return bool(end & _END_ROLL_END)


UNKNOWN = Condition()
"""Nothing has been told yet."""
