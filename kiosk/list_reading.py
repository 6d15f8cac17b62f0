"""Owns having a list read beside the lobby: the process that does so is started, listened to, and ended."""

import json
import logging
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db import plans
from db.plans import Facts
from kiosk import imports
from kiosk.errors import BadFile, NotATable
from kiosk.lists import Report

_log = logging.getLogger("lobbyline.imports")
_REFUSALS: dict[str, type[BadFile]] = {kind.__name__: kind for kind in BadFile.__subclasses__()}


@contextmanager
def begin(database: Path, kind: str, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process that reads what lies in a folder as `kiosk.import_process.SOURCE`. Raises `NotATable`."""
    command = [sys.executable, "-m", "kiosk.import_process", str(database), kind, str(folder)]
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 — our own words only
            try:
                yield process
            finally:
                process.kill()  # whoever has heard enough waits no longer
    except (OSError, sqlite3.Error):
        _log.exception("a list could not be read")
        raise NotATable from None


def follow(process: "subprocess.Popen[str]", folder: Path, report: Report) -> Facts:
    """Wait until the list is read; what its plan comes to. Raises `BadFile`."""
    for line in process.stdout or ():
        said = json.loads(line)
        if "refused" in said:
            raise _REFUSALS[said["refused"]](**said["attrs"])
        report(said["done"], said["total"])
    if process.wait() != 0:
        raise NotATable
    return plans.facts(imports.plan_in(folder))
