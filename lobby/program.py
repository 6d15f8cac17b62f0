"""Owns putting the command line together."""

from lobby import printer_cli, privacy_cli, slip_cli, store_cli, voice_cli
from lobby.cli import main

__all__ = ["main", "printer_cli", "privacy_cli", "slip_cli", "store_cli", "voice_cli"]
