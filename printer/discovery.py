"""Owns finding printers: on USB, on serial ports, as device nodes, in the print system, on a network that is named."""

import ipaddress
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import usb.core
from serial.tools import list_ports

from printer.cups import queues
from printer.device import DEFAULT_PORT
from printer.errors import BadNetwork
from printer.usb_link import printer_interface, serial_number, usb_backend

MOST_HOSTS = 1024
KNOCK_S = 0.7
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class Found:
    """Something that may be a printer: its address for `printer add`, and what it calls itself."""

    address: str
    about: str


def find(network: str | None = None) -> list[Found]:
    """Everything on this computer, and on `network` (CIDR) what listens on port 9100. Raises `BadNetwork`."""
    hosts = hosts_of(network) if network else []
    return [*usb_printers(), *nodes(), *serial_ports(), *cups_queues(), *listening(hosts)]


def usb_printers() -> list[Found]:
    """USB devices that say they are printers."""
    try:
        devices = list(usb.core.find(find_all=True, backend=usb_backend()))
    except (usb.core.NoBackendError, OSError):
        return []
    return [_usb(device) for device in devices if _is_printer(device)]


def _is_printer(device: usb.core.Device) -> bool:
    try:
        return printer_interface(device) is not None
    except (usb.core.USBError, OSError):
        return False


def _usb(device: usb.core.Device) -> Found:
    number = serial_number(device)
    address = f"usb://{device.idVendor:04x}:{device.idProduct:04x}"
    return Found(f"{address}/{number}" if number else address, "USB printer")


def nodes() -> list[Found]:
    """Printers that the kernel has made device nodes for."""
    return [Found(f"file://{path}", "USB printer, through the kernel") for path in sorted(Path("/dev/usb").glob("lp*"))]


def serial_ports() -> list[Found]:
    """Serial ports; whether a printer is at their end nobody knows."""
    return [Found(f"serial://{port.device}", f"serial port, {port.description}") for port in list_ports.comports()]


def cups_queues() -> list[Found]:
    """Queues of the print system."""
    return [Found(f"cups://{queue}", "queue of the print system") for queue in queues()]


def hosts_of(network: str) -> list[str]:
    """The addresses of a small private network. Raises `BadNetwork`."""
    try:
        asked = ipaddress.ip_network(network, strict=False)
    except ValueError:
        raise BadNetwork(given=network, most=MOST_HOSTS) from None
    if asked.num_addresses > MOST_HOSTS or not asked.is_private:
        raise BadNetwork(given=network, most=MOST_HOSTS)
    return [str(host) for host in asked.hosts()]


def listening(hosts: Iterable[str], port: int = DEFAULT_PORT) -> list[Found]:
    """Those that take a connection; nothing is sent to them."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = pool.map(lambda host: (host, _knock(host, port)), hosts)
        return [Found(f"tcp://{host}:{port}", "listens on the network") for host, is_there in answers if is_there]


def _knock(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), KNOCK_S).close()
    except OSError:
        return False
    return True
