"""Owns a printer that fails at random, seeded, and what is on its paper in the end."""

import random
import re
import socket

from fake_printer import FakePrinter, Mode
from paper import read

REPRINT = "重印 / Reprint"
_FATES = (Mode.DROPS, Mode.STALLS, Mode.PAPER_ENDS, Mode.PAPER_ENDS_LATE, Mode.PAPER_OUT, Mode.COVER_OPEN, Mode.SILENT)
_CUT = b"\x1dVB\x00"
_NUMBER = re.compile(r"[A-Z]\d{3,}")
_TEETHING = 2  # connections that go well, so that it is known what the model can do


class UnluckyPrinter(FakePrinter):
    """Each connection goes wrong with this chance; of a job that was not confirmed the paper came out or not."""

    def __init__(self, seed: int, chance: float) -> None:
        super().__init__()
        self._random = random.Random(seed)
        self._chance = chance
        self._connections = 0
        self.troubles = 0

    def _take(self, connection: socket.socket) -> bytes:
        self._connections += 1
        is_unlucky = self._connections > _TEETHING and self._random.random() < self._chance
        self.mode = self._random.choice(_FATES) if is_unlucky else Mode.OK
        self.troubles += is_unlucky
        job = super()._take(connection)
        return b"" if is_unlucky and self._random.random() < 0.5 else job

    @property
    def on_paper(self) -> list[tuple[str, bool]]:
        """The numbers that came out whole, in order, each with whether its slip says that it is a reprint."""
        return [number_of(job) for job in list(self.jobs) if job.endswith(_CUT)]


def number_of(job: bytes) -> tuple[str, bool]:
    """The number on a slip, and whether it says that it is a reprint."""
    lines = [line.text.strip() for line in read(job).lines]
    return next(text for text in lines if _NUMBER.fullmatch(text)), REPRINT in lines


def faults(issued: list[str], on_paper: list[tuple[str, bool]]) -> list[str]:
    """What must never be: a number that is nowhere on paper, a double that does not say so."""
    missing = [f"{number} was lost" for number in issued if number not in {found for found, _ in on_paper}]
    seen: set[str] = set()
    doubled = []
    for number, is_reprint in on_paper:
        if number in seen and not is_reprint:
            doubled.append(f"{number} came out twice, unmarked")
        seen.add(number)
    return missing + doubled
