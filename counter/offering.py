"""Owns whether a service is one that customers can come for. Pure."""

from collections.abc import Mapping

from counter.errors import ServiceRetired
from db.errors import UnknownService
from db.setting_records import Service


def offered(services: Mapping[str, Service], code: str) -> Service:
    """The service of this code. Raises `UnknownService`, `ServiceRetired`."""
    if code not in services:
        known = ", ".join(one.code for one in services.values() if not one.retired)
        raise UnknownService(service=code, known=known)
    if services[code].retired:
        raise ServiceRetired(service=services[code].name)
    return services[code]
