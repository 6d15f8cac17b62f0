"""Owns putting the command line together."""

from lobby import (
    chain_cli,
    install_cli,
    people_cli,
    place_cli,
    printer_cli,
    privacy_cli,
    settings_cli,
    slip_cli,
    store_cli,
    voice_cli,
)
from lobby.cli import main

__all__ = [
    "chain_cli",
    "install_cli",
    "main",
    "people_cli",
    "place_cli",
    "printer_cli",
    "privacy_cli",
    "settings_cli",
    "slip_cli",
    "store_cli",
    "voice_cli",
]
