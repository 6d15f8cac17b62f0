"""Owns the log: what happened as one line of JSON each in a rotated file, and the same in words where the server runs.

A line names the request it belongs to, and the journal's lines and the tickets that the request changed. It never holds
an address with a ticket's or a device's secret in it, nor what somebody typed.
"""

import logging
import re
import secrets
import sys
import time
import traceback
from http import HTTPStatus
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog
from flask import Flask, Response, g, request
from structlog.stdlib import ProcessorFormatter

from db import events

FOLDER = "logs"
FILE = "lobbyline.log"
FILE_BYTES, FILES = 5 * 1024 * 1024, 10
"""So much is kept: some weeks of a busy store."""
SLOW_S = 1.0
"""A question that takes so long is noted too."""
HEADER = "X-Request-ID"

_FRAMES_TOLD = 5
_GIVEN = re.compile(r"[\w-]{1,64}", re.ASCII)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_log = logging.getLogger("lobbyline.requests")


class _File(RotatingFileHandler):
    """The library's own question whether the file is full puts each line into words twice and asks the disk."""

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: ARG002, N802 — the library's name
        """Whether the file has reached its size; the last line may go beyond."""
        return self.stream is not None and self.stream.tell() >= self.maxBytes

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 — the library's name
        """A disk that takes no line is told of where the store meets it; a trace for each line tells nobody more."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def keep(folder: Path) -> None:
    """From now on everything that is logged goes to `folder`, and warnings to standard error too. Raises `OSError`."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = _File(folder / FILE, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8")
    file.setFormatter(
        _formatter(structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False))
    )
    words = logging.StreamHandler(sys.stderr)
    plain = structlog.dev.plain_traceback  # the library's own shows every value, names and phones among them
    words.setFormatter(
        _formatter(structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0, exception_formatter=plain))
    )
    words.setLevel(logging.WARNING)
    root = logging.getLogger()
    root.handlers[:] = [file, words]
    logging.getLogger("lobbyline").setLevel(logging.INFO)


def install(app: Flask) -> None:
    """Give each request an id, the caller's own if it sent one in `X-Request-ID`, and note what it changed."""
    app.before_request(_begin)
    app.after_request(_end)


def since_began() -> float:
    """Seconds since the present request came in."""
    return time.perf_counter() - float(g.began)


def failure(error: BaseException) -> str:
    """What failed and where, in one line and without values, which may be somebody's."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES_TOLD:]
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} in {where}"


def _formatter(*last: structlog.typing.Processor) -> ProcessorFormatter:
    stamp = structlog.processors.TimeStamper("iso", utc=True)
    return ProcessorFormatter(
        processors=[ProcessorFormatter.remove_processors_meta, *last],
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            stamp,
        ],
    )


def _begin() -> None:
    given = request.headers.get(HEADER, "")
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=given if _GIVEN.fullmatch(given) else secrets.token_hex(6))
    g.began = time.perf_counter()
    g.noted = []
    events.noted.set(g.noted)


def _end(answer: Response) -> Response:
    answer.headers[HEADER] = structlog.contextvars.get_contextvars()["request"]
    took_s = since_began()
    if request.method in _SAFE and answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and took_s < SLOW_S:
        return answer
    is_done = answer.status_code < HTTPStatus.BAD_REQUEST
    told = {
        "route": str(request.url_rule or "unknown"),  # the rule's words, never the address with its secrets
        "status": answer.status_code,
        "ms": round(took_s * 1000, 1),
        "journal": [seq for seq, _ in g.noted] if is_done else [],
        "tickets": sorted({ticket for _, ticket in g.noted if ticket}) if is_done else [],
    }
    _log.info(request.method, extra={key: value for key, value in told.items() if value != []})
    return answer
