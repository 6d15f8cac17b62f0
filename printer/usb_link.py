"""Owns the wire to a USB printer, and which of the USB devices are printers."""

import time
from functools import cache
from typing import Any

import libusb_package
import usb.core
import usb.util

from printer import library
from printer.links import TIMEOUT_S, opening

_READ_BYTES = 64
_PRINTER_CLASS = 7  # of interfaces
_CHUNK = 16384


class UsbLink:
    """A USB printer, by libusb; the kernel's own printer driver lets go of it."""

    def __init__(self, match: "UsbMatch") -> None:
        with opening():
            opened = _claimed()(usb_args={"backend": usb_backend(), "custom_match": match})
            opened.open()
        self._device: Any = opened.device
        self._close = opened.close
        self._in, self._out = opened.in_ep, opened.out_ep

    def write(self, data: bytes) -> None:
        """See `links.Link`."""
        rest = data
        while rest:
            taken = self._device.write(self._out, rest[:_CHUNK], round(TIMEOUT_S * 1000))
            if not taken:
                raise TimeoutError
            rest = rest[taken:]

    def read(self, patience_s: float) -> bytes:
        """See `links.Link`."""
        if self._in is None:
            time.sleep(patience_s)
            return b""
        try:
            return bytes(self._device.read(self._in, _READ_BYTES, max(1, round(patience_s * 1000))))
        except usb.core.USBTimeoutError:
            return b""

    def close(self) -> None:
        """See `links.Link`."""
        self._close()


class UsbMatch:
    """Which USB device is meant: any printer, that of a vendor and product, or one of these by its serial number."""

    def __init__(self, vendor: int | None = None, product: int | None = None, serial_number: str | None = None) -> None:
        self._vendor, self._product, self._serial = vendor, product, serial_number

    def __call__(self, device: Any) -> bool:
        """Whether it is this one."""
        if self._vendor is None:
            return printer_interface(device) is not None
        if (device.idVendor, device.idProduct) != (self._vendor, self._product):
            return False
        return self._serial is None or serial_number(device) == self._serial


@cache
def _claimed() -> Any:
    """python-escpos's USB device, but claimed instead of reset, and with the endpoints that it has."""

    class Claimed(library.Usb):  # type: ignore[misc]
        def _configure_usb(self) -> None:
            found = printer_interface(self.device) or _first_interface(self.device)
            usb.util.claim_interface(self.device, found.bInterfaceNumber)
            ends = reversed([end.bEndpointAddress for end in found])
            ways = {usb.util.endpoint_direction(end): end for end in ends}
            self.out_ep, self.in_ep = ways[usb.util.ENDPOINT_OUT], ways.get(usb.util.ENDPOINT_IN)

    return Claimed


def usb_backend() -> Any:
    """libusb as the package brings it, so that the system needs none."""
    return libusb_package.get_libusb1_backend()


def printer_interface(device: Any) -> Any:
    """A USB device's interface for printing; None if it is no printer."""
    for configuration in device:
        for interface in configuration:
            if interface.bInterfaceClass == _PRINTER_CLASS:
                return interface
    return None


def _first_interface(device: Any) -> Any:
    """Some receipt printers call themselves a vendor's own kind of device."""
    return next(iter(next(iter(device))))


def serial_number(device: Any) -> str | None:
    """A USB device's serial number; None if it has none, or this user may not ask."""
    try:
        return str(device.serial_number) if device.serial_number else None
    except (OSError, ValueError):
        return None
