"""Owns what a printer can be asked to do, and what is behind an address; knows nothing of slips.

A printer object belongs to one thread at a time.
"""

import re
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from urllib.request import url2pathname

from db.paper_records import PrintState
from printer.cups import CupsPrinter
from printer.errors import BadPrinterAddress
from printer.links import SerialLink, SocketLink
from printer.status import UNKNOWN, Condition
from printer.talking import LinkPrinter, NodePrinter
from printer.usb_link import UsbLink, UsbMatch

DEFAULT_PORT = 9100
DEFAULT_BAUD = 9600
AT_AGENT = "agent+"
"""Begins the address of a printer that is plugged into another computer, where a print agent runs."""

_BAUDS = {1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200}
_HOST = re.compile(r"[0-9a-z]([0-9a-z_-]*\.?[0-9a-z])*|[0-9a-f:.]+", re.IGNORECASE)
_USB = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})", re.IGNORECASE)
_QUEUE = re.compile(r"[\w.@-]+")


class Printer(Protocol):
    """Takes finished jobs, one at a time."""

    @property
    def condition(self) -> Condition:
        """What it last told of itself."""

    def send(self, data: bytes) -> PrintState:
        """Print one job: `printed` if the device confirms it, `unknown` if it does not. Raises `PrinterFault`."""

    def look(self) -> None:
        """Ask how it is without printing anything. Raises `PrinterFault`."""

    def close(self) -> None:
        """Let go of the device."""


def open_printer(address: str, known: Condition = UNKNOWN) -> Printer:
    """The printer behind an address; opens nothing yet. `known` is what it told before. Raises `BadPrinterAddress`.

    `tcp://host[:9100]`, `usb://` (the only one) or `usb://04b8:0e15[/serial]`, `serial:///dev/ttyS0[?baud=9600]`,
    `file:///path` (a device node, or a file that collects jobs), `cups://queue`.
    """
    try:
        printer = _open(urlsplit(address), known)
    except ValueError:
        printer = None
    if printer is None:
        raise BadPrinterAddress(address=address)
    return printer


def split_agent(address: str) -> tuple[bool, str]:
    """Whether an address is that of a printer at an agent, and the address of the printer there."""
    return address.startswith(AT_AGENT), address.removeprefix(AT_AGENT)


def require_address(address: str) -> None:
    """Raise `BadPrinterAddress` unless there could be a printer, here or at an agent."""
    open_printer(split_agent(address)[1])


def _open(parts: SplitResult, known: Condition) -> Printer | None:
    match parts.scheme:
        case "tcp":
            return _network(parts, known)
        case "usb":
            return _usb(parts, known)
        case "serial":
            return _serial(parts, known)
        case "cups":
            return CupsPrinter(parts.netloc) if _QUEUE.fullmatch(parts.netloc) and not parts.path else None
        case "file":
            return NodePrinter(_path(parts), known) if _is_local(parts) else None
    return None


def _network(parts: SplitResult, known: Condition) -> Printer | None:
    host, port = parts.hostname, parts.port or DEFAULT_PORT
    if not host or not _HOST.fullmatch(host) or parts.path not in ("", "/"):
        return None
    return LinkPrinter(lambda: SocketLink(host, port), known)


def _usb(parts: SplitResult, known: Condition) -> Printer | None:
    match, is_any = UsbMatch(), parts.netloc == "" and parts.path in ("", "/")
    if not is_any:
        found = _USB.fullmatch(parts.netloc)
        if found is None:
            return None
        match = UsbMatch(int(found[1], 16), int(found[2], 16), unquote(parts.path.strip("/")) or None)
    return LinkPrinter(lambda: UsbLink(match), known, stays=True)


def _serial(parts: SplitResult, known: Condition) -> Printer | None:
    baud = int(parse_qs(parts.query).get("baud", [str(DEFAULT_BAUD)])[0])
    if not _is_local(parts) or baud not in _BAUDS:
        return None
    return LinkPrinter(lambda: SerialLink(str(_path(parts)), baud), known, stays=True)


def _is_local(parts: SplitResult) -> bool:
    return parts.netloc in ("", "localhost") and len(parts.path) > 1


def _path(parts: SplitResult) -> Path:
    return Path(url2pathname(parts.path))
