"""Owns the certificate a store is served with: whether the files can be used, and how this machine trusts it."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from db.errors import LobbyError

SOON = timedelta(days=30)
"""So long before its end a certificate is to be renewed."""


class CertificateUnreadable(LobbyError):
    """No such file, or not ours to read."""

    code, status, text = "certificate_unreadable", 500, "{file} cannot be read: {why}."


class NotACertificate(LobbyError):
    """The file holds something else."""

    code, status = "not_a_certificate", 500
    text = "{file} holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----."


class NotAKey(LobbyError):
    """The file holds something else, or is locked."""

    code, status = "not_a_key", 500
    text = "{file} holds no private key in PEM form that opens without a passphrase."


class KeyDoesNotFit(LobbyError):
    """Two files of different pairs."""

    code, status = "key_does_not_fit", 500
    text = "The key {key} does not belong to the certificate {file}. Give the two that were made together."


class CertificateExpired(LobbyError):
    """No browser takes it any more."""

    code, status = "certificate_expired", 500
    text = "The certificate {file} ran out on {day}. Get a new one, then start again."


class CertificateNotYetValid(LobbyError):
    """Made for later, or the clock is wrong."""

    code, status = "certificate_not_yet_valid", 500
    text = "The certificate {file} is valid only from {day} on. Is the clock of this machine right?"


@dataclass(frozen=True, slots=True)
class Pair:
    """The files: a certificate with those it was signed by, and its private key."""

    certificate: Path
    key: Path

    def check(self, now: datetime) -> x509.Certificate:
        """The certificate, if it can be served with. Raises one of the errors above, which say what to do."""
        try:
            found = x509.load_pem_x509_certificates(_read(self.certificate))[0]
        except ValueError:
            raise NotACertificate(file=self.certificate) from None
        try:
            key = load_pem_private_key(_read(self.key), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise NotAKey(file=self.key) from None
        if found.public_key() != key.public_key():
            raise KeyDoesNotFit(key=self.key, file=self.certificate)
        if found.not_valid_after_utc < now:
            raise CertificateExpired(file=self.certificate, day=found.not_valid_after_utc.date())
        if found.not_valid_before_utc > now:
            raise CertificateNotYetValid(file=self.certificate, day=found.not_valid_before_utc.date())
        return found


def days_left(certificate: x509.Certificate, now: datetime) -> int | None:
    """How many days it is still good for, where that is to be said; None while there is time."""
    left = certificate.not_valid_after_utc - now
    return left.days if left < SOON else None


def present() -> datetime:
    """The machine's own time, which certificates go by, also where a demo's clock runs faster."""
    return datetime.now(UTC)


def in_words(certificate: x509.Certificate) -> str:
    """In PEM form, for `trust`."""
    return certificate.public_bytes(Encoding.PEM).decode()


def trust(pem: str | None) -> ssl.SSLContext | bool:
    """What a client on this machine checks the server by: exactly this certificate, whatever name it is for."""
    if pem is None:
        return True
    context = ssl.create_default_context(cadata=pem)
    context.check_hostname = False
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    return context


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CertificateUnreadable(file=path, why=error.strerror) from None
