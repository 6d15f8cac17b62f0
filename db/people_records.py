"""Owns the records of people and devices: staff and their roles, members, kiosks and displays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Role(StrEnum):
    """What a member of staff may do; each includes the ones before it."""

    COUNTER = "counter"
    MANAGER = "manager"
    ADMIN = "admin"


class DeviceKind(StrEnum):
    """What a device of the store is for."""

    KIOSK = "kiosk"
    DISPLAY = "display"
    PRINTER = "printer"
    API = "api"


@dataclass(frozen=True, slots=True)
class Member:
    """A line of the carrier's VIP list.

    `listed` is false once a newer list no longer has it; `churned` once the list says that they left the network.
    `phone` is empty where it cannot be read any more, or was let go.
    """

    member_no: str
    name: str
    phone: str
    tier: str
    valid_from: date
    valid_until: date
    contract_until: date | None = None
    birthday: date | None = None
    manager_a: str | None = None
    manager_b: str | None = None
    language: str = "zh"
    listed: bool = True
    churned: bool = False


@dataclass(frozen=True, slots=True)
class Staff:
    """Someone who works here; without a PIN they cannot sign in yet.

    `manager_code` is theirs in the carrier's list if they are an account manager, who is on duty or (None) off.
    """

    id: int
    name: str
    role: Role
    pin_hash: str | None = None
    manager_code: str | None = None
    on_duty_since: float | None = None

    @property
    def actor(self) -> str:
        """As the journal names them."""
        return f"staff:{self.name}"


@dataclass(frozen=True, slots=True)
class Device:
    """A kiosk, display, printer or program of the store.

    `options` of a printer: address, paper, fallback; of a display: layout, queues, counters (see `display/scope.py`).
    """

    id: int
    kind: DeviceKind
    name: str
    printer_id: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        """As the journal names it."""
        return f"device:{self.name}"
