"""Owns the records of paper: a print job, its states, what is known of a printer."""

from dataclasses import dataclass
from enum import StrEnum


class PrintState(StrEnum):
    """What is known of a ticket's paper; `unknown` means sent to a printer that never answers."""

    NONE = "none"
    PENDING = "pending"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """One slip to be printed on one printer; `attempts` counts the tries before this moment.

    `paper_out`: an earlier try may have put out paper; `home_id`: the printer it was meant for, if it was moved from
    there; `handed_at`: since when it lies with the printer's agent.
    """

    id: int
    ticket_id: int
    printer_id: int
    state: PrintState
    attempts: int
    error: str | None
    next_at: float
    paper_out: bool = False
    home_id: int | None = None
    handed_at: float | None = None


@dataclass(frozen=True, slots=True)
class PrinterCondition:
    """What a printer last told of itself, at that time; `fault` is the code of a `PrinterFault`, None where all is well,
    and `error` its English text.

    The rest is None where it does not say: whether it answers status queries at all, whether it marks the end of a
    job, whether its roll is near the end.
    """

    at: float
    fault: str | None = None
    error: str | None = None
    answers: bool | None = None
    marks_end: bool | None = None
    paper_low: bool | None = None
