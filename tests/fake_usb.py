"""Owns a USB printer for tests, below pyusb: a backend as libusb is one, with a fake printer behind its endpoints."""

import errno
from collections import deque
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core
from fake_printer import Mode, _Printer

OUT, IN = 0x01, 0x82
_END_OF_JOB = b"\x1dVB\x00"


class FakeUsb(_Printer, usb.backend.IBackend):  # type: ignore[misc]
    """One printer-class device, 04b8:0e15 with serial number J3X1, and a keyboard beside it. Takes short writes."""

    def __init__(self, mode: Mode = Mode.OK) -> None:
        super().__init__(mode)
        self.claims = 0
        self.resets = 0
        self._received = b""
        self._answers: deque[int] = deque()

    def enumerate_devices(self) -> list[str]:
        return ["keyboard"] + (["printer"] if self.mode is not Mode.REFUSES else [])

    def get_parent(self, _: str) -> None:
        return None

    def get_device_descriptor(self, device: str) -> Any:
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=0x04B8 if device == "printer" else 0x046D, idProduct=0x0E15, bcdDevice=0x0100,
            iManufacturer=0, iProduct=0, iSerialNumber=3, bNumConfigurations=1, address=1, bus=1, port_number=1,
            port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, _: str, __: int) -> Any:
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, device: str, interface: int, alternate: int, _: int) -> Any:
        if interface or alternate:
            raise IndexError
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2,
            bInterfaceClass=7 if device == "printer" else 3, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0,
            extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, _: str, endpoint: int, __: int, ___: int, ____: int) -> Any:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(OUT, IN)[endpoint], bmAttributes=2, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    def open_device(self, device: str) -> str:
        return device

    def close_device(self, _: str) -> None:
        self._received = b""

    def set_configuration(self, _: str, __: int) -> None:
        raise AssertionError("setting the configuration anew makes some printers forget a job")

    def get_configuration(self, _: str) -> int:
        return 1

    def claim_interface(self, _: str, __: int) -> None:
        self.claims += 1

    def release_interface(self, _: str, __: int) -> None:
        return

    def reset_device(self, _: str) -> None:
        self.resets += 1

    def is_kernel_driver_active(self, _: str, __: int) -> bool:
        return False

    def ctrl_transfer(self, _: str, __: int, request: int, value: int, ___: int, data: Any, ____: int) -> int:
        text = b"\x04\x03\x09\x04" if value == 0x0300 else b"\x0a\x03" + "J3X1".encode("utf-16-le")
        assert request == 6, "only strings are asked for"
        data[: len(text)] = type(data)("B", text)
        return len(text)

    def bulk_write(self, _: str, __: int, ___: int, data: Any, ____: int) -> int:
        if self.mode is Mode.DROPS:
            self.mode = Mode.REFUSES
            raise usb.core.USBError("no such device", errno=errno.ENODEV)
        taken = bytes(data[:512])
        self._received = self._answer(self._received + taken, self._answers.extend)
        if self._received.endswith(_END_OF_JOB):
            self._print(self._received)
            self._received = b""
        return len(taken)

    def bulk_read(self, _: str, __: int, ___: int, buffer: Any, ____: int) -> int:
        if not self._answers:
            raise usb.core.USBTimeoutError("nothing came", errno=errno.ETIMEDOUT)
        buffer[0] = self._answers.popleft()
        return 1
