"""Owns putting the command line together."""

from lobby import people_cli, printer_cli, slip_cli, store_cli, voice_cli
from lobby.cli import main

__all__ = ["main", "people_cli", "printer_cli", "slip_cli", "store_cli", "voice_cli"]
