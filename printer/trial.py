"""Owns trying a printer out with the test page, and in words what it said to it."""

from dataclasses import dataclass
from typing import Any

from db.errors import LobbyError
from db.paper_records import PrintState
from db.words import Message
from printer.device import Printer
from printer.errors import PrinterFault, by_code
from printer.status import Condition

Json = dict[str, Any]


class UnknownPrinter(LobbyError):
    """No printer of this name."""

    code, status, field = "unknown_printer", 404, "printer"
    text = "There is no printer “{name}”."


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of a test page; `fault` is the code of a `PrinterFault`."""

    state: PrintState
    fault: str | None
    told: Condition


def run(printer: Printer, data: bytes) -> Trial:
    """Print a test page."""
    try:
        return Trial(printer.send(data), None, printer.condition)
    except PrinterFault as fault:
        return Trial(PrintState.FAILED, fault.code, printer.condition)


def words(trial: Trial) -> list[Message]:
    """What came back, in sentences."""
    said = [_outcome(trial)]
    told = trial.told
    if told.paper_low:
        said.append(Message("paper_low", "The paper roll ends soon. Keep a new one at hand."))
    if trial.fault is None and told.answers and not told.marks_end:
        said.append(
            Message(
                "no_end_mark",
                "This model answers before it has finished: paper that ends in a slip's last lines is not noticed.",
            )
        )
    return said


def _outcome(trial: Trial) -> Message:
    if trial.fault is not None:
        return Message(trial.fault, by_code(trial.fault).text)
    if trial.state is PrintState.PRINTED:
        return Message("trial_printed", "The printer says that the test page is printed.")
    return Message(
        "trial_sent", "The test page was sent. This printer does not say what became of it: look at the paper."
    )


def as_json(trial: Trial) -> Json:
    """For programs and for the settings page."""
    return {
        "state": trial.state,
        "fault": trial.fault,
        "answers": trial.told.answers,
        "marks_end": trial.told.marks_end,
        "paper_low": trial.told.paper_low,
        "said": [{"code": said.code, "text": said.text, "values": dict(said.values)} for said in words(trial)],
    }
